package io.evenkeel.alerting.route;

import io.evenkeel.contract.alert.AlertEvent;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The labels of an alert, by which it is routed, grouped, silenced and shown. */
public final class AlertLabels {

  /** The run's id. */
  public static final String RUN = "run";

  /** The rule's id. */
  public static final String RULE = "rule";

  /** What every alert has; a user's label of such a name is not seen. */
  public static final List<String> OWN =
      List.of("alertname", "incarnation", RULE, RUN, "scope", "severity");

  private AlertLabels() {}

  /** All labels, by name. */
  public static SortedMap<String, String> of(AlertEvent alert) {
    TreeMap<String, String> labels = new TreeMap<>(alert.labels());
    labels.put("alertname", alert.rule());
    labels.put(RUN, alert.run());
    labels.put("incarnation", Integer.toString(alert.incarnation()));
    labels.put(RULE, alert.rule());
    labels.put("scope", alert.scope());
    labels.put("severity", alert.severity().name().toLowerCase(Locale.ROOT));
    return Collections.unmodifiableSortedMap(labels);
  }

  /** Labels as Alertmanager writes them: {@code {run="a", rule="b"}}. */
  public static String text(Map<String, String> labels) {
    StringBuilder text = new StringBuilder("{");
    labels.forEach(
        (name, value) -> {
          if (text.length() > 1) {
            text.append(", ");
          }
          text.append(name).append("=\"");
          text.append(value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"));
          text.append('"');
        });
    return text.append('}').toString();
  }
}
