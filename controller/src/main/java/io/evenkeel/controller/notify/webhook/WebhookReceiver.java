package io.evenkeel.controller.notify.webhook;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.controller.notify.Notice;
import io.evenkeel.controller.notify.Receiver;
import io.evenkeel.controller.notify.Receiver.Outcome.Delivered;
import io.evenkeel.controller.notify.Receiver.Outcome.Gone;
import io.evenkeel.controller.notify.Receiver.Outcome.Retry;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Posts notices to one address. Redirects are not followed, the answer's body is not read, and no
 * try takes longer than a few seconds.
 */
public final class WebhookReceiver implements Receiver {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final String id;
  private final URI url;
  private final WebhookSignature signature;
  private final WebhookBody body;
  private final TargetCheck check;
  private final HttpClient http;
  private final Duration timeout;
  private final Clock clock;

  /**
   * A receiver.
   *
   * @param url address
   * @param signature how to sign
   * @param check which addresses are allowed
   * @param externalUrl the UI's address, empty if unknown
   * @param http client from {@link #client()}
   * @param clock wall time
   */
  public WebhookReceiver(
      URI url,
      WebhookSignature signature,
      TargetCheck check,
      String externalUrl,
      HttpClient http,
      Clock clock) {
    this(url, signature, check, externalUrl, http, clock, TIMEOUT);
  }

  WebhookReceiver(
      URI url,
      WebhookSignature signature,
      TargetCheck check,
      String externalUrl,
      HttpClient http,
      Clock clock,
      Duration timeout) {
    this.url = url;
    this.id = "webhook-" + fingerprint(url.toString());
    this.signature = signature;
    this.body = new WebhookBody(externalUrl);
    this.check = check;
    this.http = http;
    this.clock = clock;
    this.timeout = timeout;
  }

  /** A client for any number of receivers. */
  public static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(Duration.ofSeconds(3))
        .build();
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

  @Override
  public String id() {
    return id;
  }

  @Override
  public String shownUrl() {
    String port = url.getPort() < 0 ? "" : ":" + url.getPort();
    // A query often carries a token.
    return url.getScheme() + "://" + url.getHost() + port + url.getRawPath();
  }

  @Override
  public Outcome deliver(Notice notice) throws InterruptedException {
    try {
      Optional<String> refused = check.refuse(url.getHost());
      if (refused.isPresent()) {
        return retry(ErrorId.WEBHOOK_TARGET.id() + ": " + refused.get());
      }
    } catch (UnknownHostException e) {
      return retry("The host " + url.getHost() + " has no address");
    }
    try {
      HttpResponse<InputStream> response = http.send(request(notice), BodyHandlers.ofInputStream());
      // Closing it unread ends the connection if there is much of it.
      response.body().close();
      return outcome(response);
    } catch (IOException e) {
      return retry(e.getClass().getSimpleName() + ": " + e.getMessage());
    }
  }

  private HttpRequest request(Notice notice) {
    Instant now = clock.instant();
    String content = body.of(notice, id);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .timeout(timeout)
            .header("content-type", "application/json")
            .header("user-agent", "Evenkeel")
            .header("webhook-id", notice.id())
            .header("webhook-timestamp", Long.toString(now.getEpochSecond()))
            .POST(HttpRequest.BodyPublishers.ofString(content));
    if (signature.signs()) {
      request.header("webhook-signature", signature.sign(notice.id(), now, content));
    }
    return request.build();
  }

  private Outcome outcome(HttpResponse<InputStream> response) {
    int status = response.statusCode();
    if (status >= 200 && status < 300) {
      return new Delivered("HTTP " + status);
    }
    if (status == 410) {
      return new Gone("HTTP 410");
    }
    Optional<Duration> after =
        response.headers().firstValue("retry-after").flatMap(this::retryAfter);
    return new Retry("HTTP " + status, after);
  }

  /** Seconds, or a date in HTTP's form; anything else is ignored. */
  private Optional<Duration> retryAfter(String value) {
    try {
      return Optional.of(Duration.ofSeconds(Math.max(0, Long.parseLong(value.trim()))));
    } catch (NumberFormatException notSeconds) {
      try {
        Instant at =
            ZonedDateTime.parse(value.trim(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        Duration wait = Duration.between(clock.instant(), at);
        return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
      } catch (DateTimeException notDate) {
        return Optional.empty();
      }
    }
  }

  private static Retry retry(String detail) {
    return new Retry(detail, Optional.empty());
  }
}
