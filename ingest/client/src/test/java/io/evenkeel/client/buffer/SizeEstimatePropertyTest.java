package io.evenkeel.client.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.Placement;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.testing.SeededCases;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The buffer is bounded only if no record takes more than it was counted for. */
class SizeEstimatePropertyTest {

  @Test
  void shouldBeAtLeastTheEncodedSizeAndNotFarBeyondIt() {
    SeededCases.forEach(
        50,
        random -> {
          int n = 1 + random.nextInt(256);
          TrainingRun run =
              TrainingRuns.healthy("r".repeat(1 + random.nextInt(128)))
                  .layers(1 + random.nextInt(8))
                  .experts(n, 1 + random.nextInt(64), 2, 1.5)
                  .build();
          StepTelemetry telemetry = run.telemetry(random.nextInt(100), 0);

          long encoded = Codecs.STEP_TELEMETRY.encode(telemetry).length;

          assertThat(SizeEstimate.of(telemetry)).isBetween(encoded, 5 * encoded + 4_096);
          assertThat(SizeEstimate.of(run.spec()))
              .isGreaterThanOrEqualTo(Codecs.RUN_SPEC.encode(run.spec()).length);
        });
  }

  @Test
  void shouldBeAtLeastTheEncodedSizeWhenNamesAreLongAndFarFromAscii() {
    String name = "漢".repeat(256);
    StepTelemetry telemetry =
        new StepTelemetry(
            new ObservationKey("r".repeat(128), Integer.MAX_VALUE, Long.MAX_VALUE, 0),
            Integer.MAX_VALUE,
            Instant.parse("9999-01-01T00:00:00Z"),
            1,
            1,
            Long.MAX_VALUE,
            new Losses(1.0, 1.0, 1.0, 1.0),
            1.0,
            1.0,
            Placement.SHARDED,
            List.of(
                new TensorTelemetry(name, Long.MAX_VALUE, 1, 1, Long.MAX_VALUE, Long.MAX_VALUE)),
            null,
            List.of(),
            List.of(),
            List.of(new KnobValue(name, name, 1)),
            new CommandPosition(Long.MAX_VALUE, Long.MAX_VALUE),
            Map.of(name, 1.0),
            Long.MAX_VALUE);

    assertThat(SizeEstimate.of(telemetry))
        .isGreaterThanOrEqualTo(Codecs.STEP_TELEMETRY.encode(telemetry).length);
  }
}
