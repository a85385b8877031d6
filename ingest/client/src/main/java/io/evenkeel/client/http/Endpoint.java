package io.evenkeel.client.http;

import io.evenkeel.client.buffer.TransportException;
import io.evenkeel.client.http.GatewayOptions.Compression;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A gateway at its address, with one HTTP client, made when it is first needed, and the threads
 * that it works on. Each request waits for its answer; an interrupt gives it up. Thread-safe.
 */
final class Endpoint {

  /** Room for what a gateway says of a batch, bytes. */
  private static final int MAX_ANSWER_BYTES = 4 << 20;

  /** Room for commands and alerts in one answer, bytes. */
  private static final int MAX_POLL_BYTES = 32 << 20;

  private static final String PROTOBUF = "application/x-protobuf";
  private static final int WORTH_COMPRESSING = 1_024;
  private static final int IDLE_SECONDS = 5;

  private final GatewayOptions options;
  private final String base;

  // Not the JVM's common pool, which a trainer may keep busy for as long as it likes.
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          work -> {
            Thread thread = new Thread(work, "evenkeel-http");
            thread.setDaemon(true);
            return thread;
          });

  private @Nullable HttpClient client;

  Endpoint(GatewayOptions options) {
    this.options = options;
    String address = options.address().toString();
    this.base = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
  }

  String address() {
    return base;
  }

  /** Daemon threads, which end when they have had nothing to do for a few seconds. */
  Executor threads() {
    return threads;
  }

  // On a transport's thread, where a failure (no file descriptors, no TLS) is one more reason to
  // try again, and not on the training thread.
  private synchronized HttpClient client() {
    if (client == null) {
      boolean tls = "https".equalsIgnoreCase(options.address().getScheme());
      client =
          HttpClient.newBuilder()
              .executor(threads)
              .connectTimeout(options.timeouts().connect())
              // Without TLS version 2 begins with an upgrade that not every proxy lets pass.
              .version(tls ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
              // The token is for this address alone.
              .followRedirects(HttpClient.Redirect.NEVER)
              .build();
    }
    return client;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path)).header("User-Agent", "evenkeel-client");
  }

  private HttpRequest.Builder authorized(String path) {
    return request(path).header("Authorization", "Bearer " + options.token());
  }

  /**
   * Asks whether somebody takes requests; no token is needed.
   *
   * @throws TransportException if no whole answer came in time
   */
  Reply probe() throws TransportException, InterruptedException {
    return send(
        request("/actuator/health/readiness").GET(),
        MAX_ANSWER_BYTES,
        options.timeouts().request());
  }

  /**
   * Sends records.
   *
   * @throws TransportException if no whole answer came in time; the records may have arrived
   */
  Reply post(String path, byte[] batch) throws TransportException, InterruptedException {
    HttpRequest.Builder request =
        authorized(path).header("Content-Type", PROTOBUF).header("Accept", "application/json");
    byte[] body = batch;
    if (options.compression() == Compression.GZIP && batch.length >= WORTH_COMPRESSING) {
      body = compressed(batch);
      request.header("Content-Encoding", "gzip");
    }
    return send(
        request.POST(BodyPublishers.ofByteArray(body)),
        MAX_ANSWER_BYTES,
        options.timeouts().request());
  }

  private static byte[] compressed(byte[] bytes) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream(bytes.length / 2);
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return compressed.toByteArray();
  }

  /**
   * Asks for commands or alerts.
   *
   * @param wait how long the gateway may wait by itself; the time of a request comes on top
   * @throws TransportException if no whole answer came in time
   */
  Reply get(String path, Duration wait) throws TransportException, InterruptedException {
    return send(
        authorized(path).header("Accept", PROTOBUF).GET(),
        MAX_POLL_BYTES,
        wait.plus(options.timeouts().request()));
  }

  private Reply send(HttpRequest.Builder request, int maxBytes, Duration limit)
      throws TransportException, InterruptedException {
    try {
      HttpResponse<byte[]> response =
          client().send(request.timeout(limit).build(), head -> new BoundedBody(maxBytes, limit));
      return new Reply(
          response.statusCode(),
          response.headers().firstValue("Content-Type").orElse(""),
          response.headers().firstValue("Retry-After"),
          response.headers().firstValue("Evenkeel-Next"),
          response.body());
    } catch (IOException | RuntimeException e) {
      throw new TransportException("No answer from " + base + ": " + reason(e), e);
    }
  }

  private static String reason(Exception failure) {
    if (failure instanceof HttpTimeoutException || failure.getCause() instanceof TimeoutException) {
      return "none in time";
    }
    String message = failure.getMessage();
    return failure.getClass().getSimpleName() + (message == null ? "" : " (" + message + ")");
  }
}
