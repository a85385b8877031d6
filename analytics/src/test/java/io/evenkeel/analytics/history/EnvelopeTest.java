package io.evenkeel.analytics.history;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EnvelopeTest {

  @Test
  void shouldKeepEveryStepWhenThereAreFew() {
    Envelope envelope = new Envelope();
    envelope.add(3, 1.5);
    envelope.add(7, -2);

    assertThat(envelope.buckets())
        .containsExactly(new Envelope.Bucket(3, 3, 1.5, 1.5), new Envelope.Bucket(7, 7, -2, -2));
  }

  @Test
  void shouldLoseNoSpikeAndStayBoundedWhenThereAreMany() {
    Envelope envelope = new Envelope();
    for (int step = 0; step < 1_000_000; step++) {
      envelope.add(step, step == 654_321 ? 99 : step == 123_456 ? Double.NEGATIVE_INFINITY : 1);
    }

    assertThat(envelope.buckets()).hasSizeLessThanOrEqualTo(Envelope.MOST);
    assertThat(envelope.buckets())
        .filteredOn(bucket -> bucket.maximum() == 99)
        .singleElement()
        .satisfies(
            bucket -> {
              assertThat(bucket.firstStep()).isLessThanOrEqualTo(654_321);
              assertThat(bucket.lastStep()).isGreaterThanOrEqualTo(654_321);
            });
    assertThat(envelope.buckets())
        .filteredOn(bucket -> bucket.minimum() == Double.NEGATIVE_INFINITY)
        .hasSize(1);
    assertThat(envelope.buckets().get(0).firstStep()).isZero();
    assertThat(envelope.buckets().get(envelope.buckets().size() - 1).lastStep()).isEqualTo(999_999);
  }
}
