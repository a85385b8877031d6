package io.evenkeel.writer.deadletter;

import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.writer.store.Entry;
import io.evenkeel.writer.store.StoreException;
import io.evenkeel.writer.store.StoreException.Kind;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores batches; when the database refuses one, halves it until the refused records stand alone.
 * One bad record among n costs about 2 log2(n) more transactions.
 */
public final class PoisonIsolation {

  private static final Logger LOG = LoggerFactory.getLogger(PoisonIsolation.class);

  private final Store store;
  private final Clock clock;

  /** Where batches go. */
  @FunctionalInterface
  public interface Store {

    /** Stores all or nothing; idempotent. */
    void write(List<Entry> entries) throws StoreException;
  }

  /**
   * Isolation in front of a store.
   *
   * @param store where batches go
   * @param clock dates the dead letters
   */
  public PoisonIsolation(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * Stores all that the database takes.
   *
   * @return a dead letter for each record that it refuses
   * @throws StoreException not {@code REJECTED}; some of the records may be stored
   */
  public List<DeadLetter> write(List<Incoming> records) throws StoreException {
    List<DeadLetter> letters = new ArrayList<>();
    write(records, letters);
    return letters;
  }

  private void write(List<Incoming> records, List<DeadLetter> letters) throws StoreException {
    try {
      store.write(records.stream().map(Incoming::entry).toList());
    } catch (StoreException e) {
      if (e.kind() != Kind.REJECTED) {
        throw e;
      }
      if (records.size() == 1) {
        refuse(records.get(0), e, letters);
        return;
      }
      int half = records.size() / 2;
      write(records.subList(0, half), letters);
      write(records.subList(half, records.size()), letters);
    }
  }

  private void refuse(Incoming record, StoreException cause, List<DeadLetter> letters) {
    String place =
        record.source().topic()
            + "-"
            + record.source().partition()
            + "@"
            + record.source().offset();
    LOG.warn("{}", ErrorId.STORE_REJECTED.line(place + ": " + cause.getMessage() + "."));
    if (!record.isLetterOfLetter()) {
      letters.add(
          Incoming.letter(
              record.source(),
              ErrorId.STORE_REJECTED,
              String.valueOf(cause.getMessage()),
              clock.instant()));
    }
  }
}
