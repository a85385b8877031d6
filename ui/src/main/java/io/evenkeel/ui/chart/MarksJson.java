package io.evenkeel.ui.chart;

import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Tells what lies over a chart's series to ECharts, as JSON; colours as in {@link ChartJson}. */
public final class MarksJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private MarksJson() {}

  /** What is drawn over the series. */
  public static String tick(Marks marks) {
    ObjectNode json = JSON.objectNode();
    json.set("marks", over(marks));
    return json.toString();
  }

  /**
   * What is drawn over each strip.
   *
   * @param marks in the order of the strips
   */
  public static String strips(List<Marks> marks) {
    ObjectNode json = JSON.objectNode();
    for (int i = 0; i < marks.size(); i++) {
      json.set("marks-" + i, over(marks.get(i)));
    }
    return json.toString();
  }

  private static ObjectNode over(Marks marks) {
    ObjectNode json = JSON.objectNode();
    ObjectNode lines = json.putObject("markLine").put("animation", false);
    // A mark of its own can name one symbol for both ends only; the ends differ here, for all.
    lines.putArray("symbol").add("none").add("diamond");
    lines.putObject("label").put("show", false);
    lines
        .putObject("emphasis")
        .putObject("label")
        .put("show", true)
        .put("formatter", "{b}")
        .put("color", "@text")
        .put("backgroundColor", "@surface")
        .put("padding", 4);
    ArrayNode lineData = lines.putArray("data");
    ObjectNode points = json.putObject("markPoint").put("animation", false);
    points.putObject("label").put("show", false);
    ArrayNode pointData = points.putArray("data");
    for (Marks.Moment command : marks.commands()) {
      boolean placed = Double.isFinite(command.value());
      ObjectNode line = upright(lineData, command.step(), command.label(), "@command", 0.55);
      if (placed) {
        line.put("symbol", "none");
        ObjectNode point = pointData.addObject().put("name", command.label());
        point.put("symbol", "diamond").put("symbolSize", 9).put("xAxis", command.step());
        point.put("yAxis", ChartPoints.rounded(command.value()));
        point.putObject("itemStyle").put("color", "@command");
      }
    }
    for (Long step : marks.nonFinite()) {
      upright(lineData, step, "NaN or infinite at step " + step, "@nan", 0.25)
          .put("symbol", "triangle");
    }
    ArrayNode bands = json.putObject("markArea").put("animation", false).putArray("data");
    for (Marks.Band band : marks.bands()) {
      ArrayNode ends = bands.addArray();
      ObjectNode from = ends.addObject().put("xAxis", band.from()).put("name", band.label());
      from.putObject("label").put("show", false);
      from.putObject("itemStyle").put("color", colour(band.weight())).put("opacity", 0.10);
      ends.addObject().put("xAxis", Math.max(band.to(), band.from() + 1));
    }
    return json;
  }

  // The symbol stands on the line's upper end, so that it goes out of sight together with the line.
  private static ObjectNode upright(
      ArrayNode lines, long step, String label, String colour, double opacity) {
    ObjectNode line = lines.addObject().put("xAxis", step).put("name", label);
    line.put("symbolSize", 9).put("symbolRotate", 0);
    line.putObject("itemStyle").put("color", colour);
    ObjectNode style = line.putObject("lineStyle").put("color", colour).put("type", "solid");
    style.put("width", 1).put("opacity", opacity);
    return line;
  }

  private static String colour(Marks.Weight weight) {
    return switch (weight) {
      case NOTE -> "@info";
      case WARNING -> "@warning";
      case DANGER -> "@danger";
    };
  }
}
