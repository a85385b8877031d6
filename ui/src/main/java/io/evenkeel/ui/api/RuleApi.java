package io.evenkeel.ui.api;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.RuleState;
import io.evenkeel.ui.problem.Refusal;
import io.evenkeel.ui.problem.Refusal.Flaw;
import io.evenkeel.ui.rules.RuleActions;
import io.evenkeel.ui.rules.RuleChecker;
import io.evenkeel.ui.rules.RuleDraft;
import io.evenkeel.ui.rules.RuleFeed;
import io.evenkeel.ui.rules.RuleIssue;
import io.evenkeel.ui.rules.RuleShelf;
import io.evenkeel.ui.security.Needs;
import io.evenkeel.ui.security.Role;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Alert rules: users' own, and settings of built-in ones. */
@RestController
class RuleApi {
  private static final int LONGEST_NAME = 256;
  private static final int LONGEST_EXPRESSION = 16_384;
  private static final int LONGEST_SUMMARY = 1_000;
  private static final int MOST_STEPS = 1_000_000;

  private final RuleFeed feed;
  private final RuleChecker checker;
  private final RuleActions actions;

  RuleApi(RuleFeed feed, RuleChecker checker, RuleActions actions) {
    this.feed = feed;
    this.checker = checker;
    this.actions = actions;
  }

  /**
   * A rule as the API tells it; the names are those of the files of {@code ./evenkeel rules}.
   *
   * @param rule rule id
   * @param run empty for all runs
   * @param expression CEL; empty for the settings of a built-in rule
   * @param changed when it was changed last; sent back when it is saved
   */
  record RuleResource(
      String rule,
      String run,
      String expression,
      String severity,
      double threshold,
      double clearThreshold,
      int forSteps,
      int ofSteps,
      int clearForSteps,
      boolean enabled,
      Map<String, String> labels,
      String author,
      Instant changed) {

    static RuleResource of(AlertRule rule) {
      return new RuleResource(
          rule.rule(),
          rule.run(),
          rule.expression(),
          rule.severity().name().toLowerCase(Locale.ROOT),
          rule.threshold(),
          rule.clearThreshold(),
          rule.forSteps(),
          rule.ofSteps(),
          rule.clearForSteps(),
          rule.state() == RuleState.ENABLED,
          rule.labels(),
          rule.author(),
          rule.changed());
    }
  }

  /**
   * What a check came to.
   *
   * @param problems everything that is wrong; empty if the rule can be saved
   */
  record CheckedRule(List<RuleIssue> problems) {
    CheckedRule {
      problems = List.copyOf(problems);
    }
  }

  @GetMapping("/api/v1/rules")
  @Needs(Role.VIEWER)
  Page<RuleResource> list() {
    return new Page<>(shelf().rules().stream().map(RuleResource::of).toList(), null);
  }

  @PostMapping("/api/v1/rules/check")
  @Needs(Role.VIEWER)
  CheckedRule check(@RequestBody(required = false) @Nullable JsonNode body) {
    Fields fields = Fields.of(body);
    RuleDraft draft = draft(fields, fields.text("rule", LONGEST_NAME));
    fields.check();
    return new CheckedRule(
        switch (checker.check(draft)) {
          case RuleChecker.Checked.Fine fine -> List.of();
          case RuleChecker.Checked.Wrong wrong -> wrong.issues();
        });
  }

  @PutMapping("/api/v1/rules/{name}")
  @Needs(Role.OPERATOR)
  CompletableFuture<RuleResource> save(
      @PathVariable String name, @RequestBody(required = false) @Nullable JsonNode body) {
    Fields fields = Fields.of(body);
    RuleDraft draft = draft(fields, name);
    Instant opened = opened(fields);
    fields.check();
    if (checker.check(draft) instanceof RuleChecker.Checked.Wrong wrong) {
      throw Refusal.invalid(
          ErrorId.RULE_INVALID, wrong.issues().stream().map(RuleApi::flaw).toList());
    }
    shelf();
    try {
      return actions.save(draft, opened).handle(RuleApi::told).thenApply(RuleResource::of);
    } catch (RuleActions.ChangedMeanwhile e) {
      throw changed(e);
    }
  }

  @DeleteMapping("/api/v1/rules/{name}")
  @Needs(Role.OPERATOR)
  CompletableFuture<ResponseEntity<Void>> delete(
      @PathVariable String name, @RequestParam(defaultValue = "") String run) {
    Optional<AlertRule> rule =
        shelf().rules().stream()
            .filter(known -> known.rule().equals(name) && known.run().equals(run))
            .findFirst();
    if (rule.isEmpty()) {
      throw Refusal.notFound(ErrorId.RULE_UNKNOWN, "There is no record of this rule and run.");
    }
    try {
      return actions
          .delete(rule.get())
          .handle(RuleApi::told)
          .thenApply(done -> ResponseEntity.noContent().build());
    } catch (RuleActions.ChangedMeanwhile e) {
      throw changed(e);
    }
  }

  private RuleShelf shelf() {
    RuleShelf shelf = feed.now();
    if (shelf.reach() != RuleShelf.Reach.FOLLOWED) {
      throw Refusal.unavailable(
          ErrorId.KAFKA_UNAVAILABLE,
          "The rules are being read from Kafka, which has not answered.");
    }
    return shelf;
  }

  private static AlertRule told(@Nullable AlertRule rule, @Nullable Throwable failure) {
    if (rule == null || failure != null) {
      throw Refusal.unavailable(
          ErrorId.KAFKA_UNAVAILABLE, "Kafka cannot be reached, nothing was changed.");
    }
    return rule;
  }

  private static Refusal changed(RuleActions.ChangedMeanwhile e) {
    return Refusal.conflict(ErrorId.RULE_CHANGED, String.valueOf(e.getMessage()));
  }

  private static Flaw flaw(RuleIssue issue) {
    String place = issue.line() == 0 ? "" : issue.line() + ":" + issue.column() + ": ";
    return new Flaw(issue.component(), place + issue.message());
  }

  private static RuleDraft draft(Fields fields, String name) {
    String expression = fields.optionalText("expression", LONGEST_EXPRESSION).orElse("");
    Severity severity =
        fields.has("severity")
            ? fields.choice("severity", Severity.class).orElse(Severity.WARNING)
            : Severity.WARNING;
    String threshold = figure(fields, "threshold");
    String clear = figure(fields, "clearThreshold");
    long forSteps = fields.whole("forSteps", 1, MOST_STEPS, 1);
    long ofSteps = fields.whole("ofSteps", 1, MOST_STEPS, forSteps);
    long clearFor = fields.whole("clearForSteps", 1, MOST_STEPS, 1);
    boolean enabled = !fields.has("enabled") || fields.flag("enabled");
    return new RuleDraft(
        name,
        fields.optionalText("run", LONGEST_NAME).orElse(""),
        expression,
        severity,
        threshold,
        clear,
        Long.toString(forSteps),
        Long.toString(ofSteps),
        Long.toString(clearFor),
        enabled ? RuleState.ENABLED : RuleState.DISABLED,
        fields.optionalText("summary", LONGEST_SUMMARY).orElse(""));
  }

  private static String figure(Fields fields, String name) {
    return fields.has(name) ? Double.toString(fields.figure(name)) : "";
  }

  private static @Nullable Instant opened(Fields fields) {
    Optional<String> changed = fields.optionalText("changed", LONGEST_NAME);
    try {
      return changed.map(Instant::parse).orElse(null);
    } catch (DateTimeParseException e) {
      fields.flaw("changed", "must be the time that the rule tells.");
      return null;
    }
  }
}
