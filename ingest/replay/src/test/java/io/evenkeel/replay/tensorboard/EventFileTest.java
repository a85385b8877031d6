package io.evenkeel.replay.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.replay.LogFormat;
import io.evenkeel.replay.Logs;
import io.evenkeel.replay.tally.SkipReason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {
  private static final String NAME = "events.out.tfevents.1700000000.host";

  @TempDir Path dir;

  private Logs.Whole read(byte[] bytes) throws Exception {
    return new Logs(dir).read(NAME, bytes);
  }

  private static List<Long> steps(Logs.Whole log) {
    return log.telemetry().stream().map(step -> step.key().step()).toList();
  }

  @Test
  void shouldAgreeWithTheChecksumOfTensorFlowWhenARecordIsFramed() {
    // The version record that begins every event file of TensorFlow 2: its length 24, and that
    // length's checksum, as its writers put them.
    byte[] head = {0x18, 0, 0, 0, 0, 0, 0, 0, (byte) 0xa3, 0x7f, 0x4b, 0x22};

    assertThat(EventPoints.begins(head)).isTrue();
    byte[] ofPyTorch = {0x48, 0, 0, 0, 0, 0, 0, 0, (byte) 0xfe, (byte) 0x92, 0x48, (byte) 0x9d};
    assertThat(EventPoints.begins(ofPyTorch)).isTrue();
    head[0]++;
    assertThat(EventPoints.begins(head)).isFalse();
  }

  @Test
  void shouldReadScalarsOfBothKindsWhenTheyAreLogged() throws Exception {
    byte[] file =
        new EventFiles()
            .scalar(1, "lm loss", 2.5f)
            .tensor(1, "grad-norm", t -> t.setDtype(1).addFloatVal(0.5f))
            .tensor(2, "lm loss", t -> t.setDtype(2).setTensorContent(EventFiles.bytesOf(2.25)))
            .tensor(2, "half", t -> t.setDtype(19).addHalfVal(Float.floatToFloat16(1.5f)))
            .tensor(2, "count", t -> t.setDtype(9).addInt64Val(7))
            .scalar(3, "lm loss", Float.NaN)
            .bytes();

    Logs.Whole log = read(file);

    assertThat(log.format()).isEqualTo(LogFormat.TENSORBOARD);
    StepTelemetry first = log.telemetry().getFirst();
    assertThat(first.losses().languageModel()).isEqualTo(2.5);
    assertThat(first.gradientNorm()).isEqualTo(0.5);
    assertThat(log.steps().getFirst().recordedAt())
        .contains(Instant.ofEpochSecond(1_700_000_001L, 250_000_000));
    assertThat(log.telemetry().get(1).losses().languageModel()).isEqualTo(2.25);
    assertThat(log.telemetry().get(1).scalars()).isEqualTo(Map.of("half", 1.5, "count", 7.0));
    assertThat(log.telemetry().get(2).losses().languageModel()).isNaN();
    assertThat(log.skipped()).isEmpty();
  }

  @Test
  void shouldCountWhatIsNoScalarByStep() throws Exception {
    byte[] file =
        new EventFiles()
            .scalar(1, "loss", 1)
            .histogram(1, "weights")
            .tensor(1, "matrix", t -> t.setDtype(1).addFloatVal(1).addFloatVal(2))
            .tensor(1, "text", t -> t.setDtype(7))
            .scalar(512, "lm loss vs samples", 1)
            .scalar(-1, "loss", 1)
            .record("no protobuf".getBytes(StandardCharsets.UTF_8))
            .scalar(2, "loss", 2)
            .bytes();

    Logs.Whole log = read(file);

    assertThat(steps(log)).containsExactly(1L, 2L);
    assertThat(log.skipped())
        .isEqualTo(
            Map.of(
                SkipReason.NO_SCALAR, 3L, SkipReason.NOT_BY_STEP, 1L, SkipReason.UNREADABLE, 2L));
  }

  @Test
  void shouldReadTheOtherRecordsWhenOneIsDamaged() throws Exception {
    EventFiles files = new EventFiles().scalar(1, "loss", 1);
    int second = files.size();
    byte[] file = files.scalar(2, "loss", 2).scalar(3, "loss", 3).bytes();

    byte[] inData = file.clone();
    inData[second + RecordStream.HEADER_BYTES + 3] ^= 1;
    Logs.Whole data = read(inData);
    assertThat(steps(data)).containsExactly(1L, 3L);
    assertThat(data.skipped()).isEqualTo(Map.of(SkipReason.DAMAGED, 1L));

    byte[] inLength = file.clone();
    inLength[second + 1] ^= 1;
    Logs.Whole length = read(inLength);
    assertThat(steps(length)).containsExactly(1L, 3L);
    assertThat(length.skipped()).isEqualTo(Map.of(SkipReason.DAMAGED, 1L));
  }

  @Test
  void shouldNoteItWhenTheLastRecordIsStillBeingWritten() throws Exception {
    EventFiles files = new EventFiles().scalar(1, "loss", 1);
    int second = files.size();
    byte[] file = files.scalar(2, "loss", 2).bytes();

    for (int length : new int[] {second + 1, second + 11, second + 12, file.length - 1}) {
      Logs.Whole log = read(Arrays.copyOf(file, length));
      assertThat(steps(log)).containsExactly(1L);
      assertThat(log.skipped()).isEqualTo(Map.of(SkipReason.UNFINISHED, 1L));
    }
  }
}
