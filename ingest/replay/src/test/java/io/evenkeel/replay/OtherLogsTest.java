package io.evenkeel.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.wire.JsonCodecs;
import io.evenkeel.replay.tally.SkipReason;
import io.evenkeel.testing.TrainingRuns;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherLogsTest {
  @TempDir Path dir;

  @Test
  void shouldReadTheHistoryWhenATrainerStateIsGiven() throws Exception {
    Logs.Whole log =
        new Logs(dir)
            .read(
                "state.json",
                """
                {
                  "best_metric": null,
                  "epoch": 1.5,
                  "global_step": 30,
                  "log_history": [
                    {"epoch": 0.5, "grad_norm": 1.25, "learning_rate": 5e-05, "loss": 2.5, "step": 10},
                    {"eval_loss": 2.25, "eval_runtime": 3, "epoch": 0.5, "step": 10},
                    {"loss": NaN, "grad_norm": Infinity, "step": 20, "note": "odd"},
                    "no entry",
                    {"loss": 1.0},
                    {"loss": 2.0, "step": 30}
                  ],
                  "log_history_not": [{"loss": 9, "step": 40}],
                  "trial_name": null
                }
                """);

    assertThat(log.format()).isEqualTo(LogFormat.TRAINER_STATE);
    List<StepTelemetry> steps = log.telemetry();
    assertThat(steps).extracting(step -> step.key().step()).containsExactly(10L, 20L, 30L);
    assertThat(steps.get(0).losses().languageModel()).isEqualTo(2.5);
    assertThat(steps.get(0).gradientNorm()).isEqualTo(1.25);
    assertThat(steps.get(0).scalars())
        .isEqualTo(Map.of("eval_loss", 2.25, "eval_runtime", 3.0, "epoch", 0.5));
    assertThat(steps.get(1).losses().languageModel()).isNaN();
    assertThat(steps.get(1).gradientNorm()).isEqualTo(Double.POSITIVE_INFINITY);
    // The epoch of the first two entries is the same number twice.
    assertThat(log.skipped())
        .isEqualTo(
            Map.of(SkipReason.UNREADABLE, 2L, SkipReason.NO_SCALAR, 1L, SkipReason.REPEATED, 1L));
  }

  @Test
  void shouldKeepWhatCameBeforeWhenATrainerStateBreaksOff() throws Exception {
    Logs.Whole log =
        new Logs(dir)
            .read(
                "trainer_state.json",
                "{\"log_history\": [{\"loss\": 2, \"step\": 1}, {\"loss\": 1, \"step\": 2}, {\"lo");

    assertThat(log.telemetry()).hasSize(2);
    assertThat(log.skipped()).isEqualTo(Map.of(SkipReason.UNREADABLE, 1L));
  }

  @Test
  void shouldReadTelemetryAsItIsWhenJsonLinesAreGiven() throws Exception {
    List<StepTelemetry> sent = TrainingRuns.healthy("origin").ranks(2).build().stream(3).toList();
    StringBuilder text = new StringBuilder();
    sent.forEach(step -> text.append(JsonCodecs.STEP_TELEMETRY.encode(step)).append('\n'));
    text.append("{\"run\": \"origin\", \"step\": -5}\nrubbish\n\n");
    text.append("{\"run\": \"other\", \"step\": 1}\n{\"run\": \"origin\", \"step\": 77}");

    Logs.Whole log = new Logs(dir).read("log.jsonl", text.toString());

    assertThat(log.format()).isEqualTo(LogFormat.JSONL);
    assertThat(log.telemetry()).hasSize(7);
    for (int i = 0; i < sent.size(); i++) {
      StepTelemetry read = log.telemetry().get(i);
      assertThat(read.key().run()).isEqualTo(Logs.RUN);
      assertThat(read.key().step()).isEqualTo(sent.get(i).key().step());
      assertThat(read.key().rank()).isEqualTo(sent.get(i).key().rank());
      assertThat(read.moeLayers()).isEqualTo(sent.get(i).moeLayers());
      assertThat(read.tensors()).isEqualTo(sent.get(i).tensors());
      assertThat(log.steps().get(i).recordedAt()).contains(sent.get(i).wallTime());
    }
    assertThat(log.telemetry().getLast().wallTime()).isEqualTo(Logs.NOW);
    assertThat(log.steps().getLast().recordedAt()).isEmpty();
    assertThat(log.skipped())
        .isEqualTo(Map.of(SkipReason.UNREADABLE, 2L, SkipReason.OTHER_RUN, 1L));
  }

  @Test
  void shouldSuggestARunIdWhenFilesHaveAnyName() {
    assertThat(new LogIdentity("a b?.csv.gz", "").suggestedRun()).isEqualTo("a-b-");
    assertThat(new LogIdentity("events.out.tfevents.1.host", "").suggestedRun())
        .isEqualTo("events.out.tfevents.1.host");
    assertThat(new LogIdentity("--.json", "").suggestedRun()).isEqualTo("replay");
    assertThat(new LogIdentity("x".repeat(300), "").suggestedRun()).hasSize(100);
  }
}
