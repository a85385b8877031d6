package io.evenkeel.client.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.RecordBatches;
import io.evenkeel.contract.wire.WireException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;

/**
 * Answers as no gateway does on demand. What a gateway really does is tested against a real one, in
 * its own module.
 */
final class FakeGateway implements AutoCloseable {

  /** Answers one request for records. */
  interface Script {
    void answer(HttpExchange exchange, List<byte[]> records) throws IOException;
  }

  /** Telemetry that was accepted, in the order of its arrival. */
  final List<StepTelemetry> accepted = Collections.synchronizedList(new ArrayList<>());

  /** Sizes of the batches in which it came. */
  final List<Integer> batches = Collections.synchronizedList(new ArrayList<>());

  final List<HttpExchange> posts = Collections.synchronizedList(new ArrayList<>());
  final Queue<Script> script = new ConcurrentLinkedQueue<>();
  final Queue<Integer> readiness = new ConcurrentLinkedQueue<>();
  final AtomicInteger probes = new AtomicInteger();

  /** When the script is at its end. */
  volatile Script otherwise = this::accept;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  FakeGateway() throws IOException {
    this(0);
  }

  FakeGateway(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
    server.setExecutor(threads);
    server.createContext("/actuator/health/readiness", this::ready);
    server.createContext("/api/v1/telemetry", this::post);
    server.start();
  }

  /** Another path, such as that of commands. */
  void handle(String path, com.sun.net.httpserver.HttpHandler handler) {
    server.createContext(path, handler);
  }

  GatewayOptions options() {
    return GatewayOptions.of(address(), "evk_test");
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void ready(HttpExchange exchange) throws IOException {
    probes.incrementAndGet();
    Integer status = readiness.poll();
    reply(exchange, status == null ? 200 : status, "application/json", "{\"status\":\"?\"}");
  }

  private void post(HttpExchange exchange) throws IOException {
    List<byte[]> records = records(exchange);
    posts.add(exchange);
    Script next = script.poll();
    (next == null ? otherwise : next).answer(exchange, records);
  }

  private static List<byte[]> records(HttpExchange exchange) throws IOException {
    boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    try (InputStream raw = exchange.getRequestBody();
        InputStream body = gzip ? new GZIPInputStream(raw) : raw) {
      return RecordBatches.decode(body.readAllBytes(), 10_000);
    } catch (WireException e) {
      throw new IOException(e);
    }
  }

  /** Takes every record and says so. */
  void accept(HttpExchange exchange, List<byte[]> records) throws IOException {
    take(records);
    reply(
        exchange, 200, "application/json", "{\"accepted\":" + records.size() + ",\"rejected\":0}");
  }

  void take(List<byte[]> records) {
    batches.add(records.size());
    records.forEach(record -> accepted.add(telemetry(record)));
  }

  static StepTelemetry telemetry(byte[] record) {
    try {
      return Codecs.STEP_TELEMETRY.decode(record);
    } catch (WireException e) {
      throw new AssertionError(e);
    }
  }

  static Script status(int status, String contentType, String body, String... headers) {
    return (exchange, records) -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
      }
      reply(exchange, status, contentType, body);
    };
  }

  static void reply(HttpExchange exchange, int status, String contentType, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", contentType);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
