package io.evenkeel.contract.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The few conversions that all messages share. */
final class Wires {

  private Wires() {}

  static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  /** Fields at the top level of an encoded message. */
  static int fields(byte[] bytes) throws InvalidProtocolBufferException {
    try {
      CodedInputStream in = CodedInputStream.newInstance(bytes);
      int fields = 0;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (!in.skipField(tag)) {
          throw new InvalidProtocolBufferException("a group ends that never began");
        }
        fields++;
      }
      return fields;
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException e) {
      throw new InvalidProtocolBufferException(e);
    }
  }

  static void requireVersion(int version) {
    if (version != Codecs.SCHEMA_VERSION) {
      throw new UnknownVersion(version);
    }
  }

  static <E extends Enum<E>> E enumeration(Class<E> type, String prefix, Enum<?> wire) {
    String name = wire.name();
    if (name.equals("UNRECOGNIZED") || name.equals(prefix + "UNSPECIFIED")) {
      throw new IllegalArgumentException(type.getSimpleName() + " is missing or unknown");
    }
    return Enum.valueOf(type, name.substring(prefix.length()));
  }

  /** Internal: becomes EVK-WIRE-VERSION. */
  static final class UnknownVersion extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnknownVersion(int version) {
      super("schema version " + version + ", this release knows " + Codecs.SCHEMA_VERSION);
    }
  }
}
