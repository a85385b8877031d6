package io.evenkeel.contract.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RunbookTest {

  private static final Path ROOT = Path.of("..", "..");

  @ParameterizedTest
  @EnumSource
  void shouldBeThereWhenARuleIsBuiltIn(BuiltInRule rule) {
    assertThat(Runbook.page(rule.id())).isEqualTo("docs/runbooks/" + rule.id() + ".md");
    assertThat(Files.exists(ROOT.resolve(Runbook.page(rule.id())))).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void shouldBeThereWhenTheControllerRaisesTheAlert(ControllerRule rule) {
    assertThat(Runbook.page(rule.id())).isEqualTo("docs/runbooks/" + rule.id() + ".md");
    assertThat(Files.exists(ROOT.resolve(Runbook.page(rule.id())))).isTrue();
  }

  @Test
  void shouldBeThePageOfOwnRulesWhenARuleIsNot() {
    assertThat(Runbook.page("mine")).isEqualTo("docs/rules.md");
    assertThat(Files.exists(ROOT.resolve(Runbook.page("mine")))).isTrue();
  }
}
