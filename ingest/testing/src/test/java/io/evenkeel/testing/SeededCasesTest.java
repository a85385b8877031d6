package io.evenkeel.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("sets a system property")
class SeededCasesTest {

  @AfterEach
  void clear() {
    System.clearProperty(SeededCases.PROPERTY);
  }

  @Test
  void shouldRunFixedSeedsAndAFreshOneWhenPropertyHolds() {
    List<Long> first = new ArrayList<>();
    List<Long> second = new ArrayList<>();

    SeededCases.forEach(20, random -> first.add(random.nextLong()));
    SeededCases.forEach(20, random -> second.add(random.nextLong()));

    assertThat(first).hasSize(21);
    assertThat(first.subList(0, 20)).isEqualTo(second.subList(0, 20)).doesNotHaveDuplicates();
    assertThat(first.get(20)).isNotEqualTo(second.get(20));
  }

  @Test
  void shouldReplayTheSameDrawsWhenSeedOfFailureIsGiven() {
    AtomicLong failing = new AtomicLong();
    SeededCases.Property property =
        random -> {
          long drawn = random.nextLong();
          if (drawn % 3 == 0) {
            failing.set(drawn);
            throw new IllegalStateException("drawn " + drawn);
          }
        };
    AssertionError failure = null;
    try {
      SeededCases.forEach(1000, property);
    } catch (AssertionError e) {
      failure = e;
    }
    assertThat(failure).hasMessageContaining("-Devenkeel.seed=");
    long original = failing.getAndSet(0);

    System.setProperty(
        SeededCases.PROPERTY,
        failure.getMessage().replaceAll("(?s).*-Devenkeel.seed=(-?\\d+).*", "$1"));

    assertThatThrownBy(() -> SeededCases.forEach(1000, property))
        .isInstanceOf(AssertionError.class)
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThat(failing.get()).isEqualTo(original);
  }
}
