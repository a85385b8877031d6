package io.evenkeel.contract.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.contract.error.ErrorId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RecordBatchesTest {

  @Test
  void shouldKeepEveryRecordWhateverItHolds() throws Exception {
    List<byte[]> records = List.of(new byte[0], new byte[] {1, 2, 3}, new byte[100_000]);

    List<byte[]> decoded = RecordBatches.decode(RecordBatches.encode(records), 3);

    assertThat(decoded).containsExactlyElementsOf(records);
  }

  @Test
  void shouldRefuseWhenThereAreTooMany() {
    byte[] body = RecordBatches.encode(List.of(new byte[0], new byte[0]));

    assertRefused(body, 1, ErrorId.WIRE_OVERSIZED);
  }

  @Test
  void shouldSayMalformedWhenTheBodyIsSomethingElse() throws Exception {
    byte[] valid = RecordBatches.encode(List.of(new byte[50]));
    assertRefused("{\"run\": 1}".getBytes(StandardCharsets.UTF_8), 10, ErrorId.WIRE_MALFORMED);
    assertRefused(Arrays.copyOf(valid, 20), 10, ErrorId.WIRE_MALFORMED);
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 2_000; i++) {
      byte[] noise = new byte[random.nextInt(64)];
      random.nextBytes(noise);
      try {
        RecordBatches.decode(noise, 10);
      } catch (WireException e) {
        assertThat(e.errorId()).isIn(ErrorId.WIRE_MALFORMED, ErrorId.WIRE_OVERSIZED);
      }
    }
  }

  private static void assertRefused(byte[] body, int maxRecords, ErrorId id) {
    assertThatThrownBy(() -> RecordBatches.decode(body, maxRecords))
        .isInstanceOfSatisfying(WireException.class, e -> assertThat(e.errorId()).isEqualTo(id));
  }
}
