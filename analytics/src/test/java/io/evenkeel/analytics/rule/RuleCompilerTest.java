package io.evenkeel.analytics.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.analytics.OwnRules;
import io.evenkeel.contract.rule.AlertRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a rule is refused for, and where its errors are said to be. */
class RuleCompilerTest {

  private final RuleCompiler compiler = new RuleCompiler(() -> 0);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "los > 3.0                      | 1:1  there is no variable or function 'los'; did you mean 'loss'?",
        "layers.exists(l, l.max_viol > 2.0) | 1:19 there is no field 'max_viol'; did you mean 'max_violation'?",
        "loss >                         | 1:7  the expression ends too early",
        "loss > > 3.0                   | 1:8  '>' is not expected here",
        "loss > 'a'                     | 1:6  '>' cannot be applied to (double, string)",
        "run                            | 1:1  must give true or false, or a number, and gives string",
        "layers                         | 1:1  must give true or false, or a number, and gives list",
        "has(lossy)                     | 1:4  has() knows no 'lossy'; did you mean 'loss'?",
        "layers.exists(l, has(l.max))   | 1:21 has() knows no 'max'",
        "has(loss + 1.0)                | 1:10 has() takes a variable or a field",
        "[1] + [2] == [3]               | 1:5  only numbers can be added",
        "'a' + 'b' == 'ab'              | 1:5  only numbers can be added",
        "[1] == [2]                     | 1:5  only numbers, texts and truth values can be compared",
        "layer == layers[0]             | 1:7  only numbers, texts and truth values can be compared",
        "layers[0] in layers            | 1:11 only numbers, texts and truth values can be compared",
        "size([[1], [2]]) > 1           | 1:6  a list cannot hold lists or maps",
        "{'a': 1}['a'] > 0              | 1:1  maps cannot be made in a rule",
        "has(Layer{layer: 1}.layer)     | 1:10 records cannot be made in a rule",
        "string(loss) == '1'            | 1:7  there is no variable or function 'string'",
        "dyn(loss) > 1                  | 1:4  there is no variable or function 'dyn'",
        "run.matches('(a+)+$')          | 1:12 there is no variable or function 'matches'",
        "layers.all(a, layers.all(b, layers.all(c, layers.all(d, true)))) | 1:53 loops are nested deeper than 3",
      })
  void shouldSayWhatIsWrongAndWhereWhenAnExpressionHasAnError(String expression, String said) {
    String[] place = said.split("[: ]+", 3);

    List<RuleIssue> issues = issues(OwnRules.of("mine", expression));

    assertThat(issues)
        .anySatisfy(
            issue -> {
              assertThat(issue.component()).isEqualTo("expression");
              assertThat(issue.message()).startsWith(place[2]);
              assertThat(issue.line()).isEqualTo(Integer.parseInt(place[0]));
              assertThat(issue.column()).isEqualTo(Integer.parseInt(place[1]));
            });
  }

  @Test
  void shouldNameEveryErrorWhenThereAreSeveral() {
    AlertRule rule = OwnRules.of("Not An Id", "los > foo(1) \n || gradient_nrm > 1", 1, 2, 2, 1);

    assertThat(issues(rule).stream().map(RuleIssue::toString))
        .contains(
            "expression (1:1): there is no variable or function 'los'; did you mean 'loss'?",
            "expression (1:10): there is no variable or function 'foo'",
            "expression (2:5): there is no variable or function 'gradient_nrm'; did you mean"
                + " 'gradient_norm'?")
        .anyMatch(issue -> issue.startsWith("rule: must be 1 to 100 small letters"));
  }

  @Test
  void shouldRefuseThresholdsThatCannotBeMetWhenTheResultIsANumber() {
    assertThat(issues(OwnRules.of("mine", "loss", Double.NaN, 0, 1, 1)))
        .extracting(RuleIssue::component)
        .containsExactly("threshold", "clear_threshold");
    assertThat(issues(OwnRules.of("mine", "loss", 1, 2, 1, 1)))
        .extracting(RuleIssue::component)
        .containsExactly("clear_threshold");
    // A truth value has no use for them.
    assertThatCode(() -> compiler.compile(OwnRules.of("mine", "loss > 3", Double.NaN, 0, 1, 1)))
        .doesNotThrowAnyException();
    assertThat(issues(OwnRules.of("mine", "loss > 3", 0, 0, 1_001, 1)))
        .extracting(RuleIssue::component)
        .containsExactly("of");
  }

  @Test
  void shouldRefuseWhatCostsTooMuchWhenItIsOnlyLong() {
    String large = "loss > 1.0" + " || loss > 1.0".repeat(200);
    assertThat(issues(OwnRules.of("mine", large)).toString()).contains("too large");
    String longer = "loss > 1.0" + " || loss > 1.0".repeat(500);
    assertThat(issues(OwnRules.of("mine", longer)).toString()).contains("4096");
    String deep = "(".repeat(1_000) + "true" + ")".repeat(1_000);
    assertThat(issues(OwnRules.of("mine", deep))).isNotEmpty();
    String minus = "!".repeat(4_000) + "true";
    assertThatCode(() -> issues(OwnRules.of("mine", minus))).doesNotThrowAnyException();
  }

  @Test
  void shouldKnowBuiltInRulesWhenThereIsNoExpression() {
    assertThatCode(() -> compiler.check(OwnRules.of("loss-spike", ""))).doesNotThrowAnyException();
    assertThat(issues(OwnRules.of("los-spike", "")).toString())
        .contains("is not built in, and there is no expression; did you mean 'loss-spike'?");
    assertThat(issues(OwnRules.of("loss-spike", "loss > 3")).toString())
        .contains("is built in, and takes no expression");
  }

  @Test
  void shouldHaveEveryNameInTheDocumentationWhenSomebodyLooksThere() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "rules.md"));
    Stream.of(
            Signals.STEP.fields().keySet().stream(),
            Signals.LAYERS.fields().keySet().stream(),
            Signals.ACTIVATIONS.fields().keySet().stream(),
            Signals.TENSORS.fields().keySet().stream(),
            RuleFunctions.NAMES.stream())
        .flatMap(names -> names)
        .forEach(name -> assertThat(page).contains("`" + name));
  }

  private List<RuleIssue> issues(AlertRule rule) {
    RuleException e = catchThrowableOfType(RuleException.class, () -> compiler.check(rule));
    return e == null ? List.of() : e.issues();
  }
}
