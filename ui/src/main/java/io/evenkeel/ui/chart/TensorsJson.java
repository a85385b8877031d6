package io.evenkeel.ui.chart;

import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Tells gradients against Adam's epsilon to ECharts, as JSON; colours as in {@link ChartJson}. */
public final class TensorsJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private TensorsJson() {}

  /**
   * Gradient RMS over tensors against Adam's epsilon.
   *
   * @param tensors worst first
   * @param epsilon Adam's epsilon; not finite when unknown
   */
  public static String option(List<TensorBar> tensors, double epsilon) {
    ObjectNode option = JSON.objectNode();
    option.put("evenkeelTooltip", "item");
    option.set(
        "grid",
        JSON.objectNode().put("left", 160).put("right", 20).put("top", 34).put("bottom", 26));
    ObjectNode values = option.putObject("xAxis").put("type", "log").put("evenkeelFormat", "si");
    values.putObject("minorSplitLine").put("show", false);
    ObjectNode names = option.putObject("yAxis").put("type", "category").put("inverse", true);
    names.putObject("axisLabel").put("width", 148).put("overflow", "truncate").put("interval", 0);
    names.putObject("splitLine").put("show", true);
    ArrayNode rows = names.putArray("data");
    option.putObject("tooltip").put("trigger", "item");
    option
        .putObject("legend")
        .put("top", 2)
        .put("left", 8)
        .put("itemWidth", 10)
        .put("itemHeight", 10);
    ArrayNode series = option.putArray("series");
    ObjectNode healthy = dots(series, "gradient RMS", "circle", "@s0");
    ObjectNode near = dots(series, "RMS within 10 × epsilon", "triangle", "@danger");
    ArrayNode healthyDots = healthy.putArray("data");
    ArrayNode nearDots = near.putArray("data");
    for (TensorBar tensor : tensors) {
      rows.add(tensor.name());
      if (Double.isFinite(tensor.gradientRms()) && tensor.gradientRms() > 0) {
        (tensor.epsilonOverRms() > 0.1 ? nearDots : healthyDots)
            .addArray()
            .add(ChartPoints.rounded(tensor.gradientRms()))
            .add(tensor.name())
            .add(tensor.name());
      }
    }
    if (Double.isFinite(epsilon) && epsilon > 0) {
      ObjectNode line = series.addObject();
      line.put("id", "limit-epsilon")
          .put("name", "Adam's epsilon")
          .put("type", "line")
          .put("showSymbol", false);
      line.putObject("lineStyle").put("type", "dashed").put("color", "@warning").put("width", 1.5);
      line.putObject("itemStyle").put("color", "@warning");
      ArrayNode ends = line.putArray("data");
      for (TensorBar tensor : tensors) {
        ends.addArray().add(epsilon).add(tensor.name());
      }
    }
    return option.toString();
  }

  private static ObjectNode dots(ArrayNode series, String name, String symbol, String colour) {
    ObjectNode dots = series.addObject().put("id", name).put("name", name).put("type", "scatter");
    dots.put("symbol", symbol).put("symbolSize", 9);
    dots.putObject("itemStyle").put("color", colour);
    return dots;
  }
}
