package io.evenkeel.analytics.rule;

import dev.cel.common.CelErrorCode;
import dev.cel.common.types.CelType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelVariableResolver;
import io.evenkeel.analytics.detect.Level;
import io.evenkeel.analytics.detect.RuleSettings;
import io.evenkeel.analytics.detect.UserRule;
import io.evenkeel.analytics.detect.UserRuleFailure;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.RuleState;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/** A user's rule, compiled. Immutable; may be shared by threads. */
public final class CompiledRule implements UserRule {

  /** The label whose text is the alert's sentence. */
  static final String SUMMARY = "summary";

  private static final int SUMMARY_LENGTH = 500;
  private static final double BOOLEAN_THRESHOLD = 0.5;

  /** What an expression gives. */
  enum Result {
    TRUTH,
    NUMBER,
    OTHER;

    static Result of(CelType type) {
      return switch (type.kind()) {
        case BOOL -> TRUTH;
        case INT, DOUBLE -> NUMBER;
        default -> OTHER;
      };
    }
  }

  private final AlertRule rule;
  private final CelRuntime.Program program;
  private final Result result;
  private final boolean perLayer;
  private final LongSupplier nanos;
  private final RuleSettings settings;

  CompiledRule(
      AlertRule rule,
      CelRuntime.Program program,
      Result result,
      Set<String> names,
      LongSupplier nanos) {
    this.rule = rule;
    this.program = program;
    this.result = result;
    this.perLayer = names.contains(Signals.LAYER);
    this.nanos = nanos;
    this.settings = result == Result.TRUTH ? truth(rule) : RuleSettings.of(rule);
  }

  private static RuleSettings truth(AlertRule rule) {
    return new RuleSettings(
        List.of(Level.of(rule.severity(), BOOLEAN_THRESHOLD, rule.forSteps(), rule.ofSteps())),
        BOOLEAN_THRESHOLD,
        rule.clearForSteps(),
        rule.state(),
        rule.labels());
  }

  @Override
  public String id() {
    return rule.rule();
  }

  @Override
  public RuleSettings settings() {
    return settings;
  }

  /** The record that it was made of. */
  public AlertRule rule() {
    return rule;
  }

  /** Whether it looks at each layer by itself. */
  public boolean perLayer() {
    return perLayer;
  }

  boolean enabled() {
    return rule.state() == RuleState.ENABLED;
  }

  /** Whether two records say the same, whoever wrote them when. */
  boolean sameAs(CompiledRule other) {
    return unsigned(rule).equals(unsigned(other.rule));
  }

  private static AlertRule unsigned(AlertRule rule) {
    return new AlertRule(
        rule.rule(),
        rule.expression(),
        rule.severity(),
        rule.threshold(),
        rule.clearThreshold(),
        rule.forSteps(),
        rule.ofSteps(),
        rule.clearForSteps(),
        rule.state(),
        rule.run(),
        rule.labels(),
        "",
        Instant.EPOCH);
  }

  @Override
  public UserRule.Result evaluate(StepSignals signals) throws UserRuleFailure {
    long begun = nanos.getAsLong();
    List<Finding> findings = new ArrayList<>();
    if (perLayer) {
      for (LayerSignals layer : signals.layers()) {
        findings.add(
            new Finding("layers/" + layer.layer(), value(new Signals.View(signals, layer))));
        if (nanos.getAsLong() - begun > RuleLimits.MOST_NANOS) {
          break;
        }
      }
    } else {
      findings.add(new Finding("run", value(new Signals.View(signals, null))));
    }
    long taken = nanos.getAsLong() - begun;
    return new UserRule.Result(findings, taken > RuleLimits.SLOW_NANOS ? Pace.SLOW : Pace.FAST);
  }

  /** The value, finite; NaN where what it depends on was not measured. */
  private double value(Signals.View view) throws UserRuleFailure {
    CelVariableResolver variables = name -> Optional.ofNullable(variable(name, view));
    Object value;
    try {
      value = program.eval(variables);
    } catch (CelEvaluationException e) {
      if (isMissing(e.getErrorCode())) {
        return Double.NaN;
      }
      throw new UserRuleFailure(reason(e));
    } catch (RuntimeException | StackOverflowError e) {
      throw new UserRuleFailure(String.valueOf(e));
    }
    if (value instanceof Boolean truth) {
      return truth ? 1 : 0;
    }
    // Infinity is data: more than any threshold.
    return value instanceof Number number
        ? Math.max(-Double.MAX_VALUE, Math.min(Double.MAX_VALUE, number.doubleValue()))
        : Double.NaN;
  }

  private static @org.jspecify.annotations.Nullable Object variable(
      String name, Signals.View view) {
    return name.equals(RuleEnvironment.ALL)
        ? Signals.STEP.row(view)
        : Signals.STEP.read(view, name);
  }

  /** A layer, scalar or knob that this run does not have is not measured; all else is an error. */
  private static boolean isMissing(CelErrorCode code) {
    return code == CelErrorCode.ATTRIBUTE_NOT_FOUND || code == CelErrorCode.INDEX_OUT_OF_BOUNDS;
  }

  private static String reason(CelEvaluationException e) {
    return switch (e.getErrorCode()) {
      case ITERATION_BUDGET_EXCEEDED ->
          "its loops have more than " + RuleLimits.TURNS + " turns a step";
      case DIVIDE_BY_ZERO -> "it divides a whole number by zero";
      case NUMERIC_OVERFLOW -> "a whole number overflows";
      default -> String.valueOf(e.getMessage());
    };
  }

  /** An expression may be longer than an alert's sentence. */
  private static String cut(String text) {
    return text.codePointCount(0, text.length()) <= SUMMARY_LENGTH
        ? text
        : text.substring(0, text.offsetByCodePoints(0, SUMMARY_LENGTH)) + "...";
  }

  @Override
  public String summary(String scope, double value, double threshold) {
    String said = rule.labels().getOrDefault(SUMMARY, "");
    String what = cut(said.isBlank() ? rule.expression().strip() : said.strip());
    String where = perLayer ? " (" + scope + ")" : "";
    return result == Result.TRUTH
        ? what + where
        : String.format(Locale.ROOT, "%s%s: %.4g (limit %.4g)", what, where, value, threshold);
  }
}
