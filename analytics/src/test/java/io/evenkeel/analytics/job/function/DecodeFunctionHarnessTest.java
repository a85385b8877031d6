package io.evenkeel.analytics.job.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.analytics.job.state.RawRecord;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.testing.SeededCases;
import io.evenkeel.testing.TrainingRuns;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.Test;

class DecodeFunctionHarnessTest {

  private static final byte[] KEY = {'k'};

  private final StepTelemetry telemetry =
      TrainingRuns.healthy("r").layers(1).build().telemetry(0, 0);

  @Test
  void shouldPassOnWhatItReadsAndPutAsideWhatItCannot() throws Exception {
    try (OneInputStreamOperatorTestHarness<RawRecord, StepTelemetry> harness =
        ProcessFunctionTestHarnesses.forProcessFunction(DecodeFunction.telemetry())) {
      byte[] good = Codecs.STEP_TELEMETRY.encode(telemetry);
      harness.processElement(new RawRecord("t", 3, 41, KEY, new byte[] {1, 2, 3}), 0);
      harness.processElement(new RawRecord("t", 3, 42, KEY, good), 0);
      harness.processElement(new RawRecord("t", 3, 43, KEY, null), 0);

      assertThat(harness.extractOutputValues()).containsExactly(telemetry);
      assertThat(harness.getSideOutput(DeadLetters.TAG))
          .extracting(record -> record.getValue().origin())
          .containsExactly(new DeadLetter.Origin("t", 3, 41), new DeadLetter.Origin("t", 3, 43));
    }
  }

  @Test
  void shouldNeverFailWhateverTheBytes() throws Exception {
    byte[] good = Codecs.STEP_TELEMETRY.encode(telemetry);
    try (OneInputStreamOperatorTestHarness<RawRecord, StepTelemetry> harness =
        ProcessFunctionTestHarnesses.forProcessFunction(DecodeFunction.telemetry())) {
      SeededCases.forEach(
          500,
          random -> {
            byte[] mutated = good.clone();
            for (int i = random.nextInt(1, 20); i > 0; i--) {
              mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
            }
            harness.processElement(new RawRecord("t", 0, 0, KEY, mutated), 0);
          });
    }
  }
}
