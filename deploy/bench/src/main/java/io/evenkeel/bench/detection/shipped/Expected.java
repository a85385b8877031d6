package io.evenkeel.bench.detection.shipped;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.evenkeel.bench.detection.Demand;
import io.evenkeel.bench.detection.Expectation;
import io.evenkeel.contract.alert.Severity;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a described case expects.
 *
 * @param rules ids of which any will do; missing: any rule
 * @param scope pattern; missing: any
 * @param first first step at which what was injected can be seen
 * @param within steps from then within which an alert is in time
 * @param until last step of its consequences; missing: the last of the run
 * @param severity the least that counts; missing: warning
 * @param demand must or may; missing: must
 */
record Expected(
    @JsonProperty("rules") @Nullable Set<String> rules,
    @JsonProperty("scope") @Nullable String scope,
    @JsonProperty("first") long first,
    @JsonProperty("within") long within,
    @JsonProperty("until") @Nullable Long until,
    @JsonProperty("severity") @Nullable String severity,
    @JsonProperty("demand") @Nullable String demand) {

  /** As a case has it, of a run whose last step is {@code last}. */
  Expectation of(long last) {
    long inTime = Math.min(last, first + within);
    return new Expectation(
        rules == null ? Set.of() : rules,
        scope == null ? "*" : scope,
        first,
        inTime,
        Severity.valueOf((severity == null ? "warning" : severity).toUpperCase(Locale.ROOT)),
        until == null ? last : Math.max(inTime, until),
        Demand.valueOf((demand == null ? "must" : demand).toUpperCase(Locale.ROOT)));
  }
}
