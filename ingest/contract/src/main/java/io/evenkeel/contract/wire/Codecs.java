package io.evenkeel.contract.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.error.Check;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.proto.Proto;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.function.Function;

/** The codec of each message. */
public final class Codecs {

  /** The schema version that this release writes, and the only one that it reads. */
  public static final int SCHEMA_VERSION = 1;

  /** Largest message of the kinds that carry no vectors, bytes. */
  public static final int MAX_SMALL_MESSAGE_BYTES = 1024 * 1024;

  private static final Codec<StepTelemetry> TELEMETRY_BY_PARSER =
      codec(
          TelemetryWire::toWire,
          TelemetryWire::fromWire,
          Proto.StepTelemetry.parser(),
          Topics.MAX_MESSAGE_BYTES);

  /** {@link StepTelemetry}. */
  public static final Codec<StepTelemetry> STEP_TELEMETRY =
      shortened(
          TELEMETRY_BY_PARSER,
          bytes -> TelemetryReader.read(bytes, Codecs.MAX_FIELDS, Vectors.COPIED));

  /**
   * {@link StepTelemetry} for whoever reads it once and drops it: what is decoded is the same, but
   * the entries of its vectors over experts stay in the bytes, which are then not to be changed,
   * and are held as long as it is.
   */
  public static final Codec<StepTelemetry> STEP_TELEMETRY_IN_PLACE =
      shortened(
          TELEMETRY_BY_PARSER,
          bytes -> TelemetryReader.read(bytes, Codecs.MAX_FIELDS, Vectors.inPlace(bytes)));

  /** {@link StepSignals}. */
  public static final Codec<StepSignals> STEP_SIGNALS =
      written(
          codec(
              SignalWire::toWire,
              SignalWire::fromWire,
              Proto.StepSignals.parser(),
              Topics.MAX_MESSAGE_BYTES),
          SignalWriter::write);

  /** {@link AlertEvent}. */
  public static final Codec<AlertEvent> ALERT_EVENT =
      codec(
          AlertWire::toWire,
          AlertWire::fromWire,
          Proto.AlertEvent.parser(),
          MAX_SMALL_MESSAGE_BYTES);

  /** {@link AlertRule}. */
  public static final Codec<AlertRule> ALERT_RULE =
      codec(
          RuleWire::toWire, RuleWire::fromWire, Proto.AlertRule.parser(), MAX_SMALL_MESSAGE_BYTES);

  /** {@link RunSpec}. */
  public static final Codec<RunSpec> RUN_SPEC =
      codec(RunWire::toWire, RunWire::fromWire, Proto.RunSpec.parser(), MAX_SMALL_MESSAGE_BYTES);

  /** {@link Command}. */
  public static final Codec<Command> COMMAND =
      codec(BodyWire::toWire, BodyWire::fromWire, Proto.Command.parser(), MAX_SMALL_MESSAGE_BYTES);

  /** {@link CommandAck}. */
  public static final Codec<CommandAck> COMMAND_ACK =
      codec(
          CommandWire::toWire,
          CommandWire::fromWire,
          Proto.CommandAck.parser(),
          MAX_SMALL_MESSAGE_BYTES);

  /** {@link OperatorRequest}. */
  public static final Codec<OperatorRequest> OPERATOR_REQUEST =
      codec(
          BodyWire::toWire,
          BodyWire::fromWire,
          Proto.OperatorRequest.parser(),
          MAX_SMALL_MESSAGE_BYTES);

  /** {@link AuditEntry}. */
  public static final Codec<AuditEntry> AUDIT_ENTRY =
      codec(
          AuditWire::toWire,
          AuditWire::fromWire,
          Proto.AuditEntry.parser(),
          MAX_SMALL_MESSAGE_BYTES);

  /** {@link DeadLetter}. */
  public static final Codec<DeadLetter> DEAD_LETTER =
      codec(
          BodyWire::toWire, BodyWire::fromWire, Proto.DeadLetter.parser(), MAX_SMALL_MESSAGE_BYTES);

  // Counted before anything is built: eight megabytes hold four million empty submessages, which
  // would take a hundred times that as objects.
  private static final int MAX_FIELDS = 4 * Check.MAX_ENTRIES;

  private Codecs() {}

  /** A shorter way from bytes to a record, which fails whenever the general way would. */
  private interface Shortcut<T> {
    T read(byte[] bytes) throws IOException;
  }

  /** For records that come by the hundred thousand. Why one is refused, the general way says. */
  private static <T> Codec<T> shortened(Codec<T> general, Shortcut<T> shortcut) {
    return new Codec<>() {
      @Override
      public int maxBytes() {
        return general.maxBytes();
      }

      @Override
      public byte[] encode(T value) {
        return general.encode(value);
      }

      @Override
      public T decode(byte[] bytes) throws WireException {
        if (bytes.length <= general.maxBytes()) {
          try {
            return shortcut.read(bytes);
          } catch (IOException
              | IllegalArgumentException
              | DateTimeException
              | ArithmeticException e) {
            return general.decode(bytes);
          }
        }
        return general.decode(bytes);
      }
    };
  }

  /** The same bytes, written a shorter way. */
  private static <T> Codec<T> written(Codec<T> general, Function<T, byte[]> shortcut) {
    return new Codec<>() {
      @Override
      public int maxBytes() {
        return general.maxBytes();
      }

      @Override
      public byte[] encode(T value) {
        return shortcut.apply(value);
      }

      @Override
      public T decode(byte[] bytes) throws WireException {
        return general.decode(bytes);
      }
    };
  }

  private static <T, M extends MessageLite> Codec<T> codec(
      Function<T, M> toWire, Function<M, T> fromWire, Parser<M> parser, int maxBytes) {
    return new Codec<>() {
      @Override
      public int maxBytes() {
        return maxBytes;
      }

      @Override
      public byte[] encode(T value) {
        return toWire.apply(value).toByteArray();
      }

      @Override
      public T decode(byte[] bytes) throws WireException {
        if (bytes.length > maxBytes) {
          throw new WireException(
              ErrorId.WIRE_OVERSIZED,
              bytes.length + " bytes, at most " + maxBytes + " are accepted");
        }
        M message;
        try {
          // A field takes two bytes or more: what is shorter need not be counted.
          if (bytes.length / 2 > MAX_FIELDS && Wires.fields(bytes) > MAX_FIELDS) {
            throw new WireException(
                ErrorId.WIRE_OVERSIZED, "more than " + MAX_FIELDS + " fields in one message");
          }
          message = parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
          throw new WireException(ErrorId.WIRE_MALFORMED, String.valueOf(e.getMessage()));
        }
        return validated(fromWire, message);
      }
    };
  }

  /** The record of a message that could be read. */
  static <T, M> T validated(Function<M, T> fromWire, M message) throws WireException {
    try {
      return fromWire.apply(message);
    } catch (Wires.UnknownVersion e) {
      throw new WireException(ErrorId.WIRE_VERSION, String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
      throw new WireException(ErrorId.WIRE_INVALID, String.valueOf(e.getMessage()));
    }
  }
}
