package io.evenkeel.alerting.config;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** One way to tell a receiver. */
public sealed interface Channel {

  /** What all have: where it may go, and whether it hears of what is over. */
  Options options();

  /** A word for it. */
  String kind();

  /** What tells it from others of its kind. May hold secrets. */
  String address();

  /** An id that stays while the address does, and shows nothing of it. */
  default String id(String receiver) {
    String own = kind() + "-" + fingerprint(address());
    return receiver.equals(AlertsConfig.ENVIRONMENT) ? own : receiver + "/" + own;
  }

  private static String fingerprint(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Which addresses a channel may have. */
  enum Reach {
    PUBLIC_ONLY,
    PRIVATE_TOO
  }

  /** Whether the end of an incident is told. */
  enum Resolved {
    SENT,
    KEPT
  }

  /**
   * What all channels have.
   *
   * @param reach where it may go
   * @param resolved whether it hears of what is over
   */
  record Options(Reach reach, Resolved resolved) {}

  /**
   * A webhook in Alertmanager's shape, signed by Standard Webhooks.
   *
   * @param url where
   * @param secrets newest first, none to two
   * @param options options
   */
  record Webhook(URI url, List<Secret> secrets, Options options) implements Channel {
    /** Copies. */
    public Webhook {
      secrets = List.copyOf(secrets);
    }

    @Override
    public String kind() {
      return "webhook";
    }

    @Override
    public String address() {
      return url.toString();
    }

    @Override
    public String toString() {
      return kind() + " at " + shown(url) + ", " + options;
    }
  }

  /**
   * Slack's incoming webhook. Its address is the secret.
   *
   * @param url where
   * @param options options
   */
  record Slack(URI url, Options options) implements Channel {
    @Override
    public String kind() {
      return "slack";
    }

    @Override
    public String address() {
      return url.toString();
    }

    @Override
    public String toString() {
      return kind() + " at " + url.getHost() + ", " + options;
    }
  }

  /**
   * PagerDuty Events v2.
   *
   * @param url where
   * @param routingKey the service's key
   * @param options options
   */
  record PagerDuty(URI url, Secret routingKey, Options options) implements Channel {
    @Override
    public String kind() {
      return "pagerduty";
    }

    @Override
    public String address() {
      return url + " " + routingKey.value();
    }

    @Override
    public String toString() {
      return kind() + " at " + shown(url) + ", " + options;
    }
  }

  /**
   * An Alertmanager, by its API v2.
   *
   * @param url its own address; the path of the API is added
   * @param token sent as a bearer's; empty for none
   * @param options options
   */
  record Alertmanager(URI url, Optional<Secret> token, Options options) implements Channel {
    @Override
    public String kind() {
      return "alertmanager";
    }

    @Override
    public String address() {
      return url.toString();
    }

    @Override
    public String toString() {
      return kind() + " at " + shown(url) + ", " + options;
    }
  }

  /** An address as people may see it: without user, query and fragment, which may be secret. */
  static String shown(URI url) {
    String port = url.getPort() < 0 ? "" : ":" + url.getPort();
    return url.getScheme() + "://" + url.getHost() + port + url.getRawPath();
  }
}
