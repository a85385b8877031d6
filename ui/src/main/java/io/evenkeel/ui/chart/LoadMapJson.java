package io.evenkeel.ui.chart;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Tells a heat map of expert load to ECharts, as JSON; colours as in {@link ChartJson}. */
public final class LoadMapJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private LoadMapJson() {}

  /**
   * A heat map of load.
   *
   * @param load what to draw
   */
  public static String option(LoadMap load) {
    ObjectNode option = JSON.objectNode();
    option.put("evenkeelTooltip", "cell");
    option.set(
        "grid",
        JSON.objectNode().put("left", 44).put("right", 66).put("top", 14).put("bottom", 26));
    ObjectNode steps = option.putObject("xAxis").put("type", "category");
    ArrayNode labels = steps.putArray("data");
    load.steps().forEach(step -> labels.add(Long.toString(step)));
    steps.putObject("splitLine").put("show", false);
    ObjectNode experts = option.putObject("yAxis").put("type", "category").put("inverse", true);
    ArrayNode rows = experts.putArray("data");
    load.rows().forEach(rows::add);
    experts.putObject("splitLine").put("show", false);
    option.putObject("tooltip").put("trigger", "item");
    ObjectNode scale = option.putObject("visualMap");
    scale.put("type", "continuous").put("min", 0).put("max", 3).put("calculable", false);
    scale
        .put("right", 2)
        .put("top", "middle")
        .put("itemWidth", 10)
        .put("itemHeight", 130)
        .put("precision", 1);
    scale.putArray("text").add("≥ 3 ×").add("0");
    scale.putObject("textStyle").put("color", "@muted").put("fontSize", 11);
    scale
        .putObject("inRange")
        .putArray("color")
        .add("@heat0")
        .add("@heat1")
        .add("@heat2")
        .add("@heat3");
    scale.putObject("outOfRange").putArray("color").add("@heat3");
    ObjectNode cells = option.putArray("series").addObject();
    cells.put("id", "load").put("name", "load").put("type", "heatmap").put("progressive", 0);
    cells.set("data", cells(load, 0));
    return option.toString();
  }

  /** The columns of a heat map from index {@code first} on, as a live tick. */
  public static String columns(LoadMap load, int first) {
    ObjectNode tick = JSON.objectNode();
    ObjectNode columns = tick.putObject("columns");
    ArrayNode labels = columns.putArray("labels");
    load.steps()
        .subList(first, load.steps().size())
        .forEach(step -> labels.add(Long.toString(step)));
    columns.set("cells", cells(load, first));
    return tick.toString();
  }

  private static ArrayNode cells(LoadMap load, int first) {
    ArrayNode cells = JSON.arrayNode();
    for (int column = first; column < load.steps().size(); column++) {
      for (int row = 0; row < load.rows().size(); row++) {
        double value = load.at(column, row);
        if (Double.isFinite(value)) {
          cells.addArray().add(column).add(row).add(Math.round(value * 1000) / 1000.0);
        }
      }
    }
    return cells;
  }
}
