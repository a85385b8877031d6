package io.evenkeel.client.buffer;

import io.evenkeel.client.BufferLimits;
import io.evenkeel.client.PublisherStatistics;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The bounded buffer, as a state machine without threads or time. A record stays in it until it is
 * acknowledged, so that what is in flight when a connection breaks is sent again. Runs and
 * acknowledgements go ahead of telemetry and are dropped after it.
 *
 * <p>Invariants: records and bytes never exceed the limits; accepted = sent + dropped + rejected +
 * queued; the records of a destination are handed out in the order in which they came.
 */
final class Outbox {

  /** Records and bytes handed to the transport and not acknowledged, in a large buffer. */
  static final int MAX_IN_FLIGHT = 256;

  static final long MAX_IN_FLIGHT_BYTES = 16L << 20;

  /**
   * Of a small buffer at most this part is in flight: what flies cannot be dropped, and would leave
   * the newest records no room.
   */
  private static final int PART_IN_FLIGHT = 4;

  private final int maxInFlight;
  private final long maxInFlightBytes;
  private final BufferLimits limits;
  private final Deque<Outgoing> control = new ArrayDeque<>();
  private final Deque<Outgoing> telemetry = new ArrayDeque<>();
  private final Set<Outgoing> inFlight = new LinkedHashSet<>();

  /** Where a record of a key goes; the key decides the partition. */
  private record Lane(Destination destination, String key) {
    static Lane of(Outgoing record) {
      return new Lane(record.destination, record.key);
    }
  }

  /** Lanes that have acknowledged a record on this connection; see {@link #next}. */
  private final Set<Lane> proven = new HashSet<>();

  private long bytes;

  /** Of {@link #telemetry}. */
  private long telemetryBytes;

  private long inFlightBytes;
  private long accepted;
  private long sent;
  private long dropped;
  private long droppedTelemetry;
  private long rejected;

  Outbox(BufferLimits limits) {
    this.limits = limits;
    this.maxInFlight = Math.max(1, Math.min(MAX_IN_FLIGHT, limits.maxRecords() / PART_IN_FLIGHT));
    this.maxInFlightBytes = Math.min(MAX_IN_FLIGHT_BYTES, limits.maxBytes() / PART_IN_FLIGHT);
  }

  /** Takes a record, dropping the oldest telemetry to make room, then the oldest of the rest. */
  void offer(Outgoing record) {
    accepted++;
    boolean isTelemetry = record.destination == Destination.TELEMETRY;
    if (!fitsAtAll(record)) {
      // What no dropping makes room for must not take the rest with it.
      countDropped(record);
      return;
    }
    while (queued() + 1 > limits.maxRecords() || bytes + record.bytes > limits.maxBytes()) {
      Outgoing oldest = telemetry.pollFirst();
      if (oldest == null && !isTelemetry) {
        oldest = control.pollFirst();
      }
      if (oldest == null) {
        throw new AssertionError("fitsAtAll counts what cannot be dropped");
      }
      bytes -= oldest.bytes;
      telemetryBytes -= bytesOfTelemetry(oldest);
      countDropped(oldest);
    }
    bytes += record.bytes;
    telemetryBytes += bytesOfTelemetry(record);
    (isTelemetry ? telemetry : control).addLast(record);
  }

  /** Whether the record fits beside those in flight, and, telemetry, beside those ahead of it. */
  private boolean fitsAtAll(Outgoing record) {
    boolean isTelemetry = record.destination == Destination.TELEMETRY;
    int records = inFlight.size() + (isTelemetry ? control.size() : 0);
    long fixed = isTelemetry ? bytes - telemetryBytes : inFlightBytes;
    return records < limits.maxRecords() && fixed + record.bytes <= limits.maxBytes();
  }

  /** Counts a record that came when the publisher was closed. */
  void refuseClosed(Outgoing record) {
    accepted++;
    countDropped(record);
  }

  /**
   * The next record to send, now in flight; null if there is none or enough are in flight. Until a
   * key of a destination has had its first acknowledgement on a connection, it has one in flight:
   * an idempotent Kafka producer that sends several to a partition whose leader is being elected
   * can end in retrying OUT_OF_ORDER_SEQUENCE for ever.
   */
  @Nullable Outgoing next() {
    Deque<Outgoing> source = mayFly(control.peekFirst()) ? control : telemetry;
    Outgoing head = source.peekFirst();
    if (head == null || !mayFly(head)) {
      return null;
    }
    source.removeFirst();
    telemetryBytes -= bytesOfTelemetry(head);
    inFlight.add(head);
    inFlightBytes += head.bytes;
    return head;
  }

  private boolean mayFly(@Nullable Outgoing record) {
    if (record == null || inFlight.size() >= maxInFlight) {
      return false;
    }
    if (!inFlight.isEmpty() && inFlightBytes + record.bytes > maxInFlightBytes) {
      return false;
    }
    Lane lane = Lane.of(record);
    return proven.contains(lane)
        || inFlight.stream().noneMatch(other -> Lane.of(other).equals(lane));
  }

  /**
   * Sets the encoded form of a record in flight; the estimate gives way to what it really takes.
   */
  void encoded(Outgoing record, byte[] encoded) {
    record.encoded = encoded;
    if (inFlight.contains(record)) {
      // Never upwards: the limits were checked against the estimate.
      long actual = Math.min(record.bytes, encoded.length + SizeEstimate.OVERHEAD);
      bytes -= record.bytes - actual;
      inFlightBytes -= record.bytes - actual;
      record.bytes = actual;
    }
  }

  /** The receiver has it. Ignored for a record that is not in flight. */
  void acknowledged(Outgoing record) {
    if (land(record)) {
      sent++;
      proven.add(Lane.of(record));
    }
  }

  /** The receiver, or the codec, will never take it. Ignored for a record that is not in flight. */
  void refused(Outgoing record) {
    if (land(record)) {
      rejected++;
    }
  }

  private boolean land(Outgoing record) {
    if (!inFlight.remove(record)) {
      return false;
    }
    bytes -= record.bytes;
    inFlightBytes -= record.bytes;
    return true;
  }

  /** The connection is gone: what was in flight is next again, in its old order. */
  void returnAll() {
    List<Outgoing> returning = new ArrayList<>(inFlight);
    for (int i = returning.size() - 1; i >= 0; i--) {
      Outgoing record = returning.get(i);
      (record.destination == Destination.TELEMETRY ? telemetry : control).addFirst(record);
      telemetryBytes += bytesOfTelemetry(record);
    }
    inFlight.clear();
    inFlightBytes = 0;
    proven.clear();
  }

  /** Gives everything up and counts it as dropped. */
  void giveUp() {
    returnAll();
    control.forEach(this::countDropped);
    telemetry.forEach(this::countDropped);
    control.clear();
    telemetry.clear();
    bytes = 0;
    telemetryBytes = 0;
  }

  private static long bytesOfTelemetry(Outgoing record) {
    return record.destination == Destination.TELEMETRY ? record.bytes : 0;
  }

  private void countDropped(Outgoing record) {
    dropped++;
    if (record.destination == Destination.TELEMETRY) {
      droppedTelemetry++;
    }
  }

  boolean isEmpty() {
    return queued() == 0;
  }

  int inFlight() {
    return inFlight.size();
  }

  long droppedTelemetry() {
    return droppedTelemetry;
  }

  private int queued() {
    return control.size() + telemetry.size() + inFlight.size();
  }

  PublisherStatistics statistics() {
    return new PublisherStatistics(
        accepted, sent, dropped, droppedTelemetry, rejected, queued(), bytes);
  }
}
