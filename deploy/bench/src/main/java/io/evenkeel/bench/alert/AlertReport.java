package io.evenkeel.bench.alert;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.evenkeel.bench.live.Latency;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/**
 * What {@code bench alert-latency} tells.
 *
 * @param conditions that became true
 * @param webhook from telemetry published to webhook received
 * @param alert of this, until the alert stood in Kafka
 * @param delivery from there to the webhook
 * @param alertmanager from the same moment to Alertmanager's webhook; null where it is not
 *     installed
 */
record AlertReport(
    @JsonProperty("conditions") int conditions,
    @JsonProperty("published_to_webhook") Latency webhook,
    @JsonProperty("published_to_alert") Latency alert,
    @JsonProperty("alert_to_webhook") Latency delivery,
    @JsonProperty("alertmanager") @Nullable Latency alertmanager) {

  /** Median, from telemetry published to webhook received. */
  @JsonProperty("p50_ms")
  double p50() {
    return webhook.p50();
  }

  /** Of a hundred, one took longer. */
  @JsonProperty("p99_ms")
  double p99() {
    return webhook.p99();
  }

  /** The median of Prometheus with Alertmanager. */
  @JsonProperty("alertmanager_p50_ms")
  @Nullable Double alertmanagerP50() {
    return alertmanager == null ? null : alertmanager.p50();
  }

  /** The 99th percentile of Prometheus with Alertmanager. */
  @JsonProperty("alertmanager_p99_ms")
  @Nullable Double alertmanagerP99() {
    return alertmanager == null ? null : alertmanager.p99();
  }

  void print(PrintWriter out) {
    out.println(conditions + " conditions became true.");
    webhook.print(out, "Telemetry published to webhook received");
    alert.print(out, "  alert in Kafka");
    delivery.print(out, "  then webhook");
    if (alertmanager == null) {
      out.println(
          "Nothing to compare with: apt-get install prometheus prometheus-alertmanager brings it.");
    } else {
      alertmanager.print(out, "Prometheus with Alertmanager");
    }
    out.flush();
  }
}
