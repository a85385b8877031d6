package io.evenkeel.analytics.rule;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.StructType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the type checker lets pass and a rule may not do: whatever could cost more than the
 * expression is long, and {@code has()} of what is not there.
 */
final class ExpressionCheck {

  private final CelAbstractSyntaxTree tree;
  private final List<RuleIssue> issues = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private int nodes;

  private ExpressionCheck(CelAbstractSyntaxTree tree) {
    this.tree = tree;
  }

  /**
   * What was found.
   *
   * @param issues what is wrong
   * @param names names that the expression uses, those of its own loops among them
   */
  record Found(List<RuleIssue> issues, Set<String> names) {}

  static Found in(CelAbstractSyntaxTree tree) {
    ExpressionCheck check = new ExpressionCheck(tree);
    check.visit(tree.getExpr(), 0);
    if (check.nodes > RuleLimits.NODES) {
      check.issues.add(
          RuleIssue.of(
              "expression",
              "is too large: "
                  + check.nodes
                  + " nodes with its macros, of which a rule may have "
                  + RuleLimits.NODES));
    }
    return new Found(check.issues, check.names);
  }

  private void visit(CelExpr expr, int loops) {
    nodes++;
    noListsOfLists(expr);
    switch (expr.exprKind().getKind()) {
      case IDENT -> names.add(expr.ident().name());
      case SELECT -> visit(expr.select().operand(), loops);
      case CALL -> {
        call(expr);
        expr.call().target().ifPresent(target -> visit(target, loops));
        expr.call().args().forEach(argument -> visit(argument, loops));
      }
      case LIST -> expr.list().elements().forEach(element -> visit(element, loops));
      case MAP -> complain(expr, "maps cannot be made in a rule");
      case STRUCT -> complain(expr, "records cannot be made in a rule");
      case COMPREHENSION -> loop(expr, loops + 1);
      default -> {
        // A constant.
      }
    }
  }

  private void loop(CelExpr expr, int loops) {
    if (loops == RuleLimits.LOOP_DEPTH + 1) {
      complain(expr, "loops are nested deeper than " + RuleLimits.LOOP_DEPTH);
    }
    CelExpr.CelComprehension loop = expr.comprehension();
    visit(loop.iterRange(), loops);
    visit(loop.accuInit(), loops);
    visit(loop.loopCondition(), loops);
    visit(loop.loopStep(), loops);
    visit(loop.result(), loops);
  }

  private void call(CelExpr expr) {
    List<CelExpr> arguments = expr.call().args();
    switch (expr.call().function()) {
      case "_==_", "_!=_", "@in" -> {
        if (!isSingle(arguments.get(0))) {
          complain(expr, "only numbers, texts and truth values can be compared");
        }
      }
      case "_+_" -> {
        CelExpr first = arguments.get(0);
        // A macro's own: nobody else can write such a name.
        boolean macro =
            first.exprKind().getKind() == CelExpr.ExprKind.Kind.IDENT
                && first.ident().name().startsWith("@");
        CelKind kind = type(expr).kind();
        if (!macro && kind != CelKind.INT && kind != CelKind.UINT && kind != CelKind.DOUBLE) {
          complain(expr, "only numbers can be added");
        }
      }
      case RuleEnvironment.HAS -> has(expr, arguments);
      default -> {
        // Costs what it looks like.
      }
    }
  }

  private void has(CelExpr expr, List<CelExpr> arguments) {
    if (type(arguments.get(0)) instanceof StructType struct) {
      String field = arguments.get(1).constant().stringValue();
      if (struct.findField(field).isEmpty()) {
        complain(
            expr, "has() knows no '" + field + "'" + Suggestions.like(field, struct.fieldNames()));
      }
    }
  }

  private boolean isSingle(CelExpr expr) {
    return switch (type(expr).kind()) {
      case BOOL, INT, UINT, DOUBLE, STRING, NULL_TYPE -> true;
      default -> false;
    };
  }

  private void noListsOfLists(CelExpr expr) {
    if (type(expr) instanceof ListType list && list.hasElemType()) {
      CelKind kind = list.elemType().kind();
      if (kind == CelKind.LIST || kind == CelKind.MAP) {
        complain(expr, "a list cannot hold lists or maps");
      }
    }
  }

  private CelType type(CelExpr expr) {
    return tree.getType(expr.id()).orElse(dev.cel.common.types.SimpleType.ERROR);
  }

  private void complain(CelExpr expr, String message) {
    Integer offset = tree.getSource().getPositionsMap().get(expr.id());
    CelSourceLocation place =
        offset == null
            ? CelSourceLocation.NONE
            : tree.getSource().getOffsetLocation(offset).orElse(CelSourceLocation.NONE);
    RuleIssue issue =
        new RuleIssue(
            "expression",
            Math.max(1, place.getLine()),
            Math.max(0, place.getColumn()) + 1,
            message);
    if (!issues.contains(issue)) {
      issues.add(issue);
    }
  }
}
