package io.evenkeel.analytics.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.rule.RuleState;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The life of a run as its judge sees it, on a clock that the test moves. */
class RunJudgeTest {

  private static final String RUN = "r";

  private final MapScopeStates states = new MapScopeStates();
  private final List<AlertEvent> events = new ArrayList<>();
  private RuleBook rules = RuleBook.BUILT_IN;
  private RunWatch watch = RunWatch.UNKNOWN;
  private long now = 1_000_000;

  @Test
  void shouldFireStalledOnceAndResolveWhenTelemetryReturns() {
    declare(0, RunStatus.RUNNING);
    play(TrainingRuns.healthy(RUN).build(), 0, 20);
    pass(9_999);
    assertThat(events).isEmpty();
    pass(1);
    pass(60_000);
    assertThat(states(BuiltInRule.TELEMETRY_STALLED)).containsExactly(AlertState.FIRING);
    play(TrainingRuns.healthy(RUN).build(), 20, 21);
    assertThat(states(BuiltInRule.TELEMETRY_STALLED))
        .containsExactly(AlertState.FIRING, AlertState.RESOLVED);
    assertThat(events.stream().map(AlertEvent::alertId).distinct()).hasSize(1);
    assertThat(events.get(0).firstStep()).isEqualTo(19);
    assertThat(events.get(1).step()).isEqualTo(20);
  }

  @Test
  void shouldWaitTenStepTimesWhenStepsAreSlow() {
    declare(0, RunStatus.RUNNING);
    TrainingRun slow =
        TrainingRuns.healthy(RUN).pace(Instant.EPOCH, java.time.Duration.ofSeconds(30)).build();
    play(slow, 0, 5);
    pass(250_000);
    assertThat(events).isEmpty();
    pass(100_000);
    assertThat(states(BuiltInRule.TELEMETRY_STALLED)).containsExactly(AlertState.FIRING);
  }

  @Test
  void shouldNotFireStalledWhenTheRunHasEndedOrNeverRan() {
    declare(0, RunStatus.RUNNING);
    pass(100_000);
    play(TrainingRuns.healthy(RUN).build(), 0, 20);
    declare(0, RunStatus.FINISHED);
    pass(100_000);
    assertThat(events).isEmpty();
    assertThat(watch).isEqualTo(RunWatch.UNKNOWN);
    assertThat(states.keys()).isEmpty();
  }

  @Test
  void shouldNotCountTheSilenceOfAPauseAsAStall() {
    declare(0, RunStatus.RUNNING);
    play(TrainingRuns.healthy(RUN).build(), 0, 20);
    declare(0, RunStatus.PAUSED);
    pass(60_000);
    declare(0, RunStatus.RUNNING);
    pass(9_999);
    assertThat(events).isEmpty();
    assertThat(watch.lastStep()).isEqualTo(19);
    pass(1);
    assertThat(states(BuiltInRule.TELEMETRY_STALLED)).containsExactly(AlertState.FIRING);
  }

  @Test
  void shouldResolveOpenIncidentsWhenTheRunEnds() {
    declare(0, RunStatus.RUNNING);
    play(TrainingRuns.healthy(RUN).nan(10).build(), 0, 12);
    declare(0, RunStatus.FAILED);
    assertThat(states(BuiltInRule.NON_FINITE)).containsExactly(AlertState.FIRING);
    pass(3_000);
    assertThat(states(BuiltInRule.NON_FINITE))
        .containsExactly(AlertState.FIRING, AlertState.RESOLVED);
    assertThat(events.get(events.size() - 1).summary()).startsWith("The run has ended");
  }

  @Test
  void shouldResolveTheOldIncarnationsIncidentsWhenANewOneBegins() {
    play(TrainingRuns.healthy(RUN).nan(10).build(), 0, 12);
    play(TrainingRuns.healthy(RUN).incarnation(1).build(), 8, 20);
    assertThat(states(BuiltInRule.NON_FINITE))
        .containsExactly(AlertState.FIRING, AlertState.RESOLVED);
    assertThat(events.get(events.size() - 1).incarnation()).isZero();
    // What still arrives of the old one is ignored.
    play(TrainingRuns.healthy(RUN).nan(13).build(), 12, 16);
    assertThat(states(BuiltInRule.NON_FINITE)).hasSize(2);
  }

  @Test
  void shouldJudgeTheOldIncarnationsLastStepsWhenTheNewOnesDeclarationOvertakesThem() {
    declare(0, RunStatus.RUNNING);
    play(TrainingRuns.healthy(RUN).nan(10).nan(15).build(), 0, 12);
    declare(1, RunStatus.RUNNING);
    play(TrainingRuns.healthy(RUN).nan(10).nan(15).build(), 12, 20);
    assertThat(watch.lastStep()).isEqualTo(19);
    assertThat(states(BuiltInRule.NON_FINITE)).doesNotContain(AlertState.RESOLVED);
    play(TrainingRuns.healthy(RUN).incarnation(1).build(), 16, 30);
    assertThat(states(BuiltInRule.NON_FINITE))
        .containsExactly(AlertState.FIRING, AlertState.RESOLVED);
    AlertEvent last = events.get(events.size() - 1);
    assertThat(last.incarnation()).isZero();
    assertThat(last.step()).isEqualTo(19);
    assertThat(last.summary()).startsWith("The run was restarted");
  }

