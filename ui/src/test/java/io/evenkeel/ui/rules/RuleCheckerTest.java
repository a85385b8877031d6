package io.evenkeel.ui.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.RuleState;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuleCheckerTest {
  private final RuleChecker checker = new RuleChecker();

  @Test
  void shouldTakeWhatTheJobTakes() {
    assertThat(checker.check(draft("own", "layer.router_cosine_ffn", "0.6", "")))
        .isInstanceOfSatisfying(
            RuleChecker.Checked.Fine.class,
            fine -> {
              assertThat(fine.rule().threshold()).isEqualTo(0.6);
              assertThat(fine.rule().clearThreshold()).isEqualTo(0.6);
              assertThat(fine.rule().labels()).containsEntry("summary", "<b>look</b>");
            });
    assertThat(checker.check(draft("own", "loss > 3", "", "")))
        .isInstanceOf(RuleChecker.Checked.Fine.class);
    assertThat(checker.check(draft("loss-spike", "", "9", "")))
        .isInstanceOf(RuleChecker.Checked.Fine.class);
  }

  @Test
  void shouldTellThePlaceWhenTheExpressionIsWrong() {
    assertThat(issues(draft("own", "loss >\n  los", "", "")))
        .singleElement()
        .satisfies(
            issue -> {
              assertThat(issue.component()).isEqualTo("expression");
              assertThat(issue.line()).isEqualTo(2);
              assertThat(issue.column()).isEqualTo(3);
              assertThat(issue.message()).contains("loss");
            });
  }

  @Test
  void shouldTellAllThatIsWrongAtOnce() {
    assertThat(issues(draft("", "los > 1", "much", "0")))
        .extracting(RuleIssue::component)
        .contains("threshold", "for", "rule", "expression");
  }

  @Test
  void shouldSayWhatIsMissingWhenANumberHasNoThreshold() {
    assertThat(issues(draft("own", "loss", "", "")))
        .extracting(RuleIssue::component)
        .containsExactly("threshold");
    assertThat(issues(draft("unheard-of", "", "", ""))).isNotEmpty();
  }

  private List<RuleIssue> issues(RuleDraft draft) {
    return checker.check(draft) instanceof RuleChecker.Checked.Wrong wrong
        ? wrong.issues()
        : List.of();
  }

  private static RuleDraft draft(String rule, String expression, String threshold, String steps) {
    return new RuleDraft(
        rule,
        "",
        expression,
        Severity.WARNING,
        threshold,
        "",
        steps,
        "",
        "1",
        RuleState.ENABLED,
        " <b>look</b> ");
  }
}
