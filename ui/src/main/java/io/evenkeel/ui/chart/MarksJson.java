package io.evenkeel.ui.chart;

import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells what lies over a chart's series to the element in the browser, as JSON: {axis: [mark,
 * ...]}.
 */
public final class MarksJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private MarksJson() {}

  /** What is drawn over the series of a chart of one axis. */
  public static String tick(Marks marks) {
    return strips(List.of(marks));
  }

  /**
   * What is drawn over each strip.
   *
   * @param marks in the order of the strips
   */
  public static String strips(List<Marks> marks) {
    ObjectNode json = JSON.objectNode();
    for (int i = 0; i < marks.size(); i++) {
      json.set(Integer.toString(i), over(marks.get(i)));
    }
    return json.toString();
  }

  private static ArrayNode over(Marks marks) {
    ArrayNode all = JSON.arrayNode();
    for (Marks.Band band : marks.bands()) {
      mark(
              all,
              band.concern() == Marks.Concern.OWN ? "band" : "hint",
              band.id(),
              band.from(),
              Math.max(band.to(), band.from() + 1),
              band.label())
          .put("weight", band.weight().name().toLowerCase(Locale.ROOT));
    }
    for (Marks.Moment command : marks.commands()) {
      ObjectNode moment =
          mark(all, "command", command.id(), command.step(), command.step(), command.label());
      if (Double.isFinite(command.value())) {
        moment.put("value", ChartPoints.rounded(command.value()));
      }
    }
    for (Long step : marks.nonFinite()) {
      mark(all, "nan", "", step, step, "NaN or infinite from step " + step);
    }
    return all;
  }

  private static ObjectNode mark(
      ArrayNode all, String kind, String id, long from, long to, String label) {
    return all.addObject()
        .put("kind", kind)
        .put("id", id)
        .put("from", from)
        .put("to", to)
        .put("label", label);
  }
}
