package io.evenkeel.analytics.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.analytics.OwnRules;
import io.evenkeel.analytics.rule.RuleCompiler;
import io.evenkeel.analytics.rule.RuleSet;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.testing.TrainingRuns;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Users' rules as a run's judge evaluates them. */
class UserRulesTest {

  private static final String RUN = "r";

  private final MapScopeStates states = new MapScopeStates();
  private final List<AlertEvent> events = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private RuleSet rules = RuleSet.EMPTY;
  private RunWatch watch = RunWatch.UNKNOWN;

  @Test
  void shouldFireAndResolveOnceWithHysteresisWhenTheResultIsANumber() {
    inForce(OwnRules.of("alpha", "gradient_norm_ratio_mean", 0.5, 0.3, 3, 2));
    play(TrainingRuns.healthy(RUN).layers(2).build(), 0, 10);
    play(TrainingRuns.healthy(RUN).layers(2).alphaFactor(0, 100).build(), 10, 20);
    play(TrainingRuns.healthy(RUN).layers(2).build(), 20, 30);

    assertThat(of("alpha"))
        .extracting(AlertEvent::state)
        .containsExactly(AlertState.PENDING, AlertState.FIRING, AlertState.RESOLVED);
    assertThat(of("alpha")).extracting(AlertEvent::step).containsExactly(10L, 12L, 21L);
    assertThat(of("alpha")).extracting(AlertEvent::alertId).containsOnly(id("alpha", "run", 10));
    assertThat(of("alpha").get(1).labels()).containsEntry("team", "moe");
    // Nothing is kept of a rule that has nothing to tell.
    assertThat(states.keys()).noneMatch(key -> key.rule().equals("alpha"));
  }

  @Test
  void shouldNeitherFireNorClearWhenTheMetricIsAbsent() {
    inForce(OwnRules.of("mine", "scalars.accuracy < 0.5"), OwnRules.of("other", "loss > 0"));
    play(TrainingRuns.healthy(RUN).layers(1).build(), 0, 5);
    assertThat(of("mine")).isEmpty();
    assertThat(of("other")).hasSize(1);
  }

  @Test
  void shouldDisableARuleForTheRunAndGoOnWhenItFails() {
    AlertRule broken = OwnRules.of("broken", "step > 5 && step % (step - 8) >= 0");
    inForce(broken, OwnRules.of("other", "step > 9"));
    play(TrainingRuns.healthy(RUN).layers(1).build(), 0, 20);

    // It fires at 6, is disabled at 8 and stays so; the other goes on.
    assertThat(of("broken"))
        .extracting(e -> e.scope() + " " + e.state() + " " + e.step())
        .containsExactly("run FIRING 6", "run RESOLVED 8", "rule FIRING 8");
    AlertEvent disabled = of("broken").get(2);
    assertThat(disabled.severity()).isEqualTo(Severity.WARNING);
    assertThat(disabled.summary())
        .startsWith("EVK-RULE-FAILED: The rule 'broken' is disabled for this run: it divides");
    assertThat(RunJudge.saysThatARuleFailed(disabled)).isTrue();
    assertThat(of("other")).extracting(AlertEvent::state).containsExactly(AlertState.FIRING);
    // A new version starts afresh, and resolves the incident.
    RuleSet before = rules;
    inForce(OwnRules.of("broken", "step > 25"));
    events.addAll(judge().onRuleChange(watch, before.replaced("broken", RUN, rules).orElseThrow()));
    play(TrainingRuns.healthy(RUN).layers(1).build(), 20, 30);
    assertThat(of("broken").subList(3, 5))
        .extracting(e -> e.scope() + " " + e.state() + " " + e.step())
        .containsExactly("rule RESOLVED 19", "run FIRING 26");
    assertThat(of("broken").get(3).alertId()).isEqualTo(disabled.alertId());
  }

