package io.evenkeel.contract.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb", "a\u0000b", "a\u007fb", "\ud83d", "\ude00a"})
  void shouldRefuseANameWhenItCannotBeOne(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> Check.name("knob", name));
  }

  @Test
  void shouldRefuseANameWhenItIsLongerThanAllowed() {
    assertThatCode(() -> Check.name("knob", "a".repeat(Check.MAX_NAME))).doesNotThrowAnyException();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Check.name("knob", "a".repeat(Check.MAX_NAME + 1)))
        .withMessageContaining("knob");
    assertThatIllegalArgumentException().isThrownBy(() -> Check.name("knob", null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", ".a", "a b", "a/b", "a\n", "é", "a\u0000"})
  void shouldRefuseARunIdWhenItIsNotPlain(String run) {
    assertThatIllegalArgumentException().isThrownBy(() -> Check.run(run));
  }

  @Test
  void shouldTakeARunIdUpToItsLengthWhenItIsPlain() {
    assertThatCode(() -> Check.run("Az09._-" + "a".repeat(121))).doesNotThrowAnyException();
    assertThatIllegalArgumentException().isThrownBy(() -> Check.run("a".repeat(129)));
    assertThatIllegalArgumentException().isThrownBy(() -> Check.run(null));
  }

  @Test
  void shouldRefuseATextWhenSqlOrUtf8CannotHoldIt() {
    assertThatIllegalArgumentException().isThrownBy(() -> Check.text("reason", "a\u0000"));
    assertThatIllegalArgumentException().isThrownBy(() -> Check.text("reason", "a\ud83d"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Check.text("reason", "a".repeat(Check.MAX_TEXT + 1)));
    assertThatCode(() -> Check.text("reason", "a\n\t😀")).doesNotThrowAnyException();
  }

  @Test
  void shouldMakeAnyStringLegible() {
    assertThat(Check.legible("a\u0000\ud83db😀")).isEqualTo("a\ufffd\ufffdb😀");
    String cut = Check.legible("a" + "😀".repeat(Check.MAX_TEXT));
    assertThat(cut).hasSize(Check.MAX_TEXT - 1).endsWith("😀");
    Check.text("cut", cut);
  }

  @Test
  void shouldCutInstantsToMicrosecondsAndRefuseFarOnes() {
    assertThat(Check.instant("wallTime", Instant.parse("2026-01-01T00:00:00.123456789Z")))
        .isEqualTo(Instant.parse("2026-01-01T00:00:00.123456Z"));
    assertThat(Check.instant("wallTime", Instant.parse("1969-12-31T23:59:59.9999999Z")))
        .isEqualTo(Instant.parse("1969-12-31T23:59:59.999999Z"));
    assertThatIllegalArgumentException().isThrownBy(() -> Check.instant("wallTime", Instant.MAX));
    assertThatIllegalArgumentException().isThrownBy(() -> Check.instant("wallTime", Instant.MIN));
  }

  @Test
  void shouldRefuseACollectionWhenItIsTooLargeOrHoldsNull() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Check.list("knobs", Collections.nCopies(Check.MAX_ENTRIES + 1, 1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Check.list("knobs", Arrays.asList(1, null)));
    Map<String, Double> holed = new HashMap<>();
    holed.put("a", null);
    assertThatIllegalArgumentException().isThrownBy(() -> Check.map("scalars", holed));
    assertThatIllegalArgumentException().isThrownBy(() -> Check.map("labels", Map.of("", "x")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Check.map("labels", Map.of("a", "\u0000")));
  }

  @Test
  void shouldNotFollowItsSourceWhenThatChangesLater() {
    List<Integer> source = new java.util.ArrayList<>(List.of(1));
    List<Integer> copy = Check.list("knobs", source);
    source.add(2);
    assertThat(copy).containsExactly(1);
  }
}
