package io.evenkeel.controller.notify.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.rule.Runbook;
import io.evenkeel.controller.notify.Notice;
import java.util.Locale;
import java.util.Map;

/** The body of a webhook, in the shape of Alertmanager's version 4. */
final class WebhookBody {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What Alertmanager writes for "not yet". */
  private static final String NEVER = "0001-01-01T00:00:00Z";

  private final String externalUrl;

  WebhookBody(String externalUrl) {
    this.externalUrl = externalUrl;
  }

  String of(Notice notice, String receiver) {
    AlertEvent alert = notice.alert();
    String status = alert.state() == AlertState.RESOLVED ? "resolved" : "firing";
    ObjectNode root = JSON.createObjectNode();
    root.put("version", "4");
    root.put("groupKey", "{}:{run=\"%s\", alertname=\"%s\"}".formatted(alert.run(), alert.rule()));
    root.put("truncatedAlerts", 0);
    root.put("status", status);
    root.put("receiver", receiver);
    root.putObject("groupLabels").put("alertname", alert.rule()).put("run", alert.run());
    labels(root.putObject("commonLabels"), alert);
    annotations(root.putObject("commonAnnotations"), alert);
    root.put("externalURL", externalUrl);
    ObjectNode one = root.putArray("alerts").addObject();
    one.put("status", status);
    labels(one.putObject("labels"), alert);
    annotations(one.putObject("annotations"), alert);
    one.put("startsAt", notice.startsAt().toString());
    one.put("endsAt", alert.state() == AlertState.RESOLVED ? alert.wallTime().toString() : NEVER);
    one.put("generatorURL", externalUrl.isEmpty() ? "" : externalUrl + "/runs/" + alert.run());
    one.put("fingerprint", alert.alertId());
    try {
      return JSON.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of strings can always be written", e);
    }
  }

  private static void labels(ObjectNode node, AlertEvent alert) {
    for (Map.Entry<String, String> label : alert.labels().entrySet()) {
      node.put(label.getKey(), label.getValue());
    }
    node.put("alertname", alert.rule());
    node.put("run", alert.run());
    node.put("incarnation", Integer.toString(alert.incarnation()));
    node.put("rule", alert.rule());
    node.put("scope", alert.scope());
    node.put("severity", alert.severity().name().toLowerCase(Locale.ROOT));
  }

  private static void annotations(ObjectNode node, AlertEvent alert) {
    node.put("summary", alert.summary());
    node.put("runbook", Runbook.page(alert.rule()));
    node.put("first_step", Long.toString(alert.firstStep()));
    node.put("step", Long.toString(alert.step()));
    node.put("value", Double.toString(alert.value()));
    node.put("threshold", Double.toString(alert.threshold()));
  }
}
