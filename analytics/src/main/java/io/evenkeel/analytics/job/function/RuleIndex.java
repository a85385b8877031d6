package io.evenkeel.analytics.job.function;

import io.evenkeel.analytics.detect.RuleBook;
import io.evenkeel.analytics.detect.RuleSettings;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.BuiltInRule;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.metrics.Counter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rule records by rule and run: a run's own goes before the one for all runs. Rules in CEL, and
 * ids that are not built in, are not evaluated by this release: they are logged and counted.
 */
final class RuleIndex implements RuleBook {

  private static final Logger LOG = LoggerFactory.getLogger(RuleIndex.class);
  private static final Set<String> BUILT_IN_IDS =
      Arrays.stream(BuiltInRule.values()).map(BuiltInRule::id).collect(Collectors.toSet());

  private record Place(String rule, String run) {}

  private final Map<Place, RuleSettings> settings = new HashMap<>();

  /** The index of {@code records}. */
  static RuleIndex of(Iterable<Map.Entry<String, AlertRule>> records) {
    RuleIndex index = new RuleIndex();
    for (Map.Entry<String, AlertRule> record : records) {
      AlertRule rule = record.getValue();
      if (evaluated(rule)) {
        index.settings.put(new Place(rule.rule(), rule.run()), RuleSettings.of(rule));
      }
    }
    return index;
  }

  /** Logs and counts a rule that this release ignores. */
  static void report(@Nullable AlertRule rule, Counter ignored) {
    if (rule != null && !evaluated(rule)) {
      ignored.inc();
      LOG.warn(
          ErrorId.CONFIG_INVALID.line(
              "Rule '"
                  + rule.rule()
                  + "' is ignored: this release evaluates the built-in rules alone, without an"
                  + " expression."));
    }
  }

  private static boolean evaluated(AlertRule rule) {
    return rule.expression().isEmpty() && BUILT_IN_IDS.contains(rule.rule());
  }

  @Override
  public RuleSettings settings(BuiltInRule rule, String run, RuleSettings builtIn) {
    if (settings.isEmpty()) {
      return builtIn;
    }
    RuleSettings own = settings.get(new Place(rule.id(), run));
    return own != null ? own : settings.getOrDefault(new Place(rule.id(), ""), builtIn);
  }
}
