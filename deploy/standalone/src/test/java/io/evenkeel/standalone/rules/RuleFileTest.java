package io.evenkeel.standalone.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.RuleState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuleFileTest {

  @Test
  void shouldReadEverythingThatARuleCanSay() {
    RuleFile file =
        parse(
            """
            rules:
              - rule: mine
                expression: layer.max_violation
                threshold: 2.0
                clear_threshold: 1.5
                for: 3
                of: 5
                clear_for: 7
                severity: critical
                summary: Crowded.
                labels: {team: moe}
                run: r-1
                enabled: false
              - rule: loss-spike
                threshold: 9
              - rule: short
                expression: loss > 3
            """);
    assertThat(file.problems()).isEmpty();
    assertThat(file.rules())
        .containsExactly(
            new AlertRule(
                "mine",
                "layer.max_violation",
                Severity.CRITICAL,
                2.0,
                1.5,
                3,
                5,
                7,
                RuleState.DISABLED,
                "r-1",
                Map.of("team", "moe", "summary", "Crowded."),
                "me",
                Instant.EPOCH),
            rule("loss-spike", "", 9),
            rule("short", "loss > 3", Double.NaN));
  }

  @Test
  void shouldTellEveryErrorWithItsPlaceWhenThereAreSeveral() {
    RuleFile file =
        parse(
            """
            rules:
              - rule: a
                expression: los > 3
              - rule: b
                expression: "gradient_norm > grad"
                serverity: info
                for: many
              - rule: c
                expression: |
                  loss > 3
                    && layers.exists(l, l.max_viol > 2)
              - rule: a
                expression: loss
              - expression: loss > 2
                severity: grave
              - rule: d
                expression: >
                  loss >
                  lss
            other: 1
            """);
    assertThat(file.rules()).isEmpty();
    assertThat(file.problems())
        .extracting(p -> p.line() + ":" + p.column() + " " + p.message())
        .containsExactly(
            "3:17 there is no variable or function 'los'; did you mean 'loss'?",
            "5:34 there is no variable or function 'grad'; did you mean 'gradient_norm'?",
            "6:5 there is no key 'serverity': a rule has rule, expression, threshold,"
                + " clear_threshold, for, of, clear_for, severity, summary, labels, run, enabled",
            "7:10 'for' must be a number of steps, at least 1",
            "11:30 there is no field 'max_viol'; did you mean 'max_violation'?",
            "12:5 the rule gives a number: it needs a threshold",
            "12:11 the rule 'a' is there already",
            "14:5 a rule needs an id: 'rule: ID'",
            "15:15 'severity' must be one of info, warning, critical",
            "17:17 there is no variable or function 'lss'; did you mean 'loss'? (1:8 of the"
                + " expression)",
            "20:1 only 'rules' is expected here");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "rules",
        "rules: 1",
        "rules: [1]",
        "- rule: a",
        "rules:\n  - rule: a\n    expression: loss > 3 ? true : false\n",
        "rules:\n  - rule: a\n   expression: x\n",
        "{}",
        "a: &a [*a]",
        "rules: !!java.lang.ProcessBuilder [['true']]",
        "rules:\n  - rule: [a]\n    expression: {b: c}\n    labels: 1\n    enabled: perhaps\n",
        "rules:\n  - rule: loss-spike\n    threshold: .nan\n",
        "rules:\n  - rule: a\n    expression: loss > 3\n    run: 'not a run'\n",
        "rules:\n  - rule: a\n    expression: loss > 3\n    for: 5\n    of: 3\n",
        "\u0007",
        "--- a\n--- b",
      })
  void shouldSayWhereWhenTheFileIsNotWhatItShouldBe(String text) {
    assertThat(parse(text).problems())
        .isNotEmpty()
        .allMatch(problem -> problem.line() >= 1 && problem.column() >= 1);
  }

  @Test
  void shouldAcceptEveryExampleOfTheDocumentation() throws Exception {
    String page = Files.readString(Path.of("..", "..", "docs", "rules.md"));
    Matcher block = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(page);
    int rules = 0;
    while (block.find()) {
      RuleFile file = parse(block.group(1));
      assertThat(file.problems()).as(block.group(1)).isEmpty();
      rules += file.rules().size();
    }
    assertThat(rules).isGreaterThan(8);
  }

  private static AlertRule rule(String id, String expression, double threshold) {
    return new AlertRule(
        id,
        expression,
        Severity.WARNING,
        threshold,
        threshold,
        1,
        1,
        1,
        RuleState.ENABLED,
        "",
        Map.of(),
        "me",
        Instant.EPOCH);
  }

  private static RuleFile parse(String text) {
    return RuleFile.parse(text, "me", Instant.EPOCH);
  }

  static List<AlertRule> rules(String text) {
    RuleFile file = parse(text);
    assertThat(file.problems()).isEmpty();
    return file.rules();
  }
}
