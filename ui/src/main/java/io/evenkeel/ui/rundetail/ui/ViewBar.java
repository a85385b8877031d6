package io.evenkeel.ui.rundetail.ui;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.checkbox.Checkbox;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.chart.Window;
import io.evenkeel.ui.chart.ui.EvenkeelChart.Across;
import io.evenkeel.ui.rundetail.RunState;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** What part of the run all charts show, and what changes that, also without a mouse. */
final class ViewBar extends Div {
  private final Span standing = new Span();
  private final Button live = new Button("Follow live");
  private final Button events = new Button("Events");
  private final Checkbox time = new Checkbox("Wall time");
  private final Checkbox past = new Checkbox("Superseded steps");

  /**
   * A bar.
   *
   * @param change takes the view as it is to the view that is asked for
   * @param zoom takes the part of the steps that is seen to the one that is asked for
   * @param showEvents opens the list of events
   */
  ViewBar(
      Consumer<UnaryOperator<View>> change,
      Consumer<UnaryOperator<Window>> zoom,
      Runnable showEvents) {
    addClassName("view-bar");
    getElement().setAttribute("role", "toolbar");
    getElement().setAttribute("aria-label", "Part of the run that the charts show");
    standing.setId("view-standing");
    standing.addClassName("view-standing");
    standing.getElement().setAttribute("role", "status");
    live.setId("view-live");
    live.addThemeVariants(ButtonVariant.LUMO_PRIMARY, ButtonVariant.LUMO_SMALL);
    live.addClickListener(click -> change.accept(view -> view.with(Optional.empty())));
    live.setVisible(false);
    events.setId("view-events");
    events.addThemeVariants(ButtonVariant.LUMO_TERTIARY, ButtonVariant.LUMO_SMALL);
    events.addClickListener(click -> showEvents.run());
    time.setId("view-time");
    time.addValueChangeListener(
        changed -> {
          if (changed.isFromClient()) {
            Across across = changed.getValue() ? Across.TIME : Across.STEPS;
            change.accept(view -> view.with(across));
          }
        });
    past.setId("view-past");
    past.setVisible(false);
    past.addValueChangeListener(
        changed -> {
          if (changed.isFromClient()) {
            View.PastShown shown =
                changed.getValue() ? View.PastShown.DIMMED : View.PastShown.HIDDEN;
            change.accept(view -> view.with(shown));
          }
        });
    var zooms =
        new Div(
            button("zoom-in", "+", "Zoom in", zoom, window -> window.times(0.5)),
            button("zoom-out", "−", "Zoom out", zoom, window -> window.times(2)),
            button("earlier", "◀", "Earlier steps", zoom, window -> window.moved(-0.5)),
            button("later", "▶", "Later steps", zoom, window -> window.moved(0.5)));
    zooms.addClassName("zooms");
    add(standing, live, zooms, time, past, events);
  }

  private static Button button(
      String id,
      String sign,
      String name,
      Consumer<UnaryOperator<Window>> zoom,
      UnaryOperator<Window> how) {
    var button = new Button(sign, click -> zoom.accept(how));
    button.setId("view-" + id);
    button.setAriaLabel(name);
    button.setTooltipText(name);
    button.addThemeVariants(ButtonVariant.LUMO_TERTIARY, ButtonVariant.LUMO_SMALL);
    return button;
  }

  void show(View view, RunState run) {
    String last = Figures.count(run.header().lastStep());
    String text =
        view.window()
            .map(
                part ->
                    "Steps "
                        + Figures.count(part.from())
                        + " to "
                        + Figures.count(part.to())
                        + " of "
                        + last)
            .orElse(
                run.header().isRunning() ? "● Following, step " + last : "All steps to " + last);
    if (!text.equals(standing.getText())) {
      standing.setText(text);
    }
    live.setText(run.header().isRunning() ? "Follow live" : "Show all");
    live.setVisible(view.window().isPresent());
    time.setValue(view.across() == Across.TIME);
    time.setEnabled(run.clock().size() > 1);
    past.setVisible(run.header().incarnation() > 0);
    past.setValue(view.past() == View.PastShown.DIMMED);
  }
}
