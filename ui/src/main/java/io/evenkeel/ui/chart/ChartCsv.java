package io.evenkeel.ui.chart;

/**
 * The points of a chart as comma-separated values (RFC 4180): series, step, count, and the least,
 * largest and last value of each bucket.
 */
public final class ChartCsv {
  private ChartCsv() {}

  /** All points of a chart. */
  public static String of(LineChart chart) {
    var text = new StringBuilder("series,step,count,min,max,last\r\n");
    for (Trace trace : chart.traces()) {
      String name = field(trace.label());
      for (Point point : trace.points()) {
        text.append(name).append(',').append(point.step()).append(',').append(point.count());
        text.append(',').append(point.min()).append(',').append(point.max());
        text.append(',').append(point.last()).append("\r\n");
      }
    }
    return text.toString();
  }

  // A name may come from anyone, and a spreadsheet takes such a beginning for a formula.
  private static String field(String name) {
    String harmless =
        !name.isEmpty() && "=+-@\t\r".indexOf(name.charAt(0)) >= 0 ? "'" + name : name;
    return '"' + harmless.replace("\"", "\"\"") + '"';
  }
}
