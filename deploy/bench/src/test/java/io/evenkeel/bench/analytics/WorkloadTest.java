package io.evenkeel.bench.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import org.junit.jupiter.api.Test;

class WorkloadTest {

  @Test
  void shouldBeAnObservationUnderAnyKeyWithAllItsParts() throws WireException {
    StepTelemetry part =
        Codecs.STEP_TELEMETRY.decode(Workload.middling().record("other", 70, 5, 8));
    assertThat(part.key()).isEqualTo(new ObservationKey("other", 0, 70, 5));
    assertThat(part.worldSize()).isEqualTo(8);
    assertThat(part.losses().languageModel()).isNotNull();
    assertThat(part.moeLayers()).hasSize(8);
    assertThat(part.moeLayers().get(0).experts()).isEqualTo(96);
    assertThat(Codecs.STEP_TELEMETRY.decode(Workload.middling().notFinite("r", 1)).gradientNorm())
        .isNaN();
  }

  @Test
  void shouldBeOfTheFirstStepAndRankWhenAskedFor() throws WireException {
    for (int rank = 0; rank < 20; rank++) {
      assertThat(Codecs.STEP_TELEMETRY.decode(Workload.middling().record("r", 0, rank, 20)).key())
          .isEqualTo(new ObservationKey("r", 0, 0, rank));
    }
  }
}
