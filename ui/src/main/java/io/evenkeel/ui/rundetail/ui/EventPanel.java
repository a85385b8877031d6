package io.evenkeel.ui.rundetail.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Aside;
import com.vaadin.flow.component.html.Code;
import com.vaadin.flow.component.html.DescriptionList;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.H4;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.html.UnorderedList;
import io.evenkeel.ui.alerts.Runbooks;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.chart.Window;
import io.evenkeel.ui.rundetail.RunEvents.Happening;
import io.evenkeel.ui.rundetail.RunEvents.Heading;
import java.util.List;
import java.util.function.Consumer;

/** What happened, and why: beside the charts, which stay in sight and in use. Set as text alone. */
final class EventPanel extends Aside {
  private final H3 title = new H3();
  private final Div content = new Div();
  private final Button close = new Button("Close", click -> setVisible(false));
  private final transient Consumer<List<String>> open;
  private final transient Consumer<Window> look;

  /**
   * A panel that is not seen yet.
   *
   * @param open reads what happened
   * @param look shows a part of the steps
   */
  EventPanel(Consumer<List<String>> open, Consumer<Window> look) {
    this.open = open;
    this.look = look;
    setId("event-panel");
    addClassName("event-panel");
    getElement().setAttribute("aria-label", "What happened");
    close.setId("event-close");
    close.addThemeVariants(ButtonVariant.LUMO_TERTIARY, ButtonVariant.LUMO_SMALL);
    var head = new Div(title, close);
    head.addClassName("event-head");
    content.addClassName("event-content");
    add(head, content);
    setVisible(false);
  }

  /** Lists what there is to be told. */
  void list(List<Heading> headings) {
    begin("Alerts and commands");
    if (headings.isEmpty()) {
      content.add(
          new Paragraph("Nothing happened yet: no alert has fired, and no knob was changed."));
    }
    var list = new UnorderedList();
    list.addClassName("event-list");
    for (Heading heading : headings) {
      var button = new Button(heading.text(), click -> open.accept(List.of(heading.id())));
      button.addThemeVariants(ButtonVariant.LUMO_TERTIARY, ButtonVariant.LUMO_SMALL);
      var step = new Span("step " + Figures.count(heading.step()));
      step.addClassName("secondary");
      list.add(new ListItem(glyph(heading.weight()), button, step));
    }
    content.add(list);
  }

  /** Tells what happened. */
  void tell(List<Happening> happenings) {
    begin(happenings.size() == 1 ? "What happened" : happenings.size() + " events here");
    if (happenings.isEmpty()) {
      content.add(new Paragraph("The database no longer knows of this."));
    }
    happenings.forEach(happening -> content.add(section(happening)));
  }

  /** Says why it cannot be told. */
  void fail(String why) {
    begin("This could not be read");
    content.add(new Paragraph(why));
  }

  private void begin(String heading) {
    title.setText(heading);
    content.removeAll();
    setVisible(true);
    close.focus();
  }

  private Div section(Happening happening) {
    var section = new Div();
    section.addClassName("event");
    var name = new H4(glyph(happening.weight()), new Span(happening.title()));
    var badge = new Span(happening.weight());
    badge.addClassName("secondary");
    name.add(badge);
    section.add(name);
    var sentence = new Paragraph(happening.sentence());
    sentence.addClassName("event-sentence");
    section.add(sentence);
    var facts = new DescriptionList();
    happening
        .facts()
        .forEach(
            (key, value) ->
                facts.add(new DescriptionList.Term(key), new DescriptionList.Description(value)));
    section.add(facts);
    if (!happening.decisions().isEmpty()) {
      section.add(new H4("What was decided"));
      var lines = new UnorderedList();
      happening.decisions().forEach(line -> lines.add(new ListItem(line)));
      section.add(lines);
    }
    if (!happening.runbook().isEmpty()) {
      section.add(new Paragraph(new Span("What to do: "), runbook(happening.runbook())));
    }
    var around = new Button("Look at these steps", click -> look.accept(around(happening)));
    around.addThemeVariants(ButtonVariant.LUMO_SMALL);
    section.add(around);
    return section;
  }

  // A rule of somebody's own has no runbook: its settings say who wrote it.
  private static Component runbook(String page) {
    String rule = page.substring(page.lastIndexOf('/') + 1).replace(".md", "");
    return Runbooks.path(rule)
        .<Component>map(path -> new Anchor(path, "Runbook of " + rule))
        .orElseGet(() -> new Code(page));
  }

  private static Window around(Happening happening) {
    long margin = Math.max(20, (happening.to() - happening.from()) / 2);
    return new Window(Math.max(0, happening.from() - margin), Math.max(1, happening.to() + margin));
  }

  private static Span glyph(String weight) {
    var glyph =
        new Span(
            switch (weight) {
              case "critical", "command" -> "◆";
              case "warning" -> "▲";
              default -> "●";
            });
    glyph.addClassNames("event-glyph", "event-" + (known(weight) ? weight : "info"));
    glyph.getElement().setAttribute("aria-hidden", "true");
    return glyph;
  }

  private static boolean known(String weight) {
    return List.of("critical", "warning", "command").contains(weight);
  }
}
