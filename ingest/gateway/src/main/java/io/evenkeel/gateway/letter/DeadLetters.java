package io.evenkeel.gateway.letter;

import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.gateway.kafka.Outgoing;
import io.evenkeel.gateway.kafka.RecordSink;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** Keeps what was refused as dead letters. */
public final class DeadLetters {

  private static final String SERVICE = "gateway";
  private static final String ORIGIN_PREFIX = "gateway:";
  private static final byte[] NO_KEY = new byte[0];

  private final RecordSink sink;

  /** Sends them to {@code sink}. */
  public DeadLetters(RecordSink sink) {
    this.sink = sink;
  }

  /**
   * Why something was refused.
   *
   * @param errorId from the catalogue
   * @param message a sentence for people
   */
  public record Reason(ErrorId errorId, String message) {}

  /** As much of a body as a letter holds. */
  public static byte[] start(byte[] bytes, int length) {
    return Arrays.copyOf(bytes, Math.min(length, DeadLetter.MAX_VALUE_BYTES));
  }

  /**
   * A letter, not sent yet.
   *
   * @param path the path of the request that it came with
   * @param value the refused bytes, or their start
   * @param length how many there were
   */
  public static Outgoing letter(String path, byte[] value, int length, Reason reason, Instant now) {
    String origin = ORIGIN_PREFIX + path;
    DeadLetter letter =
        new DeadLetter(
            new DeadLetter.Origin(origin, -1, -1),
            NO_KEY,
            value,
            length,
            reason.errorId().id(),
            reason.message(),
            SERVICE,
            now);
    return new Outgoing(Topics.DEAD_LETTERS, origin, Codecs.DEAD_LETTER.encode(letter));
  }

  /**
   * Sends a letter and waits until it is stored.
   *
   * @see #letter
   * @throws io.evenkeel.gateway.problem.GatewayException 503 if Kafka is away
   */
  public void keep(String path, byte[] value, int length, Reason reason, Instant now) {
    sink.send(List.of(letter(path, value, length, reason, now)));
  }
}
