package io.evenkeel.analytics.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.analytics.OwnRules;
import io.evenkeel.analytics.detect.UserRule;
import io.evenkeel.analytics.detect.UserRuleFailure;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.testing.SeededCases;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Expressions that nobody would write: refused, failed or judged, and never anything else. */
class RuleFuzzTest {

  private static final List<String> LEAVES =
      List.of(
          "loss",
          "loss_lb",
          "loss_z",
          "step",
          "run",
          "true",
          "false",
          "null",
          "1",
          "-1",
          "0",
          "2.5",
          "1e308",
          "9223372036854775807",
          "'a'",
          "b'a'",
          "1u",
          "[]",
          "{}",
          "layers",
          "layer",
          "tensors",
          "activations",
          "scalars",
          "knobs",
          "layers[0]",
          "layers[-1]",
          "layer.max_vio",
          "scalars['accuracy']",
          "scalars.f1",
          "x",
          "[1, 2.0, 'a']",
          "type(1)",
          "layers[0].layer");
  private static final List<String> BINARY =
      List.of(
          "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "in", "?.", ",");
  private static final List<String> MACROS =
      List.of("all", "exists", "exists_one", "map", "filter");
  private static final List<String> CALLS =
      List.of(
          "has",
          "size",
          "max",
          "min",
          "sum",
          "mean",
          "abs",
          "sqrt",
          "ln",
          "int",
          "double",
          "dyn",
          "string",
          "!",
          "-",
          "@has",
          "type",
          "duration");

  private final RuleCompiler compiler = new RuleCompiler(() -> 0);
  private final StepSignals step = StepSignalsSample.of(1.5, 0.5, 3.0, Double.NaN);

  @Test
  void shouldRefuseFailOrJudgeWhateverIsWritten() {
    AtomicInteger compiled = new AtomicInteger();
    SeededCases.forEach(
        4_000,
        random -> {
          String expression = expression(random, random.nextInt(1, 6));
          if (random.nextInt(8) == 0) {
            expression = mangled(expression, random);
          }
          try {
            CompiledRule rule = compiler.compile(OwnRules.of("mine", expression, 1, 0, 1, 1));
            compiled.incrementAndGet();
            for (UserRule.Finding finding : rule.evaluate(step).findings()) {
              assertThat(Double.isInfinite(finding.value())).as(expression).isFalse();
            }
          } catch (RuleException e) {
            assertThat(e.issues()).as(expression).isNotEmpty();
          } catch (UserRuleFailure e) {
            assertThat(e.getMessage()).as(expression).isNotBlank();
          }
        });
    // Or the grammar above would test the parser alone.
    assertThat(compiled.get()).isGreaterThan(100);
  }

  @Test
  void shouldEndSoonWhateverGrows() throws Exception {
    // Each doubles what comes before it, if it is let.
    for (String doubled :
        List.of(
            "[1]%s.size() > 0".formatted(".map(x, [x, x])".repeat(100)),
            "['a']%s[0] == ''".formatted(".map(x, x + x)".repeat(100)),
            "layers%s.size() > 0".formatted(".map(x, x)".repeat(3)),
            "[1.0]%s[0] > 0.0".formatted(".map(x, x * x + x)".repeat(12)))) {
      try {
        compiler.compile(OwnRules.of("mine", doubled, 1, 0, 1, 1)).evaluate(step);
      } catch (RuleException e) {
        assertThat(e.issues()).isNotEmpty();
      }
    }
  }

  private static String expression(RandomGenerator random, int depth) {
    if (depth == 0 || random.nextInt(6) == 0) {
      return pick(LEAVES, random);
    }
    return switch (random.nextInt(8)) {
      case 0, 1, 2 ->
          "("
              + expression(random, depth - 1)
              + " "
              + pick(BINARY, random)
              + " "
              + expression(random, depth - 1)
              + ")";
      case 3 -> pick(CALLS, random) + "(" + expression(random, depth - 1) + ")";
      case 4 ->
          pick(List.of("layers", "tensors", "scalars", "[1, 2]"), random)
              + "."
              + pick(MACROS, random)
              + "(x, "
              + expression(random, depth - 1)
              + ")";
      case 5 ->
          expression(random, depth - 1)
              + " ? "
              + expression(random, depth - 1)
              + " : "
              + expression(random, depth - 1);
      case 6 -> pick(LEAVES, random) + "." + pick(List.of("layer", "max_vio", "name", "q"), random);
      default -> pick(LEAVES, random) + "[" + expression(random, depth - 1) + "]";
    };
  }

  private static String mangled(String expression, RandomGenerator random) {
    StringBuilder mangled = new StringBuilder(expression);
    for (int i = random.nextInt(1, 4); i > 0 && mangled.length() > 0; i--) {
      int at = random.nextInt(mangled.length());
      if (random.nextBoolean()) {
        mangled.setCharAt(at, (char) random.nextInt(1, 0x3000));
      } else {
        mangled.deleteCharAt(at);
      }
    }
    return mangled.toString();
  }

  private static String pick(List<String> from, RandomGenerator random) {
    return from.get(random.nextInt(from.size()));
  }
}
