package io.evenkeel.bench.detection;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.evenkeel.contract.alert.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An alert as one on a metric of a log, as the log names it.
 *
 * @param name of the log
 * @param metric of the log
 * @param rule rule id
 * @param firedStep step at which it fired
 * @param resolvedStep step at which it was resolved, or the log's last
 * @param severity info, warning or critical
 */
record Firing(
    @JsonProperty("name") String name,
    @JsonProperty("metric") String metric,
    @JsonProperty("rule") String rule,
    @JsonProperty("fired_step") long firedStep,
    @JsonProperty("resolved_step") long resolvedStep,
    @JsonProperty("severity") String severity) {

  @JsonIgnore
  boolean pages() {
    return !severity.equals(Severity.INFO.name().toLowerCase(Locale.ROOT));
  }

  /** The firings of a log; alerts that are on none of its metrics are left out. */
  static List<Firing> of(LabelledLog log, List<Incident> incidents) {
    List<Firing> firings = new ArrayList<>();
    for (Incident incident : incidents) {
      for (String metric : metrics(log, incident)) {
        firings.add(
            new Firing(
                log.name(),
                metric,
                incident.rule(),
                incident.firedStep(),
                Math.max(incident.firedStep(), incident.resolvedStep()),
                incident.severity().name().toLowerCase(Locale.ROOT)));
      }
    }
    return firings;
  }

  private static List<String> metrics(LabelledLog log, Incident incident) {
    if (incident.scope().startsWith(MetricFamily.SCALARS)) {
      String metric = incident.scope().substring(MetricFamily.SCALARS.length());
      return log.metrics().containsKey(metric) ? List.of(metric) : List.of();
    }
    Optional<MetricFamily> family = MetricFamily.ofRule(incident.rule());
    if (family.isPresent()) {
      return family.get().filledBy(log.metrics()).stream().toList();
    }
    // What is not finite says nothing of where: the log does.
    return log.metrics().entrySet().stream()
        .filter(entry -> !entry.getValue().finiteAt(incident.firedStep()))
        .map(Map.Entry::getKey)
        .toList();
  }
}
