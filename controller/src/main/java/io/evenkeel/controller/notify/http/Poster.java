package io.evenkeel.controller.notify.http;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.controller.notify.Receiver.Outcome;
import io.evenkeel.controller.notify.Receiver.Outcome.Delivered;
import io.evenkeel.controller.notify.Receiver.Outcome.Gone;
import io.evenkeel.controller.notify.Receiver.Outcome.Retry;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;

/**
 * Posts JSON to one address. Redirects are not followed, no more than the beginning of an answer is
 * read, and no try takes longer than a few seconds, however the other side drips. What is secret is
 * taken out of what it says.
 */
public final class Poster {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final int MOST_READ_BYTES = 4_096;
  private static final int MOST_TOLD = 300;

  private final URI url;
  private final TargetCheck check;
  private final HttpClient http;
  private final Clock clock;
  private final Duration timeout;
  private final List<String> secrets;

  /**
   * A poster.
   *
   * @param url address
   * @param check which addresses are allowed
   * @param http client from {@link #client()}
   * @param clock wall time
   * @param secrets never told
   */
  public Poster(URI url, TargetCheck check, HttpClient http, Clock clock, List<String> secrets) {
    this(url, check, http, clock, secrets, TIMEOUT);
  }

  /** The same with another bound on time. */
  public Poster(
      URI url,
      TargetCheck check,
      HttpClient http,
      Clock clock,
      List<String> secrets,
      Duration timeout) {
    this.url = url;
    this.check = check;
    this.http = http;
    this.clock = clock;
    this.timeout = timeout;
    this.secrets = secrets.stream().filter(secret -> !secret.isBlank()).toList();
  }

  /** A client for any number of posters. */
  public static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(CONNECT)
        .build();
  }

  /** Posts once. */
  public Outcome post(String body, Map<String, String> headers) throws InterruptedException {
    try {
      Optional<String> refused = check.refuse(url.getHost());
      if (refused.isPresent()) {
        return retry(ErrorId.WEBHOOK_TARGET.id() + ": " + refused.get());
      }
    } catch (UnknownHostException e) {
      return retry("The host " + url.getHost() + " has no address");
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .timeout(timeout)
            .header("content-type", "application/json")
            .header("user-agent", "Evenkeel")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    headers.forEach(request::header);
    return send(request.build());
  }

  private Outcome send(HttpRequest request) throws InterruptedException {
    // The status comes before the body, and decides even if the body never ends.
    AtomicInteger status = new AtomicInteger();
    CompletableFuture<HttpResponse<String>> answer =
        http.sendAsync(
            request,
            info -> {
              status.set(info.statusCode());
              return new BoundedText(MOST_READ_BYTES);
            });
    try {
      return outcome(answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      answer.cancel(true);
      return isTaken(status.get())
          ? new Delivered("HTTP " + status.get() + ", whose body did not end")
          : retry("Timeout: no whole answer within " + timeout.toMillis() + " ms");
    } catch (ExecutionException e) {
      return isTaken(status.get())
          ? new Delivered("HTTP " + status.get() + ", whose body broke off")
          : retry(failure(e.getCause() == null ? e : e.getCause()));
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    }
  }

  private static boolean isTaken(int status) {
    return status >= 200 && status < 300;
  }

  private static String failure(Throwable cause) {
    for (Throwable at = cause; at != null; at = at.getCause()) {
      if (at instanceof SSLException) {
        return "TLS failed: " + at.getMessage();
      }
    }
    if (cause instanceof ConnectException) {
      return "Nobody answers there (ConnectException)";
    }
    return cause.getClass().getSimpleName() + ": " + cause.getMessage();
  }

  private Outcome outcome(HttpResponse<String> response) {
    int status = response.statusCode();
    String told = legible("HTTP " + status + " " + response.body()).trim();
    if (isTaken(status)) {
      return new Delivered(told);
    }
    if (status == 410) {
      return new Gone(told);
    }
    if (status >= 300 && status < 400) {
      told = "HTTP " + status + ": redirects are not followed";
    }
    return new Retry(told, response.headers().firstValue("retry-after").flatMap(this::retryAfter));
  }

  /** One line, not too long, without secrets. */
  private String legible(String text) {
    String told = text;
    for (String secret : secrets) {
      told = told.replace(secret, "***");
    }
    told = told.replaceAll("[\\p{Cntrl}\\p{Cs}\\uFFFD]+", " ");
    return told.length() > MOST_TOLD ? told.substring(0, MOST_TOLD) + "..." : told;
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

  private Retry retry(String detail) {
    return new Retry(legible(detail), Optional.empty());
  }
}