  @Test
  void shouldResolveTheOldIncarnationsIncidentsWhenTheNewOneIsLongInStarting() {
    declare(0, RunStatus.RUNNING);
    play(TrainingRuns.healthy(RUN).nan(10).build(), 0, 12);
    declare(1, RunStatus.RUNNING);
    pass(WatchPolicy.DEFAULT.endGraceMillis() - 1);
    assertThat(states(BuiltInRule.NON_FINITE)).containsExactly(AlertState.FIRING);
    pass(1);
    assertThat(states(BuiltInRule.NON_FINITE))
        .containsExactly(AlertState.FIRING, AlertState.RESOLVED);
    assertThat(watch.incarnation()).isEqualTo(1);
    // It loads its checkpoint: no stall, and nothing of the old one is judged any more.
    pass(100_000);
    play(TrainingRuns.healthy(RUN).nan(13).build(), 12, 16);
    assertThat(events).hasSize(2);
  }

  @Test
  void shouldForgetARunWhenItHasBeenSilentForLong() {
    play(TrainingRuns.healthy(RUN).nan(10).build(), 0, 12);
    pass(WatchPolicy.DEFAULT.expiryMillis());
    assertThat(watch).isEqualTo(RunWatch.UNKNOWN);
    assertThat(states.keys()).isEmpty();
    assertThat(states(BuiltInRule.NON_FINITE))
        .containsExactly(AlertState.FIRING, AlertState.RESOLVED);
  }

  @Test
  void shouldFollowTheRuleRecordWhenItOverridesOrDisables() {
    rule(BuiltInRule.GRADIENT_NORM_RATIO, 1e9, RuleState.ENABLED);
    TrainingRun bad = TrainingRuns.healthy(RUN).alphaFactor(0, 200).build();
    play(bad, 0, 30);
    assertThat(events).isEmpty();
    rule(BuiltInRule.GRADIENT_NORM_RATIO, 1, RuleState.ENABLED);
    play(bad, 30, 40);
    assertThat(states(BuiltInRule.GRADIENT_NORM_RATIO)).contains(AlertState.FIRING);
    assertThat(events).allMatch(e -> e.severity() == Severity.INFO);
    assertThat(events).allMatch(e -> e.labels().equals(Map.of("team", "moe")));
    long firing = states(BuiltInRule.GRADIENT_NORM_RATIO).size();
    rule(BuiltInRule.GRADIENT_NORM_RATIO, 1, RuleState.DISABLED);
    play(bad, 40, 60);
    assertThat(states(BuiltInRule.GRADIENT_NORM_RATIO)).hasSize((int) firing * 2);
    assertThat(events.get(events.size() - 1).state()).isEqualTo(AlertState.RESOLVED);
  }

  @Test
  void shouldTellTheSameStoryWhenStepsAreReplayed() {
    TrainingRun bad = TrainingRuns.healthy(RUN).alphaFactor(20, 200).nan(30).build();
    play(bad, 0, 60);
    List<String> once = ids();
    int count = events.size();
    // The same steps again, as after a redelivery: nothing new.
    play(bad, 0, 60);
    assertThat(events).hasSize(count);
    // The same steps on a fresh state, as after a restart without a checkpoint: the same ids.
    events.clear();
    states.clear();
    watch = RunWatch.UNKNOWN;
    play(bad, 0, 60);
    assertThat(ids()).isEqualTo(once);
  }

  private List<String> ids() {
    return events.stream().map(e -> e.alertId() + e.state()).toList();
  }

  private void play(TrainingRun run, long from, long to) {
    for (long step = from; step < to; step++) {
      RunJudge.Outcome outcome = judge().onSignals(watch, run.signals(step));
      watch = outcome.watch();
      events.addAll(outcome.events());
    }
  }

  private void declare(int incarnation, RunStatus status) {
    RunSpec spec = TrainingRuns.healthy(RUN).incarnation(incarnation).build().spec();
    RunSpec declared =
        new RunSpec(
            spec.run(),
            incarnation,
            spec.name(),
            status,
            spec.started(),
            spec.ended(),
            spec.worldSize(),
            0,
            0,
            spec.model(),
            spec.optimizer(),
            spec.moeShape(),
            spec.knobs(),
            spec.actions(),
            spec.leaseMillis(),
            spec.labels());
    RunJudge.Outcome outcome = judge().onDeclaration(watch, declared);
    watch = outcome.watch();
    events.addAll(outcome.events());
  }

  private void pass(long millis) {
    long until = now + millis;
    while (!watch.equals(RunWatch.UNKNOWN) && judge().nextLook(watch, 0) <= until) {
      now = Math.max(now, judge().nextLook(watch, 0));
      RunJudge.Outcome outcome = judge().onTime(watch, 0);
      watch = outcome.watch();
      events.addAll(outcome.events());
    }
    now = until;
  }

  private RunJudge judge() {
    return new RunJudge(RUN, states, rules, WatchPolicy.DEFAULT, Instant.ofEpochMilli(now));
  }

  private void rule(BuiltInRule changed, double threshold, RuleState state) {
    AlertRule record = of(changed, threshold, state);
    // The others hold their tongue, whatever they see.
    AlertRule disabled = of(changed, 1, RuleState.DISABLED);
    rules = (rule, run, builtIn) -> RuleSettings.of(rule == changed ? record : disabled);
  }

  private static AlertRule of(BuiltInRule changed, double threshold, RuleState state) {
    return new AlertRule(
        changed.id(),
        "",
        Severity.INFO,
        threshold,
        threshold / 2,
        2,
        3,
        2,
        state,
        "",
        Map.of("team", "moe"),
        "test",
        Instant.EPOCH);
  }

  private List<AlertState> states(BuiltInRule rule) {
    return events.stream()
        .filter(e -> e.rule().equals(rule.id()))
        .map(AlertEvent::state)
        .filter(state -> state != AlertState.PENDING)
        .toList();
  }
}
