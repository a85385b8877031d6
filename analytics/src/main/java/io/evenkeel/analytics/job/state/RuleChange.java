package io.evenkeel.analytics.job.state;

import io.evenkeel.contract.rule.AlertRule;
import org.jspecify.annotations.Nullable;

/**
 * A rule record was written or deleted.
 *
 * @param key the record's key: the same key replaces
 * @param rule the rule; null if it was deleted
 */
public record RuleChange(String key, @Nullable AlertRule rule) {}
