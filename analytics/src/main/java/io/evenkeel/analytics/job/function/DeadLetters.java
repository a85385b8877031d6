package io.evenkeel.analytics.job.function;

import io.evenkeel.analytics.job.state.RawRecord;
import io.evenkeel.analytics.job.state.RecordKind;
import io.evenkeel.analytics.rule.RuleException;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.error.Check;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.flink.util.OutputTag;

/** Where records go that cannot be read or processed. */
public final class DeadLetters {

  /** The side output of every function. */
  public static final OutputTag<DeadLetter> TAG =
      new OutputTag<>("dead-letters", RecordKind.DEAD_LETTER.typeInfo());

  private static final String SERVICE = "analytics";

  private DeadLetters() {}

  /** A record that could not be read. */
  static DeadLetter unreadable(RawRecord record, byte[] value, WireException why, long nowMillis) {
    return refused(record, value, why.errorId(), why, nowMillis);
  }

  /** A rule that can be read, and has errors. */
  static DeadLetter invalid(RawRecord record, byte[] value, RuleException why, long nowMillis) {
    return refused(record, value, ErrorId.RULE_INVALID, why, nowMillis);
  }

  private static DeadLetter refused(
      RawRecord record, byte[] value, ErrorId id, Exception why, long nowMillis) {
    return new DeadLetter(
        new DeadLetter.Origin(record.topic(), record.partition(), record.offset()),
        record.key(),
        value,
        value.length,
        id.id(),
        Check.legible(String.valueOf(why.getMessage())),
        SERVICE,
        Instant.ofEpochMilli(nowMillis));
  }

  /**
   * A record that could be read, but not processed.
   *
   * @param topic where it came from; its offset is not known any more
   * @param value the record in wire format
   */
  static DeadLetter unprocessable(
      String topic, String key, byte[] value, RuntimeException why, long nowMillis) {
    return new DeadLetter(
        new DeadLetter.Origin(topic, -1, -1),
        key.getBytes(StandardCharsets.UTF_8),
        value,
        value.length,
        ErrorId.ANALYTICS_STATE.id(),
        ErrorId.ANALYTICS_STATE.line(String.valueOf(why)),
        SERVICE,
        Instant.ofEpochMilli(nowMillis));
  }
}
