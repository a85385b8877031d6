package io.evenkeel.controller.notify.pagerduty;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.controller.notify.Notice;
import io.evenkeel.controller.notify.Notice.Item;
import io.evenkeel.controller.notify.Receiver;
import io.evenkeel.controller.notify.http.Poster;
import io.evenkeel.controller.notify.text.Wording;
import java.util.Map;

/**
 * PagerDuty Events v2: one incident of PagerDuty a group, triggered while anything of it fires and
 * resolved when nothing does.
 */
public final class PagerDutyReceiver implements Receiver {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** PagerDuty's own bound. */
  private static final int LONGEST_SUMMARY = 1_024;

  private static final int MOST_DETAILS = 20;

  private final String id;
  private final String shownUrl;
  private final String routingKey;
  private final Wording wording;
  private final Poster poster;

  /**
   * A receiver.
   *
   * @param id a stable id
   * @param shownUrl its address as people may see it
   * @param routingKey the service's key
   * @param wording what is said
   * @param poster where to
   */
  public PagerDutyReceiver(
      String id, String shownUrl, String routingKey, Wording wording, Poster poster) {
    this.id = id;
    this.shownUrl = shownUrl;
    this.routingKey = routingKey;
    this.wording = wording;
    this.poster = poster;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String shownUrl() {
    return shownUrl;
  }

  @Override
  public Outcome deliver(Notice notice) throws InterruptedException {
    return poster.post(body(notice), Map.of());
  }

  String body(Notice notice) {
    Item worst = wording.worst(notice);
    AlertEvent alert = worst.alert();
    ObjectNode root = JSON.createObjectNode();
    root.put("routing_key", routingKey);
    root.put("event_action", notice.fires() ? "trigger" : "resolve");
    root.put("dedup_key", notice.group().id());
    root.put("client", "Evenkeel");
    if (!wording.chart(alert).isEmpty()) {
      root.put("client_url", wording.chart(alert));
    }
    ObjectNode payload = root.putObject("payload");
    payload.put("summary", cut(wording.title(notice) + ": " + alert.summary()));
    payload.put("source", alert.run());
    payload.put("severity", Wording.severity(alert));
    payload.put("timestamp", worst.startsAt().toString());
    payload.put("component", alert.scope());
    payload.put("group", alert.run());
    payload.put("class", alert.rule());
    ObjectNode details = payload.putObject("custom_details");
    details.put("notice", notice.id());
    details.put("description", String.join("\n", wording.lines(worst)));
    details.put("runbook", wording.runbook(alert));
    ArrayNode others = details.putArray("incidents");
    notice.items().stream().limit(MOST_DETAILS).forEach(item -> others.add(wording.line(item)));
    details.put("more", Math.max(0, notice.items().size() - MOST_DETAILS) + notice.remaining());
    links(root.putArray("links"), alert);
    try {
      return JSON.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of strings can always be written", e);
    }
  }

  private void links(ArrayNode links, AlertEvent alert) {
    if (!wording.chart(alert).isEmpty()) {
      links.addObject().put("href", wording.chart(alert)).put("text", "Charts");
    }
    if (wording.runbook(alert).startsWith("http")) {
      links.addObject().put("href", wording.runbook(alert)).put("text", "Runbook");
    }
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_SUMMARY ? text : text.substring(0, LONGEST_SUMMARY - 3) + "...";
  }
}
