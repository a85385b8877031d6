package io.evenkeel.controller.notify.channel;

import io.evenkeel.alerting.config.AlertsConfig;
import io.evenkeel.alerting.config.Channel;
import io.evenkeel.alerting.config.Secret;
import io.evenkeel.controller.notify.Receiver;
import io.evenkeel.controller.notify.alertmanager.AlertmanagerReceiver;
import io.evenkeel.controller.notify.http.Poster;
import io.evenkeel.controller.notify.http.TargetCheck;
import io.evenkeel.controller.notify.pagerduty.PagerDutyReceiver;
import io.evenkeel.controller.notify.slack.SlackReceiver;
import io.evenkeel.controller.notify.text.Wording;
import io.evenkeel.controller.notify.webhook.WebhookReceiver;
import io.evenkeel.controller.notify.webhook.WebhookSignature;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes receivers. */
public final class Channels {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Wording wording;
  private final HttpClient http;
  private final Clock clock;
  private final Duration timeout;

  private Channels(AlertsConfig config, HttpClient http, Clock clock, Duration timeout) {
    this.wording = new Wording(config.links());
    this.http = http;
    this.clock = clock;
    this.timeout = timeout;
  }

  /** All receivers of a configuration. */
  public static List<Receiver> of(AlertsConfig config, Clock clock) {
    return of(config, clock, TIMEOUT);
  }

  /** The same with another bound on the time of a try. */
  public static List<Receiver> of(AlertsConfig config, Clock clock, Duration timeout) {
    List<Receiver> receivers = new ArrayList<>();
    if (!config.isEmpty()) {
      Channels channels = new Channels(config, Poster.client(), clock, timeout);
      config
          .receivers()
          .forEach((name, all) -> all.forEach(c -> receivers.add(channels.receiver(name, c))));
    }
    return receivers;
  }

  private Receiver receiver(String name, Channel channel) {
    String id = channel.id(name);
    return switch (channel) {
      case Channel.Webhook webhook ->
          new WebhookReceiver(
              id,
              Channel.shown(webhook.url()),
              new WebhookSignature(webhook.secrets().stream().map(Secret::value).toList()),
              wording,
              poster(webhook.url(), channel, query(webhook.url())),
              clock);
      case Channel.Slack slack ->
          new SlackReceiver(
              id,
              slack.url().getScheme() + "://" + slack.url().getHost(),
              wording,
              poster(slack.url(), channel, List.of(slack.url().getRawPath())));
      case Channel.PagerDuty duty ->
          new PagerDutyReceiver(
              id,
              Channel.shown(duty.url()),
              duty.routingKey().value(),
              wording,
              poster(duty.url(), channel, List.of(duty.routingKey().value())));
      case Channel.Alertmanager manager -> {
        Optional<String> token = manager.token().map(Secret::value);
        URI api = api(manager.url());
        yield new AlertmanagerReceiver(
            id,
            Channel.shown(api),
            token,
            wording,
            poster(api, channel, token.stream().toList()),
            clock);
      }
    };
  }

  private static List<String> query(URI url) {
    return Optional.ofNullable(url.getRawQuery()).stream().toList();
  }

  private static URI api(URI base) {
    String text = base.toString();
    String bare = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    return URI.create(
        bare.endsWith(AlertmanagerReceiver.PATH) ? bare : bare + AlertmanagerReceiver.PATH);
  }

  private Poster poster(URI url, Channel channel, List<String> secrets) {
    TargetCheck.Policy policy =
        switch (channel.options().reach()) {
          case PUBLIC_ONLY -> TargetCheck.Policy.PUBLIC_ONLY;
          case PRIVATE_TOO -> TargetCheck.Policy.PRIVATE_TOO;
        };
    return new Poster(url, new TargetCheck(policy), http, clock, secrets, timeout);
  }
}
