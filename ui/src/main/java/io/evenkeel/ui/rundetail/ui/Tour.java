package io.evenkeel.ui.rundetail.ui;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import java.util.List;

/**
 * Three sentences for who sees the page for the first time. Stands among the charts and covers
 * nothing; the browser remembers that it was read.
 */
final class Tour extends Div {
  private final transient List<Stop> stops;
  private final Span place = new Span();
  private final Span text = new Span();
  private final Button next = new Button("Next", click -> show(at() + 1));
  private int index;

  /**
   * A tour that shows itself where it was never read.
   *
   * @param stops what is pointed at, in order
   */
  Tour(List<Stop> stops) {
    this.stops = List.copyOf(stops);
    addClassName("tour");
    setId("tour");
    getElement().setAttribute("role", "region");
    getElement().setAttribute("aria-label", "First steps");
    place.addClassName("secondary");
    next.setId("tour-next");
    next.addThemeVariants(ButtonVariant.LUMO_PRIMARY, ButtonVariant.LUMO_SMALL);
    var skip = new Button("Skip", click -> end());
    skip.setId("tour-skip");
    skip.addThemeVariants(ButtonVariant.LUMO_TERTIARY, ButtonVariant.LUMO_SMALL);
    add(place, new Paragraph(text), next, skip);
    setVisible(false);
  }

  /**
   * One thing that is pointed at.
   *
   * @param what it
   * @param text what it is for
   */
  record Stop(Component what, String text) {}

  @Override
  protected void onAttach(AttachEvent event) {
    event
        .getUI()
        .getPage()
        .executeJs(
            "try { return localStorage.getItem('evenkeel.tour') } catch (e) { return 'off' }")
        .then(
            String.class,
            read -> {
              if (read == null) {
                show(0);
              }
            });
  }

  private int at() {
    return index;
  }

  private void show(int wanted) {
    unmark();
    if (wanted >= stops.size()) {
      end();
      return;
    }
    index = wanted;
    place.setText((index + 1) + " of " + stops.size());
    text.setText(stops.get(index).text());
    next.setText(index + 1 == stops.size() ? "Done" : "Next");
    stops.get(index).what().getElement().getClassList().add("toured");
    setVisible(true);
  }

  private void unmark() {
    stops.forEach(stop -> stop.what().getElement().getClassList().remove("toured"));
  }

  private void end() {
    unmark();
    setVisible(false);
    // Not of this element: what is not seen runs no script, and the tour would come back for ever.
    getUI()
        .ifPresent(
            page ->
                page.getPage()
                    .executeJs(
                        "try { localStorage.setItem('evenkeel.tour', 'read') } catch (e) { /* again, then */ }"));
  }
}
