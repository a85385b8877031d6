package io.evenkeel.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.replay.tally.SkipReason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvLogTest {
  @TempDir Path dir;

  private Logs.Whole read(String text) throws Exception {
    return new Logs(dir).read("log.csv", text);
  }

  private static List<String> steps(Logs.Whole log) {
    return log.telemetry().stream()
        .map(step -> step.key().incarnation() + ":" + step.key().step())
        .toList();
  }

  @Test
  void shouldFillTheKnownFieldsWhenTheirNamesAreLogged() throws Exception {
    Logs.Whole log =
        read(
            """
            step,metric,value
            3,loss,2.5
            3,grad_norm,0.25
            3,lr,1e-4
            3,step_time,0.5
            3,tokens,4096
            3,val_loss,2.75
            4,loss,2.25
            """);

    assertThat(log.format()).isEqualTo(LogFormat.CSV);
    assertThat(log.skipped()).isEmpty();
    StepTelemetry step = log.telemetry().getFirst();
    assertThat(step.losses().languageModel()).isEqualTo(2.5);
    assertThat(step.gradientNorm()).isEqualTo(0.25);
    assertThat(step.stepTimeMillis()).isEqualTo(500);
    assertThat(step.tokens()).isEqualTo(4096);
    assertThat(step.knobs()).containsExactly(new KnobValue("learning_rate", "", 1e-4));
    assertThat(step.scalars()).isEqualTo(Map.of("val_loss", 2.75));
    assertThat(step.wallTime()).isEqualTo(Logs.NOW);
    assertThat(log.steps().getFirst().recordedAt()).isEmpty();
    assertThat(log.telemetry().get(1).stepTimeMillis()).isNaN();
    assertThat(log.telemetry().get(1).gradientNorm()).isNull();
  }

  @Test
  void shouldReadTheSameWhenTheHeaderIsLeftOutOrInAnotherOrder() throws Exception {
    List<StepTelemetry> usual = read("step,metric,value\n1,loss,2\n2,loss,3\n").telemetry();

    assertThat(read("1,loss,2\n2,loss,3\n").telemetry()).isEqualTo(usual);
    assertThat(read("\uFEFF1,loss,2\r\n2,loss,3").telemetry()).isEqualTo(usual);
    assertThat(read("Value,run,Metric,Step\n2,x,loss,1\n3,x,loss,2\n").telemetry())
        .isEqualTo(usual);
    assertThat(read("1.0,\"loss\", 2\n 2 ,loss,3.0e0\n").telemetry()).isEqualTo(usual);
    assertThat(new Logs(dir).read("log.csv.gz", Logs.gzipped("1,loss,2\n2,loss,3\n")).telemetry())
        .isEqualTo(usual);
  }

  @Test
  void shouldKeepNotANumberAndInfinitiesWhenTheyAreLogged() throws Exception {
    List<StepTelemetry> steps =
        read("1,loss,nan\n2,loss,-inf\n3,x,Infinity\n4,x,NaN\n").telemetry();

    assertThat(steps.get(0).losses().languageModel()).isNaN();
    assertThat(steps.get(1).losses().languageModel()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(steps.get(2).scalars()).containsEntry("x", Double.POSITIVE_INFINITY);
    assertThat(steps.get(3).scalars().get("x")).isNaN();
  }

  @Test
  void shouldReadTheRestWhenLinesMakeNoSense() throws Exception {
    String longName = "n".repeat(300);
    Logs.Whole log =
        read(
            "step,metric,value\n1,loss,2\n-1,loss,2\n9223372036854775808,loss,2\n1.5,loss,2\n"
                + "x,loss,2\n2,loss,two\n2,loss,\n2,loss\n2,\"loss,2\n2,,2\n2,"
                + longName
                + ",1\n2,loss,0x1p3\n2,loss,1f\n\n2,loss,3\n"
                + "7,"
                + "y".repeat(70_000)
                + ",1\n3,loss,4\n");

    assertThat(steps(log)).containsExactly("0:1", "0:2", "0:3");
    assertThat(log.skipped())
        .isEqualTo(Map.of(SkipReason.UNREADABLE, 12L, SkipReason.TOO_LONG, 1L));
  }

  @Test
  void shouldTakeTheLastValueWhenAMetricIsGivenTwiceForAStep() throws Exception {
    Logs.Whole log = read("1,loss,2\n1,loss,5\n1,x,1\n2,loss,3\n");

    assertThat(log.telemetry().getFirst().losses().languageModel()).isEqualTo(5.0);
    assertThat(log.skipped()).isEqualTo(Map.of(SkipReason.REPEATED, 1L));
  }

  @Test
  void shouldBeginANewIncarnationWhenTheRunWasStartedAgain() throws Exception {
    Logs.Whole log =
        read("0,val,9\n1,loss,5\n2,loss,4\n3,loss,3\n0,val,8\n1,loss,6\n2,loss,5\n4,loss,1\n");

    assertThat(steps(log)).containsExactly("0:0", "0:1", "0:2", "0:3", "1:0", "1:1", "1:2", "1:4");
    assertThat(log.skipped()).isEmpty();
  }

  @Test
  void shouldStayInOneIncarnationWhenRowsAreOnlyOutOfOrder() throws Exception {
    Logs.Whole log = read("1,loss,5\n3,loss,3\n2,loss,4\n4,loss,2\n6,x,1\n5,x,1\n7,x,1\n");

    assertThat(steps(log)).containsExactly("0:1", "0:2", "0:3", "0:4", "0:5", "0:6", "0:7");
  }

  @Test
  void shouldPutStepsTogetherWhenTheFileGivesOneMetricAfterTheOther() throws Exception {
    Logs.Whole log =
        read(
            "1,loss,5\n2,loss,4\n3,loss,3\n1,loss,6\n2,loss,5\n"
                + "1,grad_norm,1\n2,grad_norm,2\n3,grad_norm,3\n1,grad_norm,4\n2,grad_norm,5\n");

    assertThat(steps(log)).containsExactly("0:1", "0:2", "0:3", "1:1", "1:2");
    assertThat(log.telemetry())
        .extracting(step -> step.losses().languageModel() + "/" + step.gradientNorm())
        .containsExactly("5.0/1.0", "4.0/2.0", "3.0/3.0", "6.0/4.0", "5.0/5.0");
    assertThat(new Logs(dir).leftOver()).isEmpty();
  }

  @Test
  void shouldReadWhatIsThereWhenCompressedDataBreakOff() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      text.append(i).append(",loss,").append(Math.sin(i)).append('\n');
    }
    byte[] whole = Logs.gzipped(text.toString());
    Logs.Whole log =
        new Logs(dir).read("cut.csv.gz", java.util.Arrays.copyOf(whole, whole.length / 2));

    assertThat(log.steps()).hasSizeGreaterThan(1_000).hasSizeLessThan(20_000);
    assertThat(log.skipped()).containsKey(SkipReason.UNFINISHED);
  }

  @Test
  void shouldSayWhyWhenNothingCanBeReplayed() throws Exception {
    assertFails("empty.csv", "", ErrorId.REPLAY_EMPTY);
    assertFails("header.csv", "step,metric,value\n", ErrorId.REPLAY_EMPTY);
    assertFails("wrong.csv", "a,b,c\nd,e,f\n", ErrorId.REPLAY_EMPTY);
    assertFails("prose.txt", "It was a dark and stormy night.\n", ErrorId.REPLAY_FORMAT);
    assertThatThrownBy(
            () -> RunLog.open(dir.resolve("absent.csv"), dir, java.time.Clock.systemUTC()))
        .isInstanceOfSatisfying(
            ReplayException.class, e -> assertThat(e.errorId()).isEqualTo(ErrorId.REPLAY_FILE));
    assertThat(new Logs(dir).leftOver()).isEmpty();
  }

  private void assertFails(String name, String text, ErrorId id) {
    assertThatThrownBy(() -> new Logs(dir).read(name, text.getBytes(StandardCharsets.UTF_8)))
        .as(name)
        .isInstanceOfSatisfying(ReplayException.class, e -> assertThat(e.errorId()).isEqualTo(id));
  }
}
