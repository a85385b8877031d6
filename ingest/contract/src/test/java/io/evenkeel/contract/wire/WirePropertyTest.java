package io.evenkeel.contract.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WirePropertyTest {

  static LongStream seeds() {
    return Seeds.of(200);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void shouldReadBackWhatItWroteWhenRecordIsValid(long seed) throws Exception {
    for (Kind<?> kind : Kind.ALL) {
      checkRoundTrip(kind, new SplittableRandom(seed));
    }
  }

  private static <T> void checkRoundTrip(Kind<T> kind, SplittableRandom random) throws Exception {
    T record = kind.any().apply(random);
    byte[] encoded = kind.codec().encode(record);

    T decoded = kind.codec().decode(encoded);

    assertThat(decoded).as("%s", kind).isEqualTo(record).hasSameHashCodeAs(record);
    // The same record is the same bytes: deterministic ids and deduplication rest on it.
    assertThat(kind.codec().encode(decoded)).as("%s", kind).isEqualTo(encoded);
  }
}
