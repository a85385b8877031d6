package io.evenkeel.contract.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.contract.telemetry.StepTelemetry;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCodecsPropertyTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  static LongStream seeds() {
    return Seeds.of(100);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void shouldReadBackWhatItWroteWhenRecordIsValid(long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    checkRoundTrip(JsonCodecs.STEP_TELEMETRY, AnyRecord.stepTelemetry(random));
    checkRoundTrip(JsonCodecs.RUN_SPEC, AnyRecord.runSpec(random));
    checkRoundTrip(JsonCodecs.COMMAND, AnyRecord.command(random));
    checkRoundTrip(JsonCodecs.COMMAND_ACK, AnyRecord.commandAck(random));
    checkRoundTrip(JsonCodecs.ALERT_EVENT, AnyRecord.alertEvent(random));
  }

  private static <T> void checkRoundTrip(JsonCodec<T> codec, T record) throws Exception {
    String json = codec.encode(record);

    assertThat(json).doesNotContain("\n");
    T decoded = codec.decode(json, NOW);
    assertThat(unsigned(decoded)).isEqualTo(unsigned(record));
    assertThat(codec.decode(codec.encode(decoded), NOW)).isEqualTo(decoded);
  }

  /** The record as text, its negative zeros as zeros. */
  private static String unsigned(Object record) {
    return record.toString().replaceAll("-0\\.0(?![0-9])", "0.0");
  }

  @Test
  void shouldFillInWhatNobodyNeedsToWriteWhenTelemetryIsShort() throws Exception {
    StepTelemetry telemetry =
        JsonCodecs.STEP_TELEMETRY.decode(
            """
            {"run": "r", "step": 7, "losses": {"languageModel": 2.5}, "gradientNorm": "NaN"}""",
            NOW);

    assertThat(telemetry.key().step()).isEqualTo(7);
    assertThat(telemetry.worldSize()).isEqualTo(1);
    assertThat(telemetry.wallTime()).isEqualTo(NOW);
    assertThat(telemetry.stepTimeMillis()).isNaN();
    assertThat(telemetry.losses().languageModel()).isEqualTo(2.5);
    assertThat(telemetry.gradientNorm()).isNaN();
  }

  @Test
  void shouldFillInWhatNobodyNeedsToWriteWhenRunIsShort() throws Exception {
    RunSpec run = JsonCodecs.RUN_SPEC.decode("{\"run\": \"r\"}", NOW);

    assertThat(run.name()).isEqualTo("r");
    assertThat(run.status()).isEqualTo(RunStatus.RUNNING);
    assertThat(run.started()).isEqualTo(NOW);
    assertThat(run.worldSize()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "[]",
        "{",
        "{\"run\": \"r\", \"step\": 1, \"stepp\": 2}",
        "{\"run\": \"r\", \"step\": -1}",
        "{\"run\": \"r\", \"step\": 18446744073709551616}",
        "{\"run\": \"r\", \"step\": 1, \"gradientNorm\": \"high\"}"
      })
  void shouldSayMalformedWhenItIsNotTheMessage(String json) {
    assertRefused(json, ErrorId.WIRE_MALFORMED);
  }

  @Test
  void shouldSayInvalidWhenAValueIsOutOfItsRange() {
    assertRefused("{\"run\": \"r\", \"step\": \"9223372036854775808\"}", ErrorId.WIRE_INVALID);
    assertRefused("{\"run\": \"\", \"step\": 1}", ErrorId.WIRE_INVALID);
    assertRefused("{\"run\": \"r\", \"schemaVersion\": 9}", ErrorId.WIRE_VERSION);
  }

  @Test
  void shouldRefuseWhenNestedWithoutEnd() {
    assertRefused("{\"losses\":".repeat(100_000), ErrorId.WIRE_MALFORMED);
    assertRefused("[".repeat(1_000_000), ErrorId.WIRE_MALFORMED);
  }

  private static void assertRefused(String json, ErrorId id) {
    assertThatThrownBy(() -> JsonCodecs.STEP_TELEMETRY.decode(json, NOW))
        .isInstanceOfSatisfying(
            WireException.class, e -> assertThat(e.errorId()).as(e.getMessage()).isEqualTo(id));
  }
}
