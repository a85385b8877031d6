package io.evenkeel.ui.rules.ui;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.QueryParameters;
import com.vaadin.flow.router.Route;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.RuleState;
import io.evenkeel.ui.evidence.EvidenceReader;
import io.evenkeel.ui.layout.Address;
import io.evenkeel.ui.livefeed.ui.LivePage;
import io.evenkeel.ui.rules.Backtests;
import io.evenkeel.ui.rules.RuleActions;
import io.evenkeel.ui.rules.RuleChecker;
import io.evenkeel.ui.rules.RuleDraft;
import io.evenkeel.ui.rules.RuleFeed;
import io.evenkeel.ui.rules.RuleKey;
import io.evenkeel.ui.rules.RuleShelf;
import io.evenkeel.ui.runs.RunFeed;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Role;
import jakarta.annotation.security.PermitAll;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.AccessDeniedException;

/** Alert rules: those in force, an editor that checks as one types, and backtests. */
@Route("rules")
@PageTitle("Rules · Evenkeel")
@PermitAll
public final class RulesView extends LivePage<RuleShelf> implements BeforeEnterObserver {
  private final transient RuleChecker checker;
  private final transient RuleActions actions;
  private final transient Access access;
  private final RuleList list;
  private final RuleForm form;
  private final BacktestPanel backtest;
  private final Section editor = new Section();
  private final H3 title = new H3();
  private final Span note = new Span();
  private final Div standing = new Div();
  private final Span outcome = new Span();
  private final Button save = new Button("Save");
  private final Button turn = new Button();
  private final Button override = new Button("Change for one run…");
  private final Button delete = new Button("Delete…");
  private final Div hint = new Div();
  private List<RuleRow> rows = List.of();
  private @Nullable RuleKey open;
  private @Nullable RuleKey wanted;
  private String wantedRun = "";
  private transient @Nullable AlertRule opened;
  private boolean seen;
  private RuleShelf.Reach reach = RuleShelf.Reach.READING;

  /** Builds the page. */
  public RulesView(
      RuleFeed feed,
      RuleChecker checker,
      RuleActions actions,
      Backtests backtests,
      EvidenceReader evidence,
      RunFeed runs,
      Access access) {
    this.checker = checker;
    this.actions = actions;
    this.access = access;
    addClassName("page");
    list = new RuleList(this::open, this::create);
    form = new RuleForm(feed.words(), this::check);
    backtest = new BacktestPanel(backtests, evidence, this::fine);
    note.setId("rule-note");
    note.addClassName("secondary");
    outcome.setId("rule-outcome");
    outcome.getElement().setAttribute("role", "status");
    editor.addClassName("card");
    editor.setId("rule-editor");
    var head = new Div(title, note);
    head.addClassName("card-head");
    editor.add(head, form, buttons());
    hint.addClassName("empty");
    hint.setText("Choose a rule to see what it says, or make a new one.");
    var side = new Div(hint, editor, backtest);
    side.addClassName("rule-side");
    editor.setVisible(false);
    backtest.setVisible(false);
    var columns = new Div(list, side);
    columns.addClassName("rule-columns");
    standing.setId("rule-reach");
    standing.addClassName("banner");
    standing.getElement().setAttribute("role", "status");
    standing.setVisible(false);
    add(standing, columns, new RunNames(runs, this::offer));
    follow(feed::follow);
  }

  private Div buttons() {
    save.setId("rule-save");
    save.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
    save.addClickListener(click -> save());
    turn.setId("rule-turn");
    turn.addClickListener(click -> turn());
    override.setId("rule-override");
    override.addClickListener(click -> override());
    delete.setId("rule-delete");
    delete.addThemeVariants(ButtonVariant.LUMO_ERROR);
    delete.addClickListener(click -> delete());
    var bar = new Div(save, turn, override, delete, outcome);
    bar.addClassNames("buttons", "rule-buttons");
    return bar;
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    QueryParameters parameters = event.getLocation().getQueryParameters();
    wantedRun = parameters.getSingleParameter("backtest").orElse("");
    parameters
        .getSingleParameter("rule")
        .ifPresent(
            rule -> wanted = new RuleKey(rule, parameters.getSingleParameter("run").orElse("")));
  }

