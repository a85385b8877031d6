package io.evenkeel.ui.chart.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.NativeButton;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import java.util.function.Supplier;

/** A chart with its title and what it means; shows loading, loaded, empty or failed on its own. */
public final class ChartCard extends Section {
  private final EvenkeelChart chart = new EvenkeelChart();
  private final Div tools = new Div();
  private final Div notice = new Div();
  private final Runnable retry;
  private final String name;
  private final String title;
  private String shown = "";

  /**
   * A card that loads.
   *
   * @param name stable name; the chart's id is {@code chart-NAME}
   * @param title what it shows
   * @param description how to read it
   * @param group charts of one group share pointer and zoom; empty for none
   * @param retry asks for the data again
   */
  public ChartCard(String name, String title, String description, String group, Runnable retry) {
    this.retry = retry;
    this.name = name;
    this.title = title;
    addClassName("chart-card");
    setId("card-" + name);
    getElement().setAttribute("aria-labelledby", "title-" + name);
    var heading = new H3(title);
    heading.setId("title-" + name);
    var text = new Span(description);
    text.addClassName("chart-description");
    text.setTitle(description);
    tools.addClassName("chart-tools");
    var head = new Header(new Div(heading, text), tools);
    chart.setId("chart-" + name);
    chart.setDescription(title + ". " + description);
    chart.setGroup(group);
    notice.addClassName("chart-notice");
    var body = new Div(chart, notice);
    body.addClassName("chart-body");
    add(head, body);
    tools.add(tool("PNG", "Save as a picture: ", () -> chart.savePicture(name + ".png")));
    showLoading();
  }

  /** Offers the chart's points as comma-separated values. */
  public void offerCsv(Supplier<String> csv) {
    tools.add(tool("CSV", "Save as a table: ", () -> chart.saveText(name + ".csv", csv.get())));
  }

  // The browser's own: a page has thirty of them, and a component each takes longer than a chart.
  private NativeButton tool(String text, String does, Runnable action) {
    var button = new NativeButton(text, click -> action.run());
    button.addClassName("chart-tool");
    button.setAriaLabel(does + title);
    return button;
  }

  /** Puts something beside the title. */
  public void addTool(Component tool) {
    tools.addComponentAsFirst(tool);
  }

  /** The chart itself. */
  public EvenkeelChart chart() {
    return chart;
  }

  /** It is being read. */
  public void showLoading() {
    var text = new Span("Loading");
    text.addClassName("loading-dots");
    show("loading", text);
  }

  /** The chart is filled. */
  public void showLoaded() {
    show("loaded");
  }

  /** There is nothing to draw yet. */
  public void showEmpty(String why) {
    show("empty", new Paragraph(why));
  }

  /** It could not be read. */
  public void showFailed(String why) {
    var again = new Button("Retry", click -> retry.run());
    again.addClassName("retry");
    show("failed", new Paragraph(why), again);
  }

  private void show(String state, Component... content) {
    if (state.equals(shown)) {
      return;
    }
    shown = state;
    getElement().setAttribute("data-state", state);
    notice.removeAll();
    notice.add(content);
    notice.setVisible(content.length > 0);
  }
}
