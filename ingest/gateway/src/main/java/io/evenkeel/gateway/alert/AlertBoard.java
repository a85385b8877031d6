package io.evenkeel.gateway.alert;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.gateway.poll.Waiters;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest alert events of each run. Bounded: at most {@value #MAX_EVENTS} a run and {@value
 * #MAX_BYTES} bytes over all; beyond it the runs that nobody has written to or asked for longest
 * are forgotten.
 */
public final class AlertBoard {

  /** Events kept of a run. */
  public static final int MAX_EVENTS = 1_024;

  /** Bytes of all events kept. */
  public static final long MAX_BYTES = 32L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(AlertBoard.class);

  private final Waiters waiters;
  private final Object lock = new Object();

  /** The run that nobody has written to or asked for longest comes first. */
  private final Map<String, Deque<Kept>> runs = new LinkedHashMap<>(16, 0.75f, true);

  private final Map<Integer, Long> positions = new HashMap<>();
  private long bytes;

  private record Kept(int partition, long offset, byte[] encoded) {}

  /**
   * Events after a cursor.
   *
   * @param events encoded, in their order
   * @param next the cursor after them
   */
  record Page(List<byte[]> events, Cursor next) {}

  /** Wakes {@code waiters} when something is new. */
  public AlertBoard(Waiters waiters) {
    this.waiters = waiters;
  }

  /** Takes a record of the topic. */
  public void accept(int partition, long offset, byte[] encoded) {
    AlertEvent event;
    try {
      event = Codecs.ALERT_EVENT.decode(encoded);
    } catch (WireException e) {
      LOG.warn("{}", e.errorId().line("An alert was passed over: " + e.getMessage() + "."));
      synchronized (lock) {
        positions.put(partition, offset + 1);
      }
      return;
    }
    synchronized (lock) {
      Deque<Kept> run = runs.computeIfAbsent(event.run(), name -> new ArrayDeque<>());
      run.addLast(new Kept(partition, offset, encoded));
      bytes += encoded.length;
      if (run.size() > MAX_EVENTS) {
        bytes -= run.removeFirst().encoded().length;
      }
      positions.put(partition, offset + 1);
      while (bytes > MAX_BYTES && runs.size() > 1) {
        var eldest = runs.entrySet().iterator();
        eldest.next().getValue().forEach(kept -> bytes -= kept.encoded().length);
        eldest.remove();
        LOG.warn("There is no room: Alerts of the run asked for least recently are forgotten.");
      }
    }
    waiters.wake(event.run());
  }

  /** The cursor of now. */
  Cursor now() {
    synchronized (lock) {
      return Cursor.of("").advancedTo(positions);
    }
  }

  /** A run's events after a cursor. */
  Page after(String run, Cursor cursor) {
    synchronized (lock) {
      List<byte[]> found = new ArrayList<>();
      Deque<Kept> kept = runs.get(run);
      if (kept != null) {
        for (Kept event : kept) {
          if (!cursor.isBeyond(event.partition(), event.offset())) {
            found.add(event.encoded());
          }
        }
      }
      return new Page(found, cursor.advancedTo(positions));
    }
  }
}
