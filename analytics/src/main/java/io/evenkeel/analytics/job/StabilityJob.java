package io.evenkeel.analytics.job;

import io.evenkeel.analytics.job.function.DeadLetters;
import io.evenkeel.analytics.job.function.DecodeFunction;
import io.evenkeel.analytics.job.function.LaneFunction;
import io.evenkeel.analytics.job.function.LanesFunction;
import io.evenkeel.analytics.job.function.RouteFunction;
import io.evenkeel.analytics.job.function.RunFunction;
import io.evenkeel.analytics.job.state.RankPart;
import io.evenkeel.analytics.job.state.RawRecord;
import io.evenkeel.analytics.job.state.RecordKind;
import io.evenkeel.analytics.job.state.RuleChange;
import io.evenkeel.analytics.job.state.RunInput;
import io.evenkeel.analytics.job.state.RunLane;
import io.evenkeel.analytics.signal.StepSum;
import io.evenkeel.contract.signal.StepSignals;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.datastream.BroadcastStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The job: telemetry, added up by lane of a run and then by run, becomes signals; signals, judged
 * under the rules in force, become alerts. Only the last step sees a run whole: the work that grows
 * with its ranks is done by lanes, over all slots (ADR 31). Order is by step within a run, never by
 * time: there are no watermarks.
 */
public final class StabilityJob {

  /** The job's name. */
  public static final String NAME = "evenkeel-stability";

  private StabilityJob() {}

  /**
   * Adds the job to {@code env}.
   *
   * @param env where it will run, as the caller has configured it; see {@link #settings}
   * @param inputs where it reads from
   * @param outputs where it writes to
   * @param policy how long it waits
   */
  public static void build(
      StreamExecutionEnvironment env, JobInputs inputs, JobOutputs outputs, JobPolicy policy) {
    SingleOutputStreamOperator<RankPart> telemetry =
        source(env, inputs.telemetry(), "telemetry")
            .process(new RouteFunction())
            .returns(RecordKind.RANK_PART.typeInfo())
            .uid("route-telemetry")
            .name("route telemetry");
    SingleOutputStreamOperator<RunInput> runs =
        source(env, inputs.runs(), "runs")
            .process(DecodeFunction.runs())
            .returns(RecordKind.RUN_INPUT.typeInfo())
            .uid("decode-runs")
            .name("decode runs");
    SingleOutputStreamOperator<StepSum> sums =
        telemetry
            .keyBy(RankPart::lane, RecordKind.RUN_LANE.typeInfo())
            .connect(
                runs.flatMap(new LanesFunction())
                    .returns(RecordKind.RUN_LANE.typeInfo())
                    .uid("lanes")
                    .name("lanes")
                    .keyBy(lane -> lane, RecordKind.RUN_LANE.typeInfo()))
            .process(new LaneFunction(policy.merge(), policy.watch().expiryMillis()))
            .returns(RecordKind.STEP_SUM.typeInfo())
            .uid("sum-lanes")
            .name("sum lanes");
    SingleOutputStreamOperator<RuleChange> rules =
        source(env, inputs.rules(), "rules")
            .process(DecodeFunction.rules())
            .returns(RecordKind.RULE_CHANGE.typeInfo())
            .uid("decode-rules")
            .name("decode rules");
    BroadcastStream<RuleChange> everywhere = rules.broadcast(RunFunction.RULES);
    SingleOutputStreamOperator<StepSignals> signals =
        sums.map(sum -> (RunInput) new RunInput.Sum(sum))
            .returns(RecordKind.RUN_INPUT.typeInfo())
            .uid("sums")
            .name("sums")
            .union(runs)
            .keyBy(RunInput::run, Types.STRING)
            .connect(everywhere)
            .process(new RunFunction(policy.merge(), policy.watch()))
            .returns(RecordKind.SIGNALS.typeInfo())
            .uid("merge-and-judge")
            .name("merge and judge");
    signals.sinkTo(outputs.signals()).uid("signals-sink").name("signals");
    signals
        .getSideOutput(RunFunction.ALERTS)
        .sinkTo(outputs.alerts())
        .uid("alerts-sink")
        .name("alerts");
    telemetry
        .getSideOutput(DeadLetters.TAG)
        .union(
            sums.getSideOutput(DeadLetters.TAG),
            signals.getSideOutput(DeadLetters.TAG),
            runs.getSideOutput(DeadLetters.TAG),
            rules.getSideOutput(DeadLetters.TAG))
        .sinkTo(outputs.deadLetters())
        .uid("dead-letters-sink")
        .name("dead letters");
  }

  /**
   * What the job needs of Flink wherever it runs: no Kryo, records passed on at once, frequent
   * checkpoints that outlive the job, restarts without end.
   *
   * @param checkpointInterval time between checkpoints
   */
  public static Configuration settings(Duration checkpointInterval) {
    Configuration settings = new Configuration();
    settings.set(PipelineOptions.NAME, NAME);
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    settings.set(PipelineOptions.OBJECT_REUSE, true);
    // Never to change: state is cut along key groups, and lanes are laid into them.
    settings.set(PipelineOptions.MAX_PARALLELISM, RunLane.KEY_GROUPS);
    settings.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ZERO);
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval);
    settings.set(CheckpointingOptions.MAX_CONCURRENT_CHECKPOINTS, 1);
    settings.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, Integer.MAX_VALUE);
    settings.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 2);
    settings.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
        Duration.ofMillis(200));
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        Duration.ofSeconds(5));
    return settings;
  }

  private static DataStream<RawRecord> source(
      StreamExecutionEnvironment env, Source<RawRecord, ?, ?> source, String name) {
    return env.fromSource(source, WatermarkStrategy.noWatermarks(), name, RecordKind.RAW.typeInfo())
        .uid(name + "-source");
  }
}