  @Test
  void shouldDisableARuleWhenItIsSlowThreeTimesInARowAndNotBefore() {
    inForce(OwnRules.of("slow", "loss > 100"));
    slowSteps(0, 2);
    play(TrainingRuns.healthy(RUN).layers(1).build(), 2, 3);
    slowSteps(3, 5);
    assertThat(of("slow")).isEmpty();
    slowSteps(5, 6);
    assertThat(of("slow")).singleElement().extracting(AlertEvent::scope).isEqualTo("rule");
    assertThat(of("slow").get(0).summary()).contains("too slow at 3 steps in a row");
  }

  @Test
  void shouldResolveWhatIsOpenWhenTheRunBeginsAnew() {
    inForce(OwnRules.of("mine", "layer.layer == 1"), OwnRules.of("broken", "step % 0 == 0"));
    play(TrainingRuns.healthy(RUN).layers(2).build(), 0, 3);
    play(TrainingRuns.healthy(RUN).layers(1).incarnation(1).build(), 2, 4);
    assertThat(of("mine"))
        .extracting(e -> e.scope() + " " + e.state() + " " + e.incarnation())
        .containsExactly("layers/1 FIRING 0", "layers/1 RESOLVED 0");
    assertThat(of("mine").get(1).summary()).startsWith("The run was restarted. layer.layer == 1");
    assertThat(of("broken"))
        .extracting(e -> e.state() + " " + e.incarnation())
        .containsExactly("FIRING 0", "RESOLVED 0", "FIRING 1");
  }

  @Test
  void shouldStillTellOfAnIncidentWhenTheExpressionIsAsLongAsItMayBe() {
    String padded =
        "loss > 0" + " ".repeat(2_000) + "|| run == '" + "\uD83D\uDE00".repeat(2_000) + "'";
    inForce(OwnRules.of("mine", padded));
    play(TrainingRuns.healthy(RUN).layers(1).build(), 0, 1);
    assertThat(of("mine"))
        .singleElement()
        .extracting(AlertEvent::summary)
        .asString()
        .endsWith("...");
  }

  @Test
  void shouldPreferTheRunsOwnRuleWhenThereAreTwo() {
    AlertRule all = OwnRules.of("mine", "step >= 2");
    inForce(all, OwnRules.forRun(RUN, OwnRules.of("mine", "step >= 4")));
    play(TrainingRuns.healthy(RUN).layers(1).build(), 0, 6);
    assertThat(of("mine")).singleElement().extracting(AlertEvent::step).isEqualTo(4L);
    // Disabled for this run: the one for all does not take its place.
    inForce(all, OwnRules.disabled(OwnRules.forRun(RUN, all)));
    assertThat(rules.userRules(RUN)).isEmpty();
    assertThat(rules.userRules("another")).hasSize(1);
  }

  private void slowSteps(long from, long to) {
    for (long step = from; step < to; step++) {
      nanos.set(-1);
      play(TrainingRuns.healthy(RUN).layers(1).build(), step, step + 1);
      nanos.set(0);
    }
  }

  private void inForce(AlertRule... records) {
    rules = RuleSet.of(List.of(records), new RuleCompiler(this::time), RuleSet.EMPTY);
    assertThat(rules.ignored()).isEmpty();
  }

  /** Stands still, or moves by 60 ms whenever it is asked. */
  private long time() {
    return nanos.get() == 0 ? 0 : nanos.addAndGet(60_000_000L);
  }

  private RunJudge judge() {
    return new RunJudge(RUN, states, rules, WatchPolicy.DEFAULT, Instant.EPOCH);
  }

  private void play(io.evenkeel.testing.TrainingRun run, long from, long to) {
    for (long step = from; step < to; step++) {
      StepSignals signals = run.signals(step);
      RunJudge.Outcome outcome = judge().onSignals(watch, signals);
      watch = outcome.watch();
      events.addAll(outcome.events());
    }
  }

  private List<AlertEvent> of(String rule) {
    return events.stream().filter(event -> event.rule().equals(rule)).toList();
  }

  private static String id(String rule, String scope, long firstStep) {
    return AlertIds.of(RUN, 0, rule, scope, firstStep);
  }
}