  @Override
  protected void show(RuleShelf shelf) {
    reach = shelf.reach();
    rows = RuleRow.of(shelf);
    list.show(rows);
    switch (shelf.reach()) {
      case READING -> standing.setText("Reading the rules…");
      case AWAY ->
          standing.setText(
              ErrorId.KAFKA_UNAVAILABLE.line(
                  "Rules cannot be read or changed now; what is shown is the last that was read. This goes on by itself."));
      case FOLLOWED -> standing.setText("");
    }
    RuleKey waiting = wanted;
    if (waiting != null && shelf.reach() != RuleShelf.Reach.READING) {
      wanted = null;
      find(waiting).ifPresent(this::open);
    }
    standing.setVisible(!standing.getText().isEmpty());
    noticeOthers();
    allow();
  }

  // Two people at once: who has a rule open is told that it has changed, and keeps what is typed.
  private void noticeOthers() {
    RuleKey key = open;
    AlertRule before = opened;
    if (key == null || before == null || reach != RuleShelf.Reach.FOLLOWED) {
      return;
    }
    AlertRule there = find(key).map(RuleRow::record).orElse(null);
    // One's own new rule comes with one of the next ticks.
    seen |= there != null;
    if (there == null && seen) {
      note.setText("This rule was deleted meanwhile. Saving makes it again.");
      opened = null;
    } else if (there != null && there.changed().isAfter(before.changed())) {
      note.setText(
          "Changed meanwhile by "
              + (there.author().isEmpty() ? "somebody" : there.author())
              + ". Choose it again in the list to see how it is now.");
    }
  }

  private Optional<RuleRow> find(RuleKey key) {
    return rows.stream().filter(row -> row.key().equals(key)).findFirst();
  }

  private void open(RuleRow row) {
    AlertRule record = row.record();
    show(
        row.key(),
        record,
        record == null
            ? RuleDraft.builtIn(row.key().rule(), row.key().run())
            : RuleDraft.of(record),
        RuleForm.Naming.FIXED);
    title.setText(row.key().rule() + (row.key().run().isEmpty() ? "" : " · " + row.key().run()));
    list.select(row.key());
    tellAddress();
  }

  private void create() {
    list.select(null);
    show(null, null, RuleDraft.EMPTY, RuleForm.Naming.FREE);
    title.setText("New rule");
    Address.show(this, "rules", Map.of());
  }

  private void override() {
    RuleDraft draft = form.draft();
    list.select(null);
    show(null, null, draft.forRun(""), RuleForm.Naming.FIXED);
    form.askForRun();
    title.setText(draft.rule() + " · for one run");
    note.setText("Name the run. Its own version goes before the one for all runs.");
  }

  private void show(
      @Nullable RuleKey key, @Nullable AlertRule record, RuleDraft draft, RuleForm.Naming naming) {
    open = key;
    opened = record;
    seen = record != null;
    hint.setVisible(false);
    editor.setVisible(true);
    backtest.setVisible(true);
    backtest.clear();
    outcome.setText("");
    note.setText("");
    form.show(draft, naming);
    check();
    allow();
    if (!wantedRun.isEmpty()) {
      backtest.choose(wantedRun);
    }
  }

  private void check() {
    form.mark(
        switch (checker.check(form.draft())) {
          case RuleChecker.Checked.Fine fine -> List.of();
          case RuleChecker.Checked.Wrong wrong -> wrong.issues();
        });
    allow();
  }

  private Optional<AlertRule> fine() {
    return switch (checker.check(form.draft())) {
      case RuleChecker.Checked.Fine fine -> Optional.of(fine.rule());
      case RuleChecker.Checked.Wrong wrong -> Optional.empty();
    };
  }

