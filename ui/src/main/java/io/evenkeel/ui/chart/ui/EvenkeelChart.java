package io.evenkeel.ui.chart.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.ComponentEvent;
import com.vaadin.flow.component.DomEvent;
import com.vaadin.flow.component.EventData;
import com.vaadin.flow.component.HasSize;
import com.vaadin.flow.component.Tag;
import com.vaadin.flow.component.dependency.JsModule;
import com.vaadin.flow.component.dependency.NpmPackage;
import io.evenkeel.ui.chart.Window;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One ECharts canvas. What it draws is JSON; it takes no HTML and no code. The server keeps nothing
 * of what it has sent: with fifty readers that would be most of its memory.
 */
@Tag("evenkeel-chart")
@NpmPackage(value = "echarts", version = "6.1.0")
@JsModule("./charts/evenkeel-chart.ts")
public final class EvenkeelChart extends Component implements HasSize {

  /** Draws anew. */
  public void draw(String json) {
    getElement().callJsFunction("draw", json);
  }

  /** Draws the marks anew: commands, alerts, values that are not finite. */
  public void mark(String json) {
    getElement().callJsFunction("mark", json);
  }

  /** Charts of one group share pointer and the part of the steps that is seen. */
  public void setGroup(String group) {
    getElement().setProperty("group", group);
  }

  /** What a screen reader says. */
  public void setDescription(String text) {
    getElement().setProperty("label", text);
  }

  /** What lies along the axis. */
  public void setAcross(Across across) {
    getElement().setProperty("axis", across == Across.TIME ? "time" : "step");
  }

  /** Adds points at the end of series. */
  public void append(String json) {
    getElement().callJsFunction("append", json);
  }

  /** Saves what is drawn as a picture, at the reader's. */
  public void savePicture(String name) {
    getElement().callJsFunction("savePicture", name);
  }

  /** Saves a text as a file, at the reader's. */
  public void saveText(String name, String text) {
    getElement().callJsFunction("saveText", name, text);
  }

  /** Hears of the part of the steps that the reader chooses; empty for all of them. */
  public void onRange(Consumer<Optional<Window>> listener) {
    addListener(RangeEvent.class, event -> listener.accept(event.window()));
  }

  /** Hears of the marks that the reader clicks, by their ids. */
  public void onMarks(Consumer<List<String>> listener) {
    addListener(MarkEvent.class, event -> listener.accept(event.ids()));
  }

  /** What lies along an axis. */
  public enum Across {
    STEPS,
    TIME
  }

  /** The reader has chosen a part of the steps. */
  @DomEvent("evenkeel-range")
  public static final class RangeEvent extends ComponentEvent<EvenkeelChart> {
    private static final long serialVersionUID = 1L;
    private static final double MOST = 1L << 52;

    private final double from;
    private final double to;

    /** As the browser tells it; a negative {@code from} means all. */
    public RangeEvent(
        EvenkeelChart source,
        boolean fromClient,
        @EventData("event.detail.from") double from,
        @EventData("event.detail.to") double to) {
      super(source, fromClient);
      this.from = from;
      this.to = to;
    }

    // The browser is not believed: it may send anything.
    Optional<Window> window() {
      return from >= 0 && to > from && to <= MOST
          ? Optional.of(new Window((long) from, Math.max((long) from + 1, (long) to)))
          : Optional.empty();
    }
  }

  /** The reader has clicked marks. */
  @DomEvent("evenkeel-mark")
  public static final class MarkEvent extends ComponentEvent<EvenkeelChart> {
    private static final long serialVersionUID = 1L;
    private static final int MOST = 12;

    private final String ids;

    /** As the browser tells it: ids, each on a line. */
    public MarkEvent(
        EvenkeelChart source, boolean fromClient, @EventData("event.detail.ids") String ids) {
      super(source, fromClient);
      this.ids = ids;
    }

    List<String> ids() {
      return ids.lines().filter(id -> !id.isBlank()).limit(MOST).toList();
    }
  }
}
