package io.evenkeel.writer.metrics;

import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import java.io.IOException;

/** Serves the metrics at {@code /metrics}, on all addresses of the machine. */
public final class MetricsServer implements AutoCloseable {

  private final HTTPServer server;

  private MetricsServer(HTTPServer server) {
    this.server = server;
  }

  /**
   * Begins to serve.
   *
   * @param port TCP port; 0 for any that is free
   * @throws IOException if the port is taken
   */
  public static MetricsServer start(int port, WriterMetrics metrics) throws IOException {
    return new MetricsServer(
        HTTPServer.builder().port(port).registry(metrics.registry()).buildAndStart());
  }

  /** The port it listens on. */
  public int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.close();
  }
}
