package io.evenkeel.contract.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.signal.StepSignals;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shorter way from signals to bytes against protobuf's own. */
class SignalWriterPropertyTest {

  static LongStream seeds() {
    return Seeds.of(400);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void shouldWriteTheBytesThatProtobufWritesWhateverTheSignals(long seed) {
    StepSignals signals = AnyRecord.stepSignals(new SplittableRandom(seed));

    assertThat(SignalWriter.write(signals)).isEqualTo(SignalWire.toWire(signals).toByteArray());
  }
}
