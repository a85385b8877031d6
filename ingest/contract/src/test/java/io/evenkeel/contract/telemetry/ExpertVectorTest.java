package io.evenkeel.contract.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpertVectorTest {

  private static final double[] ENTRIES = {1.5, -0.0, Double.NaN, Double.NEGATIVE_INFINITY, 1e-310};

  /** Three bytes from the beginning: a message does not align its fields. */
  private static final int OFFSET = 3;

  private final byte[] message = message();

  private static byte[] message() {
    ByteBuffer bytes =
        ByteBuffer.allocate(OFFSET + ENTRIES.length * Double.BYTES + 1)
            .order(ByteOrder.LITTLE_ENDIAN)
            .position(OFFSET);
    for (double entry : ENTRIES) {
      bytes.putDouble(entry);
    }
    return bytes.array();
  }

  @Test
  void shouldBeTheSameWhetherItsEntriesAreItsOwnOrAMessages() {
    ExpertVector own = ExpertVector.of(ENTRIES);
    ExpertVector inPlace = ExpertVector.inPlace(message, OFFSET, ENTRIES.length);

    assertThat(inPlace).isEqualTo(own).hasSameHashCodeAs(own).hasToString(own.toString());
    assertThat(own).isEqualTo(inPlace);
    assertThat(inPlace.size()).isEqualTo(ENTRIES.length);
    assertThat(inPlace.toArray()).containsExactly(ENTRIES);
    List<Double> visited = new ArrayList<>();
    inPlace.forEach(visited::add);
    for (int i = 0; i < ENTRIES.length; i++) {
      assertThat(Double.valueOf(inPlace.get(i))).isEqualTo(Double.valueOf(ENTRIES[i]));
      assertThat(visited.get(i)).isEqualTo(Double.valueOf(ENTRIES[i]));
    }
    assertThat(ExpertVector.inPlace(message, OFFSET, 1)).isNotEqualTo(own);
    assertThat(ExpertVector.inPlace(message, message.length, 0)).isSameAs(ExpertVector.EMPTY);
  }

  @Test
  void shouldKeepItsEntriesWhenDetachedFromAMessageThatChanges() {
    ExpertVector detached = ExpertVector.inPlace(message, OFFSET, ENTRIES.length).detached();
    Arrays.fill(message, (byte) 0);

    assertThat(detached).isEqualTo(ExpertVector.of(ENTRIES));
    assertThat(detached.detached()).isSameAs(detached);
  }

  @Test
  void shouldRefuseEntriesThatDoNotLieInTheMessageOrTheVector() {
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> ExpertVector.inPlace(message, OFFSET + 2, ENTRIES.length));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> ExpertVector.inPlace(message, -1, 1));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> ExpertVector.inPlace(message, 0, Integer.MAX_VALUE));
    ExpertVector two = ExpertVector.inPlace(message, OFFSET, 2);
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> two.get(2));
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> two.get(-1));
  }
}
