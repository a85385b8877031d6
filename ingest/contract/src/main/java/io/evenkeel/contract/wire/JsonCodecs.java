package io.evenkeel.contract.wire;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.wire.proto.Proto;
import java.io.IOException;
import java.io.StringReader;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The JSON codec of each message that people and scripts write or read. Who uses this class brings
 * {@code protobuf-java-util}, which trainers do without.
 */
public final class JsonCodecs {

  private static final String SCHEMA_VERSION = "schema_version";
  private static final Default VERSION = (written, now) -> Codecs.SCHEMA_VERSION;

  /** {@link StepTelemetry}. */
  public static final JsonCodec<StepTelemetry> STEP_TELEMETRY =
      codec(
          TelemetryWire::toWire,
          message -> TelemetryWire.fromWire((Proto.StepTelemetry) message),
          Proto.StepTelemetry.getDefaultInstance(),
          Map.of(
              SCHEMA_VERSION,
              VERSION,
              "world_size",
              (written, now) -> 1,
              "wall_time_micros",
              (written, now) -> Wires.micros(now),
              "step_time_millis",
              (written, now) -> Double.NaN,
              "tensor_placement",
              (written, now) -> Proto.Placement.PLACEMENT_REPLICATED.getValueDescriptor()),
          Codecs.STEP_TELEMETRY);

  /** {@link RunSpec}. */
  public static final JsonCodec<RunSpec> RUN_SPEC =
      codec(
          RunWire::toWire,
          message -> RunWire.fromWire((Proto.RunSpec) message),
          Proto.RunSpec.getDefaultInstance(),
          Map.of(
              SCHEMA_VERSION,
              VERSION,
              "world_size",
              (written, now) -> 1,
              "started_micros",
              (written, now) -> Wires.micros(now),
              "name",
              (written, now) -> ((Proto.RunSpec.Builder) written).getRun(),
              "status",
              (written, now) -> Proto.RunStatus.RUN_STATUS_RUNNING.getValueDescriptor()),
          Codecs.RUN_SPEC);

  /** {@link CommandAck}. */
  public static final JsonCodec<CommandAck> COMMAND_ACK =
      codec(
          CommandWire::toWire,
          message -> CommandWire.fromWire((Proto.CommandAck) message),
          Proto.CommandAck.getDefaultInstance(),
          Map.of(SCHEMA_VERSION, VERSION, "wall_time_micros", (written, now) -> Wires.micros(now)),
          Codecs.COMMAND_ACK);

  /** {@link Command}. */
  public static final JsonCodec<Command> COMMAND =
      codec(
          BodyWire::toWire,
          message -> BodyWire.fromWire((Proto.Command) message),
          Proto.Command.getDefaultInstance(),
          Map.of(SCHEMA_VERSION, VERSION),
          Codecs.COMMAND);

  /** {@link AlertEvent}. */
  public static final JsonCodec<AlertEvent> ALERT_EVENT =
      codec(
          AlertWire::toWire,
          message -> AlertWire.fromWire((Proto.AlertEvent) message),
          Proto.AlertEvent.getDefaultInstance(),
          Map.of(SCHEMA_VERSION, VERSION),
          Codecs.ALERT_EVENT);

  // A number takes at most about three times as many characters as bytes on the wire.
  private static final int CHARACTERS_A_BYTE = 4;

  private JsonCodecs() {}

  /** What a field is that nobody wrote. */
  private interface Default {
    Object value(MessageOrBuilder written, Instant now);
  }

  private static <T> JsonCodec<T> codec(
      Function<T, ? extends Message> toWire,
      Function<Message, T> fromWire,
      Message prototype,
      Map<String, Default> defaultsByName,
      Codec<T> binary) {
    Map<FieldDescriptor, Default> defaults = new HashMap<>();
    defaultsByName.forEach(
        (name, value) ->
            defaults.put(prototype.getDescriptorForType().findFieldByName(name), value));
    // A zero where the default is another value must be seen.
    JsonFormat.Printer printer =
        JsonFormat.printer()
            .omittingInsignificantWhitespace()
            .includingDefaultValueFields(Set.copyOf(defaults.keySet()));
    JsonFormat.Parser parser = JsonFormat.parser();
    int maxCharacters = CHARACTERS_A_BYTE * binary.maxBytes();
    return new JsonCodec<>() {
      @Override
      public String encode(T value) {
        try {
          return printer.print(toWire.apply(value));
        } catch (InvalidProtocolBufferException e) {
          throw new IllegalStateException("a message of ours cannot be printed", e);
        }
      }

      @Override
      public T decode(String json, Instant now) throws WireException {
        if (json.length() > maxCharacters) {
          throw new WireException(
              ErrorId.WIRE_OVERSIZED,
              json.length() + " characters, at most " + maxCharacters + " are accepted");
        }
        Message.Builder builder = prototype.newBuilderForType();
        try {
          parser.merge(json, builder);
          Set<String> written = keys(json);
          defaults.forEach(
              (field, value) -> {
                if (!written.contains(field.getJsonName()) && !written.contains(field.getName())) {
                  builder.setField(field, value.value(builder, now));
                }
              });
        } catch (IOException e) {
          throw new WireException(ErrorId.WIRE_MALFORMED, String.valueOf(e.getMessage()));
        }
        return Codecs.validated(fromWire, builder.build());
      }
    };
  }

  /** Names at the top level of an object that could be parsed. */
  private static Set<String> keys(String json) throws IOException {
    Set<String> keys = new HashSet<>();
    try (JsonReader reader = new JsonReader(new StringReader(json))) {
      reader.setStrictness(Strictness.LENIENT);
      reader.beginObject();
      while (reader.hasNext()) {
        keys.add(reader.nextName());
        reader.skipValue();
      }
    }
    return keys;
  }
}
