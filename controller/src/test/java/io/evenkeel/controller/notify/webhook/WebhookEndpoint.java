package io.evenkeel.controller.notify.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** A real HTTP server that keeps what it gets, and answers as told. */
public final class WebhookEndpoint implements AutoCloseable {

  /**
   * What came.
   *
   * @param at when
   * @param headers first value of each header, names in lower case
   * @param body body
   */
  public record Received(Instant at, Map<String, String> headers, String body) {}

  /**
   * An answer.
   *
   * @param status status; 0 hangs until the server is closed
   * @param header a header, or null
   * @param value its value
   * @param length of the body; -1 for none
   */
  public record Answer(int status, String header, String value, long length) {}

  private static final Answer OK = new Answer(204, null, "", -1);

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<Answer> script = new ConcurrentLinkedQueue<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicLong written = new AtomicLong();

  /** Starts on a free port of loopback. */
  public WebhookEndpoint() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Map<String, String> headers = new java.util.TreeMap<>();
      exchange
          .getRequestHeaders()
          .forEach((name, values) -> headers.put(name.toLowerCase(), values.getFirst()));
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      received.add(new Received(Instant.now(), headers, body));
      Answer next = script.poll();
      answer(exchange, next == null ? OK : next);
    }
  }

  private void answer(HttpExchange exchange, Answer answer) throws IOException {
    if (answer.status() == 0) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return;
    }
    if (answer.header() != null) {
      exchange.getResponseHeaders().add(answer.header(), answer.value());
    }
    exchange.sendResponseHeaders(answer.status(), answer.length());
    byte[] chunk = new byte[64 * 1024];
    for (long left = answer.length(); left > 0; left -= chunk.length) {
      int length = (int) Math.min(chunk.length, left);
      exchange.getResponseBody().write(chunk, 0, length);
      written.addAndGet(length);
    }
  }

  /** The next answers, in order; after them 204. */
  public WebhookEndpoint answering(Answer... answers) {
    script.addAll(List.of(answers));
    return this;
  }

  /** A bare status as answer. */
  public static Answer status(int status) {
    return new Answer(status, null, "", -1);
  }

  /** Its address. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook?token=secret");
  }

  /** What came so far. */
  public List<Received> received() {
    return List.copyOf(received);
  }

  /** Bytes of answers' bodies that have left so far. */
  public long written() {
    return written.get();
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