  private void allow() {
    boolean may = access.has(Role.OPERATOR);
    form.allow(may ? ExpressionField.Typing.TAKEN : ExpressionField.Typing.REFUSED);
    AlertRule record = opened;
    save.setEnabled(may && reach == RuleShelf.Reach.FOLLOWED);
    turn.setVisible(record != null);
    turn.setText(
        record != null && record.state() == RuleState.DISABLED ? "Switch on" : "Switch off");
    turn.setEnabled(may);
    delete.setVisible(record != null);
    delete.setText(record != null && record.expression().isBlank() ? "As shipped…" : "Delete…");
    delete.setEnabled(may);
    RuleKey key = open;
    override.setVisible(key != null && key.run().isEmpty());
    override.setEnabled(may);
    if (!may && outcome.getText().isEmpty()) {
      outcome.setText("You may look. Changing rules needs the role operator.");
      outcome.setClassName("secondary");
    }
  }

  private void save() {
    RuleDraft draft = form.draft();
    Instant known = opened == null ? null : opened.changed();
    ask("saved; it holds from the next step on", () -> actions.save(draft, known), this::opened);
  }

  private void turn() {
    AlertRule rule = opened;
    if (rule != null) {
      RuleState state = rule.state() == RuleState.DISABLED ? RuleState.ENABLED : RuleState.DISABLED;
      ask(
          state == RuleState.DISABLED ? "switched off" : "switched on",
          () -> actions.turn(rule, state),
          turned -> {
            opened(turned);
            form.show(RuleDraft.of(turned), RuleForm.Naming.FIXED);
          });
    }
  }

  private void delete() {
    AlertRule rule = opened;
    if (rule == null) {
      return;
    }
    var dialog = new ConfirmDialog();
    dialog.setId("rule-delete-dialog");
    boolean builtIn = rule.expression().isBlank();
    dialog.setHeader((builtIn ? "Set back " : "Delete ") + rule.rule() + "?");
    dialog.setText(
        builtIn
            ? "The built-in rule is judged as it was shipped again. What it has open under these settings is closed."
            : "What it has open is closed, in every run that it concerns. Others who use it lose it too.");
    dialog.setCancelable(true);
    dialog.setConfirmText(builtIn ? "Set back" : "Delete");
    dialog.setConfirmButtonTheme("error primary");
    dialog.addConfirmListener(
        confirmed ->
            ask(
                "deleted",
                () -> actions.delete(rule),
                gone -> closed(builtIn ? "It is as shipped again." : "It is deleted.")));
    dialog.open();
  }

  private void ask(
      String done, Supplier<CompletableFuture<AlertRule>> action, Consumer<AlertRule> after) {
    CompletableFuture<AlertRule> sent;
    try {
      sent = action.get();
    } catch (AccessDeniedException e) {
      say("You may not do this. " + e.getMessage(), "bad");
      return;
    } catch (RuleActions.ChangedMeanwhile | IllegalArgumentException e) {
      say(String.valueOf(e.getMessage()), "bad");
      return;
    }
    say("sending…", "secondary");
    UI page = getUI().orElseThrow();
    sent.whenComplete(
        (written, failure) ->
            page.access(
                () -> {
                  if (failure == null) {
                    after.accept(written);
                    say(done, "good");
                  } else {
                    say(
                        ErrorId.KAFKA_UNAVAILABLE.line(
                            "Kafka cannot be reached, nothing was changed."),
                        "bad");
                  }
                }));
  }

  private void opened(AlertRule written) {
    seen = false;
    open = RuleKey.of(written);
    opened = written;
    note.setText("");
    title.setText(written.rule() + (written.run().isEmpty() ? "" : " · " + written.run()));
    tellAddress();
    allow();
  }

  private void closed(String how) {
    open = null;
    opened = null;
    editor.setVisible(false);
    backtest.setVisible(false);
    hint.setText(how);
    hint.setVisible(true);
    Address.show(this, "rules", Map.of());
  }

  private void say(String words, String kind) {
    outcome.setText(words);
    outcome.setClassName(kind);
  }

  private void offer(List<String> runs) {
    backtest.offer(runs);
    if (!wantedRun.isEmpty()) {
      backtest.choose(wantedRun);
    }
  }

  private void tellAddress() {
    RuleKey key = open;
    if (key != null) {
      Map<String, String> parameters = new LinkedHashMap<>();
      parameters.put("rule", key.rule());
      if (!key.run().isEmpty()) {
        parameters.put("run", key.run());
      }
      Address.show(this, "rules", parameters);
    }
  }
}
