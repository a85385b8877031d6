package io.evenkeel.bench.alert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Who is told, and what Prometheus looks at: a server on loopback that notes when the first webhook
 * about each run came, from either side, and shows which runs' conditions are true now.
 * Thread-safe.
 */
final class Listener implements AutoCloseable {
  private static final String METRIC = "trainer_gradient_norm_not_finite";
  private static final int OK = 200;

  private static final JsonMapper JSON = new JsonMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<String> holding = ConcurrentHashMap.newKeySet();
  private final Map<String, Long> ours = new ConcurrentHashMap<>();
  private final Map<String, Long> alertmanagers = new ConcurrentHashMap<>();

  Listener() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/evenkeel", exchange -> webhook(exchange, ours));
    server.createContext("/alertmanager", exchange -> webhook(exchange, alertmanagers));
    server.createContext("/metrics", this::metrics);
    server.start();
  }

  /** {@code host:port}. */
  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Where Evenkeel tells. */
  URI evenkeel() {
    return URI.create("http://" + address() + "/evenkeel");
  }

  /** Where Alertmanager tells. */
  URI alertmanager() {
    return URI.create("http://" + address() + "/alertmanager");
  }

  /** A run's condition is true from now on, for who looks at the metrics. */
  void holds(String run) {
    holding.add(run);
  }

  /** When Evenkeel's first webhook about each run had come, by {@link System#nanoTime}. */
  Map<String, Long> ours() {
    return ours;
  }

  /** The same of Alertmanager's. */
  Map<String, Long> alertmanagers() {
    return alertmanagers;
  }

  private void webhook(HttpExchange exchange, Map<String, Long> moments) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      long now = System.nanoTime();
      for (JsonNode alert : JSON.readTree(body).path("alerts")) {
        if (alert.path("status").asText().equals("firing")) {
          moments.putIfAbsent(alert.path("labels").path("run").asText(), now);
        }
      }
      exchange.sendResponseHeaders(OK, -1);
    }
  }

  /** What has been told is shown no more, so that a scrape stays as small as a trainer's. */
  private void metrics(HttpExchange exchange) throws IOException {
    try (exchange) {
      holding.removeAll(alertmanagers.keySet());
      StringBuilder text = new StringBuilder("# TYPE " + METRIC + " gauge\n");
      for (String run : holding) {
        text.append(METRIC).append("{run=\"").append(run).append("\"} 1\n");
      }
      byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
      exchange.sendResponseHeaders(OK, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** The condition, in Prometheus' language. */
  static String expression() {
    return METRIC + " > 0";
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
