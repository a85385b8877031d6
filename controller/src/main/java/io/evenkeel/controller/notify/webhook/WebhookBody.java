package io.evenkeel.controller.notify.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.alerting.route.AlertLabels;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.controller.notify.Notice;
import io.evenkeel.controller.notify.Notice.Item;
import io.evenkeel.controller.notify.text.Wording;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The body of a webhook, in the shape of Alertmanager's version 4. */
final class WebhookBody {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What Alertmanager writes for "not yet". */
  private static final String NEVER = "0001-01-01T00:00:00Z";

  private final Wording wording;

  WebhookBody(Wording wording) {
    this.wording = wording;
  }

  String of(Notice notice, String receiver) {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", "4");
    root.put("groupKey", notice.group().key());
    root.put("truncatedAlerts", notice.remaining());
    root.put("status", notice.fires() ? "firing" : "resolved");
    notice
        .replay()
        .ifPresent(
            replay ->
                root.putObject("replay").put("by", replay.by()).put("at", replay.at().toString()));
    root.put("receiver", receiver);
    root.put("title", wording.title(notice));
    notice.group().labels().forEach(root.putObject("groupLabels")::put);
    common(
            notice.items().stream()
                .map(item -> (Map<String, String>) AlertLabels.of(item.alert()))
                .toList())
        .forEach(root.putObject("commonLabels")::put);
    common(notice.items().stream().map(wording::annotations).toList())
        .forEach(root.putObject("commonAnnotations")::put);
    root.put("externalURL", wording.dashboard());
    var alerts = root.putArray("alerts");
    for (Item item : notice.items()) {
      alert(alerts.addObject(), item);
    }
    try {
      return JSON.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of strings can always be written", e);
    }
  }

  private void alert(ObjectNode node, Item item) {
    AlertEvent alert = item.alert();
    node.put("status", item.fires() ? "firing" : "resolved");
    AlertLabels.of(alert).forEach(node.putObject("labels")::put);
    wording.annotations(item).forEach(node.putObject("annotations")::put);
    node.put("startsAt", item.startsAt().toString());
    node.put("endsAt", item.fires() ? NEVER : alert.wallTime().toString());
    node.put("generatorURL", wording.chart(alert));
    node.put("fingerprint", alert.alertId());
  }

  /** What all have in common. */
  private static Map<String, String> common(List<Map<String, String>> all) {
    Map<String, String> common = new TreeMap<>(all.getFirst());
    for (Map<String, String> one : all) {
      common.entrySet().removeIf(entry -> !entry.getValue().equals(one.get(entry.getKey())));
    }
    return common;
  }
}
