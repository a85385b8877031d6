package io.evenkeel.controller.notify.alertmanager;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.alerting.route.AlertLabels;
import io.evenkeel.controller.notify.Notice;
import io.evenkeel.controller.notify.Notice.Item;
import io.evenkeel.controller.notify.Receiver;
import io.evenkeel.controller.notify.http.Poster;
import io.evenkeel.controller.notify.text.Wording;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** An Alertmanager's API v2: it groups, silences and tells by its own configuration. */
public final class AlertmanagerReceiver implements Receiver {

  /** What is added to an Alertmanager's own address. */
  public static final String PATH = "/api/v2/alerts";

  /**
   * An alert that nobody ends is over then: without an end Alertmanager would end it after five
   * minutes. As long as what fires is repeated at all.
   */
  private static final Duration LONGEST = Duration.ofDays(7);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String id;
  private final String shownUrl;
  private final Optional<String> token;
  private final Wording wording;
  private final Poster poster;
  private final Clock clock;

  /**
   * A receiver.
   *
   * @param id a stable id
   * @param shownUrl its address as people may see it
   * @param token sent as a bearer's; empty for none
   * @param wording what is said
   * @param poster where to
   * @param clock wall time
   */
  public AlertmanagerReceiver(
      String id,
      String shownUrl,
      Optional<String> token,
      Wording wording,
      Poster poster,
      Clock clock) {
    this.id = id;
    this.shownUrl = shownUrl;
    this.token = token;
    this.wording = wording;
    this.poster = poster;
    this.clock = clock;
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
    return poster.post(
        body(notice), token.map(t -> Map.of("authorization", "Bearer " + t)).orElse(Map.of()));
  }

  String body(Notice notice) {
    ArrayNode alerts = JSON.createArrayNode();
    for (Item item : notice.items()) {
      ObjectNode alert = alerts.addObject();
      ObjectNode labels = alert.putObject("labels");
      AlertLabels.of(item.alert()).forEach((name, value) -> labels.put(name(name), value));
      ObjectNode annotations = alert.putObject("annotations");
      wording.annotations(item).forEach(annotations::put);
      alert.put("startsAt", item.startsAt().toString());
      alert.put("endsAt", end(item).toString());
      if (!wording.chart(item.alert()).isEmpty()) {
        alert.put("generatorURL", wording.chart(item.alert()));
      }
    }
    try {
      return JSON.writeValueAsString(alerts);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of strings can always be written", e);
    }
  }

  private Instant end(Item item) {
    if (item.fires()) {
      return clock.instant().plus(LONGEST);
    }
    Instant over = item.alert().wallTime();
    // A trainer's clock may have been set back; an end before the beginning is refused.
    return over.isBefore(item.startsAt()) ? item.startsAt() : over;
  }

  /** One label that Alertmanager does not take would cost all alerts of the request. */
  private static String name(String label) {
    String name = label.replaceAll("[^A-Za-z0-9_]", "_");
    return Character.isDigit(name.charAt(0)) ? "_" + name : name;
  }
}
