package io.evenkeel.gym.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.evenkeel.contract.alert.Severity;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An alert that must fire.
 *
 * @param rules ids of which any will do
 * @param within steps after the onset
 * @param severity the least that counts: info, warning or critical; missing: warning
 */
public record ExpectedAlert(
    @JsonProperty("rules") Set<String> rules,
    @JsonProperty("within") long within,
    @JsonProperty("severity") @Nullable String severity) {

  /** Copies. */
  public ExpectedAlert {
    rules = rules == null ? Set.of() : Set.copyOf(rules);
  }

  /** The least severity that counts. */
  public Severity least() {
    return Severity.valueOf((severity == null ? "warning" : severity).toUpperCase(Locale.ROOT));
  }
}
