package io.evenkeel.ui.chart;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A chart, and what tells the browser of it, which is made when it is first asked for and then kept
 * for all who look at the same state. Thread-safe.
 */
public final class Drawing {
  private final LineChart chart;
  private final Function<LineChart, String> writer;
  private @Nullable String option;
  private @Nullable LineChart before;
  private String tick = "";

  /**
   * A drawing that is not made yet.
   *
   * @param chart what is drawn
   * @param writer writes its whole option
   */
  public Drawing(LineChart chart, Function<LineChart, String> writer) {
    this.chart = chart;
    this.writer = writer;
  }

  /** What is drawn. */
  public LineChart chart() {
    return chart;
  }

  /** Its whole option. */
  public synchronized String option() {
    String made = option;
    if (made == null) {
      made = writer.apply(chart);
      option = made;
    }
    return made;
  }

  /** What has come since; nearly all who follow have been shown the same before. */
  public synchronized String since(LineChart shown) {
    if (before != shown) {
      tick = ChartJson.tick(chart, shown);
      before = shown;
    }
    return tick;
  }
}
