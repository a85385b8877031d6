package io.evenkeel.writer.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.testing.SeededCases;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import io.evenkeel.writer.store.Entry;
import io.evenkeel.writer.store.StoreException;
import io.evenkeel.writer.store.StoreException.Kind;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class PoisonIsolationPropertyTest {

  private static final TrainingRun RUN = TrainingRuns.healthy("r1").build();

  @Test
  void shouldStoreAllButTheRefusedWhateverTheyAre() {
    SeededCases.forEach(
        100,
        random -> {
          int size = random.nextInt(1, 200);
          Set<Long> poison = new HashSet<>();
          for (int i = random.nextInt(4); i > 0; i--) {
            poison.add(random.nextLong(size));
          }
          RefusingStore store = new RefusingStore(poison);

          var letters = new PoisonIsolation(store, Clock.systemUTC()).write(records(size));

          assertThat(letters)
              .extracting(letter -> letter.origin().offset())
              .containsExactlyInAnyOrderElementsOf(poison);
          assertThat(letters).allMatch(l -> l.errorId().equals(ErrorId.STORE_REJECTED.id()));
          assertThat(store.stored).hasSize(size - poison.size());
          assertThat(store.stored).noneMatch(poison::contains);
          int depth = 64 - Long.numberOfLeadingZeros(size);
          assertThat(store.calls).isLessThanOrEqualTo(1 + poison.size() * 2 * (depth + 1));
        });
  }

  @Test
  void shouldPassAnOutageOn() {
    PoisonIsolation isolation =
        new PoisonIsolation(
            entries -> {
              throw new StoreException(Kind.UNAVAILABLE, "away", null);
            },
            Clock.systemUTC());
    assertThatThrownBy(() -> isolation.write(records(3)))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
  }

  private static List<Incoming> records(int size) {
    List<Incoming> records = new ArrayList<>();
    for (int step = 0; step < size; step++) {
      records.add(
          new Incoming(
              new ConsumerRecord<>(Topics.TELEMETRY, 0, step, new byte[0], new byte[] {1}),
              new Entry.Observation(RUN.telemetry(step, 0))));
    }
    return records;
  }

  /** Stores in memory; refuses whole batches as the database does. */
  private static final class RefusingStore implements PoisonIsolation.Store {
    private final Set<Long> poison;
    private final Set<Long> stored = new HashSet<>();
    private int calls;

    RefusingStore(Set<Long> poison) {
      this.poison = poison;
    }

    @Override
    public void write(List<Entry> entries) throws StoreException {
      calls++;
      List<Long> steps =
          entries.stream().map(e -> ((Entry.Observation) e).telemetry().key().step()).toList();
      if (steps.stream().anyMatch(poison::contains)) {
        throw new StoreException(Kind.REJECTED, "refused", null);
      }
      stored.addAll(steps);
    }
  }
}
