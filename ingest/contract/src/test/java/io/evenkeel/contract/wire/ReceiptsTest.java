package io.evenkeel.contract.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReceiptsTest {

  private static final StepTelemetry WHOLE = Samples.telemetry();

  @Test
  void shouldBeTheObservationWithoutItsParts() throws WireException {
    assertThat(WHOLE.moeLayers()).isNotEmpty();
    assertThat(WHOLE.tensors()).isNotEmpty();
    assertThat(Receipts.decode(Codecs.STEP_TELEMETRY.encode(WHOLE)))
        .isEqualTo(
            new StepTelemetry(
                WHOLE.key(),
                WHOLE.worldSize(),
                WHOLE.wallTime(),
                WHOLE.stepTimeMillis(),
                WHOLE.telemetryTimeMillis(),
                WHOLE.tokens(),
                WHOLE.losses(),
                WHOLE.gradientNorm(),
                WHOLE.clipCoefficient(),
                WHOLE.tensorPlacement(),
                List.of(),
                WHOLE.moeShape(),
                List.of(),
                List.of(),
                List.of(),
                WHOLE.lastCommand(),
                Map.of(),
                WHOLE.droppedBefore()));
  }

  @Test
  void shouldTellTheSenderOfWhateverCanBeDecoded() throws WireException {
    byte[] bytes = Codecs.STEP_TELEMETRY.encode(WHOLE);
    assertThat(Receipts.sender(bytes))
        .isEqualTo(new Receipts.Sender(WHOLE.key().run(), WHOLE.key().rank(), WHOLE.worldSize()));
    // The last of a field that comes twice counts, as in any decoder.
    byte[] twice = Arrays.copyOf(bytes, bytes.length + 2);
    twice[bytes.length] = 5 << 3;
    assertThat(Receipts.sender(twice).rank())
        .isEqualTo(Codecs.STEP_TELEMETRY.decode(twice).key().rank());
    assertThatThrownBy(() -> Receipts.sender(new byte[] {18, 9, 65}))
        .isInstanceOf(WireException.class);
  }

  @Test
  void shouldRefuseWhatIsCutOffAnywhere() throws WireException {
    byte[] bytes = Codecs.STEP_TELEMETRY.encode(WHOLE);
    int refused = 0;
    for (int length = 0; length < bytes.length; length++) {
      try {
        Receipts.decode(Arrays.copyOf(bytes, length));
      } catch (WireException e) {
        refused++;
      }
    }
    // Between two fields a message may end; what comes late in it is then zero.
    assertThat(refused).isGreaterThan(bytes.length * 9 / 10);
  }

  @Test
  void shouldNameTheSizeWhenThereIsTooMuch() {
    assertThatThrownBy(() -> Receipts.decode(new byte[Topics.MAX_MESSAGE_BYTES + 1]))
        .isInstanceOfSatisfying(
            WireException.class, e -> assertThat(e.errorId()).isEqualTo(ErrorId.WIRE_OVERSIZED));
  }
}
