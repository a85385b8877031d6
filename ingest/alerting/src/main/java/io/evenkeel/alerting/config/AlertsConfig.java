package io.evenkeel.alerting.config;

import io.evenkeel.alerting.route.InhibitRule;
import io.evenkeel.alerting.route.Route;
import io.evenkeel.alerting.route.Timing;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who is told of alerts, and how.
 *
 * @param receivers channels by the receiver's name
 * @param route where alerts go
 * @param inhibitRules what silences what
 * @param links for links in notices
 */
public record AlertsConfig(
    Map<String, List<Channel>> receivers,
    Route route,
    List<InhibitRule> inhibitRules,
    Links links) {

  /**
   * Addresses for links; empty if unknown.
   *
   * @param dashboard the UI's
   * @param runbooks the folder's that holds the runbooks
   */
  public record Links(String dashboard, String runbooks) {}

  /** Copies. */
  public AlertsConfig {
    Map<String, List<Channel>> copy = new LinkedHashMap<>();
    receivers.forEach((name, channels) -> copy.put(name, List.copyOf(channels)));
    receivers = java.util.Collections.unmodifiableMap(copy);
    inhibitRules = List.copyOf(inhibitRules);
  }

  /**
   * One receiver that hears of every event by itself: what the environment's variables mean.
   *
   * @param urls addresses of webhooks; may be none
   * @param secrets of all of them
   * @param reach where they may go
   * @param dashboard the UI's address
   */
  public static AlertsConfig ofWebhooks(
      List<URI> urls, List<String> secrets, Channel.Reach reach, String dashboard) {
    List<Channel> channels = new ArrayList<>();
    for (URI url : urls) {
      channels.add(
          new Channel.Webhook(
              url,
              secrets.stream().map(Secret::new).toList(),
              new Channel.Options(reach, Channel.Resolved.SENT)));
    }
    return new AlertsConfig(
        Map.of(ENVIRONMENT, channels),
        new Route(
            ENVIRONMENT, List.of(), List.of(Route.EACH), Timing.EACH, Route.After.STOP, List.of()),
        List.of(),
        new Links(dashboard, ""));
  }

  /** The name of the receiver that the environment's variables make. */
  public static final String ENVIRONMENT = "environment";

  /** Whether there is nobody to tell. */
  public boolean isEmpty() {
    return receivers.values().stream().allMatch(List::isEmpty);
  }
}
