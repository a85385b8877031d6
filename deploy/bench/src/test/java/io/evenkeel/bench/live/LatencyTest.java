package io.evenkeel.bench.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatencyTest {

  @Test
  void shouldTellHowLongOneOfAHundredTook() {
    double[] millis = IntStream.rangeClosed(1, 200).mapToDouble(i -> 201 - i).toArray();
    assertThat(Latency.of(millis)).isEqualTo(new Latency(200, 101, 198, 200));
  }

  @Test
  void shouldTellTheOneWhenThereIsNoOther() {
    assertThat(Latency.of(new double[] {7})).isEqualTo(new Latency(1, 7, 7, 7));
  }
}
