package io.evenkeel.analytics.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.RuleState;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RuleVocabularyTest {

  @Test
  void shouldOfferOnlyNamesThatTheCheckerKnows() {
    RuleCompiler compiler = new RuleCompiler(() -> 0);
    for (RuleVocabulary.Word word : RuleVocabulary.words()) {
      if (word.kind() == RuleVocabulary.Kind.FUNCTION) {
        continue;
      }
      String name =
          switch (word.owner()) {
            case "" -> word.name();
            case "layer" -> "layer." + word.name();
            default -> word.owner() + "s[0]." + word.name();
          };
      assertThat(word.meaning()).as(name).isNotBlank();
      assertThatCode(() -> compiler.compile(rule("has(" + name + ")")))
          .as(name)
          .doesNotThrowAnyException();
    }
  }

  private static AlertRule rule(String expression) {
    return new AlertRule(
        "own",
        expression,
        Severity.INFO,
        Double.NaN,
        Double.NaN,
        1,
        1,
        1,
        RuleState.ENABLED,
        "",
        Map.of(),
        "",
        Instant.EPOCH);
  }
}
