package io.evenkeel.ui.rules;

import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.audit.Decision;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.RuleState;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.ui.outbox.RecordOutbox;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Role;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.stereotype.Component;

/**
 * Puts rules into force, switches them off and deletes them. Each action checks the caller's role
 * first, throws {@link AccessDeniedException} when it is not enough, and writes who did what to the
 * audit trail after the rule itself.
 */
@Component
public class RuleActions {
  private static final int LONGEST_ACTOR = 256;

  private final Access access;
  private final RuleChecker checker;
  private final RuleTopic topic;
  private final RecordOutbox outbox;
  private final Clock clock;

  RuleActions(
      Access access, RuleChecker checker, RuleTopic topic, RecordOutbox outbox, Clock clock) {
    this.access = access;
    this.checker = checker;
    this.topic = topic;
    this.outbox = outbox;
    this.clock = clock;
  }

  /** Somebody else has changed the rule since it was opened. */
  public static final class ChangedMeanwhile extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private ChangedMeanwhile(String message) {
      super(message);
    }
  }

  /**
   * Puts a rule into force; it holds from the next step on.
   *
   * @param opened when the rule was changed that the draft was made from; null if there was none
   * @return the rule as it was written, when it is safe on its topic
   * @throws IllegalArgumentException if the job would refuse it
   * @throws ChangedMeanwhile if there is another version now
   */
  public CompletableFuture<AlertRule> save(RuleDraft draft, @Nullable Instant opened) {
    access.require(Role.OPERATOR);
    AlertRule rule =
        switch (checker.check(draft)) {
          case RuleChecker.Checked.Fine fine -> fine.rule();
          case RuleChecker.Checked.Wrong wrong ->
              throw new IllegalArgumentException(
                  wrong.issues().stream()
                      .map(issue -> issue.component() + ": " + issue.message())
                      .collect(Collectors.joining("; ")));
        };
    Optional<AlertRule> there = unchanged(RuleKey.of(rule), opened);
    Map<String, String> labels = draft.labels(there.map(AlertRule::labels).orElse(Map.of()));
    String did =
        there.isEmpty() ? "created" : rule.state() == RuleState.DISABLED ? "switched off" : "saved";
    return write(signed(rule, labels), did);
  }

  /**
   * Switches a rule off, or on again.
   *
   * @throws ChangedMeanwhile if there is another version than {@code rule} now
   */
  public CompletableFuture<AlertRule> turn(AlertRule rule, RuleState state) {
    access.require(Role.OPERATOR);
    unchanged(RuleKey.of(rule), rule.changed());
    var turned =
        new AlertRule(
            rule.rule(),
            rule.expression(),
            rule.severity(),
            rule.threshold(),
            rule.clearThreshold(),
            rule.forSteps(),
            rule.ofSteps(),
            rule.clearForSteps(),
            state,
            rule.run(),
            rule.labels(),
            rule.author(),
            rule.changed());
    return write(
        signed(turned, rule.labels()),
        state == RuleState.DISABLED ? "switched off" : "switched on");
  }

  /**
   * Deletes a rule: an own one is gone, a built-in one is as it was shipped.
   *
   * @throws ChangedMeanwhile if there is another version than {@code rule} now
   */
  public CompletableFuture<AlertRule> delete(AlertRule rule) {
    access.require(Role.OPERATOR);
    RuleKey key = RuleKey.of(rule);
    unchanged(key, rule.changed());
    AuditEntry entry = entry(rule, "deleted");
    return outbox
        .send(Topics.RULES, key.onTopic(), null)
        .thenCompose(done -> audit(entry))
        .thenApply(done -> rule);
  }

  private Optional<AlertRule> unchanged(RuleKey key, @Nullable Instant opened) {
    Optional<AlertRule> there =
        topic.shelf().rules().stream().filter(rule -> RuleKey.of(rule).equals(key)).findFirst();
    // What was opened may be newer than what is read so far: one's own, a moment ago.
    if (there.isPresent() && (opened == null || there.get().changed().isAfter(opened))) {
      AlertRule other = there.get();
      throw new ChangedMeanwhile(
          "This rule was changed by "
              + (other.author().isEmpty() ? "somebody else" : other.author())
              + " at "
              + other.changed()
              + ". Open it again before you change it.");
    }
    return there;
  }

  private AlertRule signed(AlertRule rule, Map<String, String> labels) {
    return new AlertRule(
        rule.rule(),
        rule.expression(),
        rule.severity(),
        rule.threshold(),
        rule.clearThreshold(),
        rule.forSteps(),
        rule.ofSteps(),
        rule.clearForSteps(),
        rule.state(),
        rule.run(),
        labels,
        access.user(),
        clock.instant().truncatedTo(ChronoUnit.MILLIS));
  }

  private CompletableFuture<AlertRule> write(AlertRule rule, String did) {
    // Made here: who is acting is known to this thread alone.
    AuditEntry entry = entry(rule, did);
    return outbox
        .send(Topics.RULES, RuleKey.of(rule).onTopic(), Codecs.ALERT_RULE.encode(rule))
        .thenCompose(done -> audit(entry))
        .thenApply(done -> rule);
  }

  private AuditEntry entry(AlertRule rule, String did) {
    String actor = "operator:" + access.user();
    return new AuditEntry(
        "rule:" + UUID.randomUUID(),
        rule.run(),
        0,
        0,
        clock.instant(),
        actor.length() > LONGEST_ACTOR ? actor.substring(0, LONGEST_ACTOR) : actor,
        Decision.CHANGED,
        Mode.OBSERVE,
        "",
        "rules/" + rule.rule(),
        null,
        null,
        sentence(rule, did),
        "",
        Map.of(),
        CommandPosition.NONE);
  }

  private CompletableFuture<Void> audit(AuditEntry entry) {
    return outbox.send(Topics.AUDIT, entry.run(), Codecs.AUDIT_ENTRY.encode(entry));
  }

  private static String sentence(AlertRule rule, String did) {
    String where = rule.run().isEmpty() ? "all runs" : "this run";
    String condition =
        rule.expression().isBlank()
            ? "settings of a built-in rule"
            : rule.expression().strip().replaceAll("\\s+", " ");
    String cut = condition.length() > 300 ? condition.substring(0, 300) + "…" : condition;
    String limit = Double.isNaN(rule.threshold()) ? "" : " above " + rule.threshold();
    return String.format(
        Locale.ROOT,
        "Rule %s for %s %s: %s%s, %s, %d of %d steps.",
        rule.rule(),
        where,
        did,
        cut,
        limit,
        rule.severity().name().toLowerCase(Locale.ROOT),
        rule.forSteps(),
        rule.ofSteps());
  }
}
