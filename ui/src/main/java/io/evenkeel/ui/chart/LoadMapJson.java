package io.evenkeel.ui.chart;

import java.util.ArrayList;
import java.util.List;
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
    return map(
        load.steps().stream().map(step -> Long.toString(step)).toList(),
        load.rows(),
        cells(load, 0),
        "");
  }

  /**
   * Load of every layer's experts at one step: a row a layer, a column an expert.
   *
   * @param layers what to draw
   */
  public static String option(LayerLoads layers) {
    List<String> columns = layers.columns();
    float[] cells = new float[columns.size() * layers.layers()];
    List<String> rows = new ArrayList<>();
    for (int layer = 0; layer < layers.layers(); layer++) {
      rows.add("layer " + layers.number(layer));
      for (int column = 0; column < columns.size(); column++) {
        cells[column * layers.layers() + layer] = shown(layers.at(layer, column));
      }
    }
    return map(columns, rows, cells, "expert");
  }

  private static String map(
      List<String> columns, List<String> rowNames, float[] cells, String column) {
    ObjectNode option = JSON.objectNode();
    option
        .putObject("evenkeelLoad")
        .put("rows", rowNames.size())
        .put("cells", ChartPoints.base64(cells));
    if (!column.isEmpty()) {
      option.put("evenkeelColumn", column);
    }
    option.set(
        "grid",
        JSON.objectNode().put("left", 56).put("right", 66).put("top", 14).put("bottom", 26));
    ObjectNode across = option.putObject("xAxis").put("type", "category");
    ArrayNode labels = across.putArray("data");
    columns.forEach(labels::add);
    across.putObject("splitLine").put("show", false);
    ObjectNode down = option.putObject("yAxis").put("type", "category").put("inverse", true);
    ArrayNode rows = down.putArray("data");
    rowNames.forEach(rows::add);
    down.putObject("splitLine").put("show", false);
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
    // The element in the browser paints the cells; the scale stands beside them and maps nothing.
    scale.putArray("seriesIndex");
    scale.put("hoverLink", false);
    option
        .putArray("series")
        .addObject()
        .put("id", "load")
        .put("name", "load")
        .put("type", "custom");
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
    columns.put("cells", ChartPoints.base64(cells(load, first)));
    return tick.toString();
  }

  // Column by column, as they come.
  private static float[] cells(LoadMap load, int first) {
    int rows = load.rows().size();
    float[] cells = new float[(load.steps().size() - first) * rows];
    for (int column = first; column < load.steps().size(); column++) {
      for (int row = 0; row < rows; row++) {
        cells[(column - first) * rows + row] = shown(load.at(column, row));
      }
    }
    return cells;
  }

  private static float shown(double value) {
    return Double.isFinite(value) ? (float) value : Float.NaN;
  }
}
