package io.evenkeel.analytics.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.analytics.Disturbances;
import io.evenkeel.analytics.detect.RuleBook;
import io.evenkeel.analytics.detect.WatchPolicy;
import io.evenkeel.analytics.offline.OfflineRun;
import io.evenkeel.analytics.signal.MergePolicy;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.rule.RuleState;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.testing.TrainingRuns;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole job on a MiniCluster, from bytes in memory to alerts in memory. */
class StabilityJobTest {

  private static final String HEALTHY = "healthy";
  private static final Set<String> INFORMING =
      Disturbances.INFORMING.stream().map(BuiltInRule::id).collect(Collectors.toSet());

  @TempDir java.nio.file.Path checkpoints;

  private final TestFeed telemetry = new TestFeed(Topics.TELEMETRY);
  private final TestFeed runs = new TestFeed(Topics.RUNS);
  private final TestFeed rules = new TestFeed(Topics.RULES);
  private final TestSink<StepSignals> signals = new TestSink<>("signals");
  private final TestSink<AlertEvent> alerts = new TestSink<>("alerts");
  private final TestSink<DeadLetter> deadLetters = new TestSink<>("dead-letters");
  private JobClient job;

  @BeforeEach
  void start() throws Exception {
    Configuration settings = StabilityJob.settings(Duration.ofMillis(200));
    settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    settings.set(RestOptions.BIND_PORT, "0");
    settings.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(16));
    settings.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(16));
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, settings);
    StabilityJob.build(
        env,
        new JobInputs(telemetry.source(), runs.source(), rules.source()),
        new JobOutputs(signals, alerts, deadLetters),
        new JobPolicy(new MergePolicy(500, 64), WatchPolicy.DEFAULT));
    job = env.executeAsync();
  }

  @AfterEach
  void stop() throws Exception {
    job.cancel().get();
  }

  @Test
  void shouldFireEveryRuleAndNothingForAHealthyRunWhenRunsAreDisturbed() {
    // Given a rule record that shortens the stall limit, so that the test need not wait for 10 s
    rules.put(
        "stalled",
        Codecs.ALERT_RULE.encode(
            new AlertRule(
                BuiltInRule.TELEMETRY_STALLED.id(),
                "",
                Severity.CRITICAL,
                0.2,
                0.2,
                1,
                1,
                1,
                RuleState.ENABLED,
                run(BuiltInRule.TELEMETRY_STALLED),
                Map.of("team", "moe"),
                "test",
                Instant.EPOCH)));
    runs.put(
        "stalled",
        Codecs.RUN_SPEC.encode(
            TrainingRuns.healthy(run(BuiltInRule.TELEMETRY_STALLED)).build().spec()));
    // and bytes that are no message
    telemetry.put("poison#0", "poison".getBytes(StandardCharsets.UTF_8));
    // When a run for each rule is disturbed, and one is not
    for (BuiltInRule rule : BuiltInRule.values()) {
      send(Disturbances.telemetry(rule, run(rule), 200));
    }
    TrainingRuns.healthy(HEALTHY).ranks(2).build().stream(400).forEach(t -> send(List.of(t)));
    // Then
    Eventually.await(
        () -> firing().size() == BuiltInRule.values().length && steps(HEALTHY).size() == 400,
        () -> Set.of(firing(), "steps " + steps(HEALTHY).size()));
    assertThat(steps(HEALTHY)).isSorted();
    assertThat(signals.seen())
        .filteredOn(s -> s.key().run().equals(HEALTHY))
        .allMatch(s -> s.ranksSeen() == 2);
    assertThat(alerts.seen()).noneMatch(e -> e.run().equals(HEALTHY) && pages(e));
    assertThat(deadLetters.seen()).hasSize(1);
    assertThat(deadLetters.seen().get(0).errorId()).isEqualTo("EVK-WIRE-MALFORMED");
    assertThat(deadLetters.seen().get(0).origin().topic()).isEqualTo(Topics.TELEMETRY);
    assertThat(alerts.seen())
        .filteredOn(e -> e.rule().equals(BuiltInRule.TELEMETRY_STALLED.id()))
        .allMatch(e -> e.labels().equals(Map.of("team", "moe")));
    // And the run without Flink tells the same of the same telemetry
    for (BuiltInRule rule : BuiltInRule.values()) {
      if (rule != BuiltInRule.TELEMETRY_STALLED) {
        List<AlertEvent> offline = offline(rule);
        Eventually.await(
            () -> timeless(alerts.seen(), run(rule)).equals(timeless(offline, run(rule))),
            () -> Set.of(timeless(alerts.seen(), run(rule)), timeless(offline, run(rule))));
      }
    }
  }

  private static List<AlertEvent> offline(BuiltInRule rule) {
    List<AlertEvent> events = new ArrayList<>();
    OfflineRun run = new OfflineRun(run(rule), RuleBook.BUILT_IN, s -> {}, events::add);
    Disturbances.telemetry(rule, run(rule), 200).forEach(run::accept);
    run.finish();
    return events;
  }

  /** The run's events but for the time at which the job told them. */
  private static List<AlertEvent> timeless(List<AlertEvent> events, String run) {
    return events.stream()
        .filter(e -> e.run().equals(run))
        .map(
            e ->
                new AlertEvent(
                    e.alertId(),
                    e.run(),
                    e.incarnation(),
                    e.rule(),
                    e.scope(),
                    e.state(),
                    e.severity(),
                    e.firstStep(),
                    e.step(),
                    e.value(),
                    e.threshold(),
                    e.summary(),
                    e.labels(),
                    e.wallTime(),
                    Instant.EPOCH))
        .toList();
  }

  private void send(List<StepTelemetry> parts) {
    for (StepTelemetry part : parts) {
      telemetry.put(
          Topics.telemetryKey(part.key().run(), part.key().rank()),
          Codecs.STEP_TELEMETRY.encode(part));
    }
  }

  /** Rules that fire for the run that is disturbed for them. */
  private Set<String> firing() {
    return alerts.seen().stream()
        .filter(
            e ->
                e.state() == AlertState.FIRING
                    && (pages(e) || INFORMING.contains(e.rule()))
                    && e.run().equals("run-" + e.rule()))
        .map(AlertEvent::rule)
        .collect(Collectors.toSet());
  }

  private List<Long> steps(String run) {
    return signals.seen().stream()
        .filter(s -> s.key().run().equals(run))
        .map(s -> s.key().step())
        .toList();
  }

  private static boolean pages(AlertEvent event) {
    return event.state() == AlertState.FIRING && event.severity() != Severity.INFO;
  }

  private static String run(BuiltInRule rule) {
    return "run-" + rule.id();
  }
}
