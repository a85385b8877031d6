package io.evenkeel.standalone.sink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server that takes alert notices at {@code /notices}. */
public final class WebhookSink implements AutoCloseable {
  private static final String PATH = "/notices";
  private static final int BODY_LIMIT_BYTES = 1 << 20;
  private static final int NOTICE_LIMIT = 10_000;
  private static final Set<String> STATUSES = Set.of("firing", "resolved");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService executor;
  private final WebhookSignature signature;
  private final Clock clock;
  private final Map<String, Notice> notices = new LinkedHashMap<>();
  private int rejected;

  private WebhookSink(
      HttpServer server, ExecutorService executor, WebhookSignature signature, Clock clock) {
    this.server = server;
    this.executor = executor;
    this.signature = signature;
    this.clock = clock;
  }

  /**
   * Starts it on the loopback address.
   *
   * @param port TCP port, or 0 for any free one
   * @param secret {@code whsec_...} that notices must be signed with
   * @param clock gives the times of arrival
   * @throws IOException if the port is not free
   */
  public static WebhookSink start(int port, String secret, Clock clock) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
    ExecutorService executor =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("webhook-sink").factory());
    WebhookSink sink = new WebhookSink(server, executor, new WebhookSignature(secret), clock);
    server.createContext(PATH, sink::take);
    server.setExecutor(executor);
    server.start();
    return sink;
  }

  /** Where notices are to be sent. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + PATH);
  }

  /** Every notice received so far, by first arrival; tries of the same id count once. */
  public synchronized List<Notice> notices() {
    return List.copyOf(new ArrayList<>(notices.values()));
  }

  /** Requests refused: a wrong signature, a body that is not a notice, or too many. */
  public synchronized int rejected() {
    return rejected;
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange;
        InputStream in = exchange.getRequestBody()) {
      byte[] body = in.readNBytes(BODY_LIMIT_BYTES + 1);
      exchange.sendResponseHeaders(answer(exchange, body), -1);
    }
  }

  private synchronized int answer(HttpExchange exchange, byte[] body) {
    int status = judge(exchange, body);
    if (status >= 300) {
      rejected++;
    }
    return status;
  }

  private int judge(HttpExchange exchange, byte[] body) {
    if (!exchange.getRequestMethod().equals("POST")) {
      return 405;
    }
    if (body.length > BODY_LIMIT_BYTES || notices.size() >= NOTICE_LIMIT) {
      return 413;
    }
    String id = header(exchange, "webhook-id");
    boolean signed =
        signature.matches(
            id,
            header(exchange, "webhook-timestamp"),
            header(exchange, "webhook-signature"),
            body,
            clock.instant());
    if (id.isEmpty() || !signed) {
      return 401;
    }
    String status;
    try {
      JsonNode json = JSON.readTree(body);
      status = json == null ? "" : json.path("status").asText("");
    } catch (IOException e) {
      return 400;
    }
    if (!STATUSES.contains(status)) {
      return 400;
    }
    notices.putIfAbsent(id, new Notice(id, status, clock.instant()));
    return 204;
  }

  private static String header(HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }
}
