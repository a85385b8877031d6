package io.evenkeel.analytics.job.function;

import io.evenkeel.analytics.detect.RunJudge;
import io.evenkeel.analytics.rule.RuleSet;
import io.evenkeel.contract.alert.AlertEvent;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts and logs, once each, rules that are not evaluated and rules that failed in a run. */
final class RuleMetrics {

  private static final Logger LOG = LoggerFactory.getLogger(RuleMetrics.class);

  private final Counter ignored;
  private final Counter failed;
  private Set<String> reasons = Set.of();

  private RuleMetrics(Counter ignored, Counter failed) {
    this.ignored = ignored;
    this.failed = failed;
  }

  static RuleMetrics register(MetricGroup group) {
    return new RuleMetrics(group.counter("rules_ignored"), group.counter("rules_failed"));
  }

  void ignored(RuleSet rules) {
    for (String reason : rules.ignored()) {
      if (!reasons.contains(reason)) {
        ignored.inc();
        LOG.warn("{}", reason);
      }
    }
    reasons = new HashSet<>(rules.ignored());
  }

  void failed(List<AlertEvent> events) {
    for (AlertEvent event : events) {
      if (RunJudge.saysThatARuleFailed(event)) {
        failed.inc();
        LOG.warn("Run {}, step {}: {}", event.run(), event.step(), event.summary());
      }
    }
  }
}
