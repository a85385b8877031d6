package io.evenkeel.ui.receivers.ui;

import com.vaadin.flow.component.Composite;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.textfield.TextField;
import io.evenkeel.alerting.config.AlertsConfig;
import io.evenkeel.alerting.config.AlertsFile;
import io.evenkeel.alerting.config.Problem;
import io.evenkeel.contract.command.SaveAlertConfig;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.receivers.ConfigVersion;
import io.evenkeel.ui.receivers.Place;
import io.evenkeel.ui.receivers.ReceiverBook;
import io.evenkeel.ui.receivers.ReceiverCheck;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The text of receivers and routes: checked while it is typed, every error with its line, and saved
 * on top of the version that it was begun from.
 */
final class ConfigEditor extends Composite<Section> {
  private static final int MOST_PROBLEMS = 50;

  private static final String EXAMPLE =
      """
      route:
        receiver: team
        routes:
          - matchers: ['severity="critical"']
            receiver: pager
            continue: true
      receivers:
        - name: team
          webhook_configs:
            - url: https://hook.example/alerts
        - name: pager   # without a channel: told to nobody
      """;

  /** What is to be saved. */
  record Wish(long baseVersion, String text, String comment) {}

  /** Whether the reader may save. */
  enum Saving {
    ALLOWED,
    LOOK_ONLY
  }

  private final transient Clock clock;
  private final Saving saving;
  private final transient Consumer<Optional<AlertsConfig>> parsed;
  private final CodeArea area = new CodeArea("Receivers and routes, YAML");
  private final Div problems = new Div();
  private final Span about = new Span();
  private final Div conflict = new Div();
  private final Span conflictText = new Span();
  private final TextField comment = new TextField("Why");
  private final Button save = new Button("Save");
  private final Button example = new Button("Begin with an example");
  private ConfigVersion base = ConfigVersion.NONE;
  private String baseText = "";
  private ConfigVersion newest = ConfigVersion.NONE;
  private Place place = Place.UNKNOWN;
  private boolean begun;
  private boolean good;

  ConfigEditor(
      Saving saving, Consumer<Wish> wanted, Consumer<Optional<AlertsConfig>> parsed, Clock clock) {
    this.saving = saving;
    this.parsed = parsed;
    this.clock = clock;
    area.setId("config-text");
    area.addValueChangeListener(change -> check());
    problems.setId("config-problems");
    problems.addClassName("problems");
    problems.getElement().setAttribute("role", "status");
    about.addClassName("secondary");
    about.setId("config-version");
    conflict.setId("config-conflict");
    conflict.addClassName("banner");
    conflict.getElement().setAttribute("role", "status");
    conflict.setVisible(false);
    var load = new Button("Load the newest", click -> load(newest));
    load.addThemeVariants(ButtonVariant.LUMO_SMALL);
    load.setId("config-load");
    conflict.add(conflictText, load);
    comment.setId("config-comment");
    comment.setMaxLength(500);
    comment.addClassName("comment");
    save.setId("config-save");
    save.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
    save.setDisableOnClick(true);
    save.addClickListener(
        click -> wanted.accept(new Wish(base.version(), area.getValue(), comment.getValue())));
    example.setId("config-example");
    example.addClickListener(click -> area.setValue(EXAMPLE));
  }

  @Override
  protected Section initContent() {
    var buttons = new Div(save, example);
    buttons.addClassName("buttons");
    var deed = new Div(comment, buttons);
    deed.addClassName("config-deed");
    deed.setVisible(saving == Saving.ALLOWED);
    return Pieces.card(
        "Text",
        "In force a second after it is saved, without a restart. Secrets are named, never written"
            + " here: a key that ends in _file names a file of the controller's folder of secrets.",
        about,
        conflict,
        area,
        problems,
        deed);
  }

  /** Shows what is in force now; what somebody is typing stays. */
  void show(ReceiverBook book) {
    boolean moved = !book.place().equals(place);
    place = book.place();
    newest = book.newest();
    boolean untouched = area.getValue().equals(baseText);
    boolean mine = area.getValue().equals(lines(newest.text()));
    if (!begun || untouched || mine) {
      if (!begun || newest.version() != base.version()) {
        load(newest);
        begun = true;
      }
    } else if (newest.version() != base.version()) {
      conflictText.setText(
          "%s has saved version %d meanwhile. What you edit begins from version %d and cannot be saved on top of it. "
              .formatted(newest.author(), newest.version(), base.version()));
      conflict.setVisible(true);
    }
    about.setText(standing());
    lockOrNot();
    if (moved) {
      check();
    }
    enable();
  }

  /** As a browser has it. */
  private static String lines(String text) {
    return text.replace("\r\n", "\n");
  }

  private String standing() {
    if (newest.version() == 0) {
      return place.editing() == Place.Editing.NO_CONTROLLER
          ? "No controller with a database has started yet."
          : "Nothing has been saved yet.";
    }
    String force =
        place.appliedVersion() == newest.version()
            ? "in force"
            : "not in force yet" + (place.problem().isEmpty() ? "" : ": " + place.problem());
    return "Version %d by %s, %s, %s. Secrets that can be named: %s."
        .formatted(
            newest.version(),
            newest.author(),
            Figures.ago(newest.savedAt(), clock.instant()),
            force,
            place.secretNames().isEmpty()
                ? "none"
                : String.join(", ", place.secretNames().stream().sorted().toList()));
  }

  private void lockOrNot() {
    String why =
        place.editing() == Place.Editing.FIXED
            ? ErrorId.ALERTS_FIXED.meaning()
            : saving == Saving.LOOK_ONLY ? "Only an admin may change this." : "";
    area.lock(why);
    comment.setEnabled(why.isEmpty());
    example.setVisible(newest.version() == 0 && area.isEmpty());
  }

  private void load(ConfigVersion version) {
    base = version;
    baseText = lines(version.text());
    conflict.setVisible(false);
    area.setValue(baseText);
    check();
  }

  private void check() {
    String text = area.getValue();
    problems.removeAll();
    good = false;
    if (text.isBlank()) {
      problems.add(new Span("Nothing is written: nobody is told of alerts."));
      enable();
      return;
    }
    if (text.length() > SaveAlertConfig.MAX_TEXT) {
      problems.add(
          new Span("The text is longer than " + SaveAlertConfig.MAX_TEXT + " characters."));
      enable();
      return;
    }
    AlertsFile file = ReceiverCheck.of(text, place);
    parsed.accept(file.config());
    good = file.problems().isEmpty();
    if (good) {
      problems.add(Pieces.badge("in order", "badge-good"));
    } else {
      showProblems(file.problems());
    }
    enable();
  }

  private void showProblems(List<Problem> found) {
    problems.add(
        Pieces.badge(found.size() == 1 ? "1 error" : found.size() + " errors", "badge-bad"));
    found.stream()
        .limit(MOST_PROBLEMS)
        .forEach(
            problem -> {
              var line =
                  new Button(
                      "Line %d: %s".formatted(problem.line(), problem.message()),
                      click -> area.goTo(problem.line()));
              line.addThemeVariants(ButtonVariant.LUMO_TERTIARY, ButtonVariant.LUMO_SMALL);
              line.addClassName("problem");
              line.setTooltipText(problem.id().id());
              problems.add(line);
            });
  }

  private void enable() {
    save.setEnabled(
        saving == Saving.ALLOWED
            && place.editing() == Place.Editing.POSSIBLE
            && good
            && !area.getValue().equals(baseText)
            && newest.version() == base.version());
  }
}
