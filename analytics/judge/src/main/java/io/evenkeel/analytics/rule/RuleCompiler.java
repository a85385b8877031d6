package io.evenkeel.analytics.rule;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.compiler.CelCompiler;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import io.evenkeel.analytics.detect.Level;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.BuiltInRule;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Checks rules, and makes users' own ready to be evaluated. Thread-safe. The first one costs some
 * tenths of a second, since CEL's classes are loaded by it; one more costs milliseconds.
 */
public final class RuleCompiler {

  private static final Set<String> BUILT_IN =
      Arrays.stream(BuiltInRule.values()).map(BuiltInRule::id).collect(Collectors.toSet());
  private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9._-]*");

  private static final class Environment {
    static final CelCompiler COMPILER = RuleEnvironment.compiler();
    static final CelRuntime RUNTIME = RuleEnvironment.runtime();
  }

  private final LongSupplier nanos;

  /**
   * A compiler.
   *
   * @param nanos a clock that only ever moves on, ns: it tells which rules are too slow
   */
  public RuleCompiler(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * A compiler whose rules are timed by the processor time of the thread that evaluates them: a
   * busy machine and a collector's pause make no rule slow.
   */
  public static RuleCompiler onProcessorTime() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    // Without it every rule is fast: its loops are bounded nonetheless.
    return new RuleCompiler(
        threads.isCurrentThreadCpuTimeSupported() ? threads::getCurrentThreadCpuTime : () -> 0);
  }

  /** Whether a rule is a user's own; else it has the settings of a built-in one. */
  public static boolean isOwn(AlertRule rule) {
    return !rule.expression().isBlank();
  }

  /**
   * Checks a rule of either kind.
   *
   * @throws RuleException with everything that is wrong with it
   */
  public void check(AlertRule rule) throws RuleException {
    if (isOwn(rule)) {
      compile(rule);
      return;
    }
    List<RuleIssue> issues = new ArrayList<>(common(rule));
    if (!BUILT_IN.contains(rule.rule())) {
      issues.add(
          RuleIssue.of(
              "rule",
              "'"
                  + rule.rule()
                  + "' is not built in, and there is no expression"
                  + Suggestions.like(rule.rule(), BUILT_IN)));
    }
    if (!issues.isEmpty()) {
      throw new RuleException(rule.rule(), issues);
    }
  }

  /**
   * Makes a user's own rule ready.
   *
   * @throws RuleException with everything that is wrong with it
   */
  public CompiledRule compile(AlertRule rule) throws RuleException {
    List<RuleIssue> issues = new ArrayList<>(own(rule));
    issues.addAll(common(rule));
    Compiled compiled = compiled(rule.expression(), issues);
    if (compiled != null && compiled.type() != CompiledRule.Result.TRUTH) {
      issues.addAll(thresholds(rule));
    }
    if (!issues.isEmpty() || compiled == null) {
      throw new RuleException(rule.rule(), issues);
    }
    return new CompiledRule(rule, compiled.program(), compiled.type(), compiled.names(), nanos);
  }

  private record Compiled(
      CelRuntime.Program program, CompiledRule.Result type, Set<String> names) {}

  @SuppressWarnings("CatchAndPrintStackTrace")
  private static @org.jspecify.annotations.Nullable Compiled compiled(
      String expression, List<RuleIssue> issues) {
    try {
      CelValidationResult result = Environment.COMPILER.compile(expression);
      if (result.hasError()) {
        result.getErrors().forEach(issue -> issues.add(Complaints.of(issue)));
        if (result.getErrors().isEmpty()) {
          issues.add(RuleIssue.of("expression", "cannot be read"));
        }
        return null;
      }
      CelAbstractSyntaxTree tree = result.getAst();
      ExpressionCheck.Found found = ExpressionCheck.in(tree);
      issues.addAll(found.issues());
      CompiledRule.Result type = CompiledRule.Result.of(tree.getResultType());
      if (type == CompiledRule.Result.OTHER) {
        issues.add(
            new RuleIssue(
                "expression",
                1,
                1,
                "must give true or false, or a number, and gives " + tree.getResultType().name()));
      }
      return issues.isEmpty()
          ? new Compiled(Environment.RUNTIME.createProgram(tree), type, found.names())
          : null;
    } catch (CelValidationException | CelEvaluationException e) {
      issues.add(RuleIssue.of("expression", String.valueOf(e.getMessage())));
    } catch (RuntimeException | StackOverflowError e) {
      // What the library has not foreseen is the expression's fault as well.
      issues.add(RuleIssue.of("expression", "cannot be read: " + e));
    }
    return null;
  }

  private static List<RuleIssue> own(AlertRule rule) {
    List<RuleIssue> issues = new ArrayList<>();
    if (BUILT_IN.contains(rule.rule())) {
      issues.add(
          RuleIssue.of("rule", "'" + rule.rule() + "' is built in, and takes no expression"));
    }
    if (!ID.matcher(rule.rule()).matches() || rule.rule().length() > RuleLimits.ID_LENGTH) {
      issues.add(
          RuleIssue.of(
              "rule",
              "must be 1 to "
                  + RuleLimits.ID_LENGTH
                  + " small letters, digits, '.', '_' or '-', and begin with a letter or digit"));
    }
    return issues;
  }

  private static List<RuleIssue> common(AlertRule rule) {
    return rule.ofSteps() > Level.MAX_OF_STEPS
        ? List.of(RuleIssue.of("of", "must be at most " + Level.MAX_OF_STEPS + " steps"))
        : List.of();
  }

  private static List<RuleIssue> thresholds(AlertRule rule) {
    List<RuleIssue> issues = new ArrayList<>();
    if (!Double.isFinite(rule.threshold())) {
      issues.add(RuleIssue.of("threshold", "must be a finite number"));
    }
    if (!(rule.clearThreshold() <= rule.threshold())) {
      issues.add(RuleIssue.of("clear_threshold", "must not be above the threshold"));
    }
    return issues;
  }
}
