package io.evenkeel.ui.chart.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.HasSize;
import com.vaadin.flow.component.Tag;
import com.vaadin.flow.component.dependency.JsModule;
import com.vaadin.flow.component.dependency.NpmPackage;

/** One ECharts canvas. What it draws is JSON; it takes no HTML and no code. */
@Tag("evenkeel-chart")
@NpmPackage(value = "echarts", version = "6.1.0")
@JsModule("./charts/evenkeel-chart.ts")
public final class EvenkeelChart extends Component implements HasSize {

  /** Draws anew. */
  public void setOption(String json) {
    getElement().setProperty("option", json);
  }

  /** Draws the marks anew: commands, alerts, values that are not finite. */
  public void setMarks(String json) {
    getElement().setProperty("marks", json);
  }

  /** Charts of one group share pointer and zoom. */
  public void setGroup(String group) {
    getElement().setProperty("group", group);
  }

  /** What a screen reader says. */
  public void setDescription(String text) {
    getElement().setProperty("label", text);
  }

  /** Adds points at the end of series. */
  public void append(String json) {
    getElement().callJsFunction("append", json);
  }
}
