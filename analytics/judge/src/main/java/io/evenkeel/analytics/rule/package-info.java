/**
 * Users' own rules: CEL expressions over the signals of a step. {@link
 * io.evenkeel.analytics.rule.RuleCompiler} checks a rule when it is saved, with the place of every
 * error, and {@link io.evenkeel.analytics.rule.RuleSet} holds the rules in force; when a rule fires
 * and clears is decided by {@code analytics.detect}, as for the built-in ones.
 *
 * <p>What an expression may cost is bounded twice: when it is compiled, by its length, its nodes
 * and how deep its loops nest, and when it is evaluated, by the turns of its loops; strings and
 * lists cannot be joined, and only single values are compared, so nothing grows faster than the
 * expression. What was not measured is unknown, and an expression that depends on it has no value.
 *
 * <p>Compiled rules are immutable and may be shared by threads. No Flink, no Kafka, no I/O, no
 * clock but the one handed in. Must not import {@code org.apache.flink} or {@code analytics.job};
 * nobody else imports {@code dev.cel}.
 */
@NullMarked
package io.evenkeel.analytics.rule;

import org.jspecify.annotations.NullMarked;
