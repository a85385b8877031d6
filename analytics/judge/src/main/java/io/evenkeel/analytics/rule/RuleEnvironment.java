package io.evenkeel.analytics.rule;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import dev.cel.checker.CelStandardDeclarations;
import dev.cel.checker.CelStandardDeclarations.StandardFunction;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.StructType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelMacro;
import dev.cel.parser.CelMacroExprFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.Optional;

/**
 * CEL as rules have it: which variables, functions and macros there are, and what they may cost.
 */
final class RuleEnvironment {

  /** What {@code has(x)} becomes; no name that a user can write. */
  static final String HAS = "@has";

  /** All variables as one record, for {@code has(loss)}; no name that a user can write. */
  static final String ALL = "@signals";

  private static final CelOptions OPTIONS =
      CelOptions.current()
          .enableHeterogeneousNumericComparisons(true)
          .maxExpressionCodePointSize(RuleLimits.CODE_POINTS)
          .maxParseRecursionDepth(RuleLimits.PARSE_DEPTH)
          .maxParseErrorRecoveryLimit(RuleLimits.PARSE_ERRORS)
          .comprehensionMaxIterations(RuleLimits.TURNS)
          .build();

  private static final ImmutableList<StructType> STRUCTS =
      ImmutableList.of(
          Signals.LAYERS.type(),
          Signals.ACTIVATIONS.type(),
          Signals.TENSORS.type(),
          Signals.STEP.type());

  private RuleEnvironment() {}

  static CelCompiler compiler() {
    CelCompilerBuilder builder =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardEnvironmentEnabled(false)
            .setStandardDeclarations(standard())
            .setStandardMacros(
                CelStandardMacro.ALL,
                CelStandardMacro.EXISTS,
                CelStandardMacro.EXISTS_ONE,
                CelStandardMacro.MAP,
                CelStandardMacro.MAP_FILTER,
                CelStandardMacro.FILTER)
            .addMacros(CelMacro.newGlobalMacro("has", 1, RuleEnvironment::has))
            .setTypeProvider(Types.of(STRUCTS))
            .addFunctionDeclarations(RuleFunctions.declarations(STRUCTS))
            .addVar(ALL, Signals.STEP.type());
    Signals.STEP.fields().forEach((name, field) -> builder.addVar(name, field.type()));
    return builder.build();
  }

  static CelRuntime runtime() {
    return CelRuntimeFactory.standardCelRuntimeBuilder()
        .setOptions(OPTIONS)
        .addFunctionBindings(RuleFunctions.bindings(STRUCTS))
        .build();
  }

  /** What a rule has use for; nothing that makes texts or lists longer, and no dynamic types. */
  private static CelStandardDeclarations standard() {
    return CelStandardDeclarations.newBuilder()
        .includeFunctions(
            StandardFunction.OLD_NOT_STRICTLY_FALSE,
            StandardFunction.NOT_STRICTLY_FALSE,
            StandardFunction.IN,
            StandardFunction.CONDITIONAL,
            StandardFunction.LOGICAL_NOT,
            StandardFunction.LOGICAL_OR,
            StandardFunction.LOGICAL_AND,
            StandardFunction.EQUALS,
            StandardFunction.NOT_EQUALS,
            StandardFunction.LESS,
            StandardFunction.LESS_EQUALS,
            StandardFunction.GREATER,
            StandardFunction.GREATER_EQUALS,
            StandardFunction.ADD,
            StandardFunction.SUBTRACT,
            StandardFunction.MULTIPLY,
            StandardFunction.DIVIDE,
            StandardFunction.MODULO,
            StandardFunction.NEGATE,
            StandardFunction.INDEX,
            StandardFunction.SIZE,
            StandardFunction.INT,
            StandardFunction.DOUBLE,
            StandardFunction.CONTAINS,
            StandardFunction.ENDS_WITH,
            StandardFunction.STARTS_WITH)
        .build();
  }

  /** Whether a field, or a variable, was measured: without asking for its value. */
  private static Optional<CelExpr> has(
      CelMacroExprFactory make, CelExpr target, ImmutableList<CelExpr> arguments) {
    CelExpr what = arguments.get(0);
    return switch (what.exprKind().getKind()) {
      case SELECT ->
          Optional.of(
              make.newGlobalCall(
                  HAS, what.select().operand(), make.newStringLiteral(what.select().field())));
      case IDENT ->
          Optional.of(
              make.newGlobalCall(
                  HAS, make.newIdentifier(ALL), make.newStringLiteral(what.ident().name())));
      default ->
          Optional.of(
              make.reportError(
                  CelIssue.formatError(
                      make.getSourceLocation(what), "has() takes a variable or a field")));
    };
  }

  /** The records' types by name. */
  @Immutable
  private static final class Types implements CelTypeProvider {

    private final ImmutableMap<String, CelType> types;

    private Types(ImmutableMap<String, CelType> types) {
      this.types = types;
    }

    static Types of(ImmutableList<StructType> structs) {
      ImmutableMap.Builder<String, CelType> types = ImmutableMap.builder();
      structs.forEach(struct -> types.put(struct.name(), struct));
      return new Types(types.buildOrThrow());
    }

    @Override
    public ImmutableCollection<CelType> types() {
      return types.values();
    }

    @Override
    public Optional<CelType> findType(String typeName) {
      return Optional.ofNullable(types.get(typeName));
    }
  }
}
