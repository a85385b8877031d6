package io.evenkeel.system;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;

/**
 * One observation of a small dense model, written down by field numbers and names as the documents
 * have them, without Evenkeel's code.
 *
 * @param run id of the run
 * @param step step
 * @param rank rank
 * @param worldSize ranks of the run
 * @param wallTimeMicros microseconds since the epoch
 */
record Observation(String run, long step, int rank, int worldSize, long wallTimeMicros) {
  private static final double STEP_MILLIS = 100;

  /** Falls slowly, without a jump that an alert could see. */
  private double loss() {
    return 2 + 3 / (1 + step / 1000.0);
  }

  /** As one line of JSON. */
  String json() {
    return String.format(
        Locale.ROOT,
        "{\"run\":\"%s\",\"step\":%d,\"rank\":%d,\"worldSize\":%d,\"wallTimeMicros\":\"%d\",\"stepTimeMillis\":%s,"
            + "\"tokens\":1024,\"losses\":{\"languageModel\":%s},\"gradientNorm\":0.5,\"scalars\":{\"progress\":%d}}",
        run,
        step,
        rank,
        worldSize,
        wallTimeMicros,
        STEP_MILLIS,
        loss(),
        step);
  }

  /** As an encoded {@code StepTelemetry}. */
  byte[] protobuf() {
    return encoded(
        message -> {
          message.writeUInt32(1, 1);
          message.writeString(2, run);
          message.writeUInt64(4, step);
          message.writeUInt32(5, rank);
          message.writeUInt32(6, worldSize);
          message.writeSInt64(7, wallTimeMicros);
          message.writeDouble(8, STEP_MILLIS);
          message.writeUInt64(10, 1024);
          message.writeByteArray(11, encoded(losses -> losses.writeDouble(1, loss())));
          message.writeDouble(12, 0.5);
          message.writeEnum(14, 1);
          message.writeByteArray(
              22,
              encoded(
                  entry -> {
                    entry.writeString(1, "progress");
                    entry.writeDouble(2, step);
                  }));
        });
  }

  /** Several encoded records as the {@code RecordBatch} of a request. */
  static byte[] batch(Iterable<Observation> observations) {
    return encoded(
        batch -> {
          for (Observation observation : observations) {
            batch.writeByteArray(1, observation.protobuf());
          }
        });
  }

  /** Writes the fields of one message. */
  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] encoded(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
