package io.evenkeel.gateway.app;

import io.evenkeel.gateway.limit.Limits;
import io.evenkeel.gateway.otlp.OtlpSettings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the gateway is told by its environment.
 *
 * @param bootstrap Kafka's address, {@code host:port[,host:port...]}
 * @param port TCP port; 0 for any free one
 * @param address address to listen on; empty for all
 * @param data the folder of Evenkeel's data; the port is written to {@code gateway/port} in it
 * @param tokens the token file
 * @param limits bounds of requests
 * @param otlp how the steps of OTLP exports are gathered
 */
public record GatewayConfig(
    String bootstrap,
    int port,
    String address,
    Path data,
    Path tokens,
    Limits limits,
    OtlpSettings otlp) {

  /** The same with the standard settings for OTLP. */
  public GatewayConfig(
      String bootstrap, int port, String address, Path data, Path tokens, Limits limits) {
    this(bootstrap, port, address, data, tokens, limits, OtlpSettings.STANDARD);
  }

  static final String BOOTSTRAP = "EVENKEEL_KAFKA_BOOTSTRAP";
  static final String PORT = "EVENKEEL_GATEWAY_PORT";
  static final String ADDRESS = "EVENKEEL_GATEWAY_ADDRESS";
  static final String DATA = "EVENKEEL_DATA";
  static final String TOKENS = "EVENKEEL_GATEWAY_TOKENS";
  static final String RECORDS_PER_SECOND = "EVENKEEL_GATEWAY_RECORDS_PER_SECOND";
  static final String BYTES_PER_SECOND = "EVENKEEL_GATEWAY_BYTES_PER_SECOND";
  static final String OTLP_QUIET_MILLIS = "EVENKEEL_GATEWAY_OTLP_QUIET_MILLIS";

  private static final long STANDARD_PORT = 8090;
  private static final long LAST_PORT = 65_535;

  /**
   * Reads the environment.
   *
   * @throws IllegalArgumentException with all problems in its message
   */
  public static GatewayConfig of(Map<String, String> environment) {
    Reader reader = new Reader(environment, new ArrayList<>());
    String bootstrap = reader.text(BOOTSTRAP, "localhost:9092");
    if (!bootstrap.matches("[^\\s,:]+:\\d{1,5}(,[^\\s,:]+:\\d{1,5})*")) {
      reader.problems().add(BOOTSTRAP + " must be host:port[,host:port...]");
    }
    int port = (int) reader.number(PORT, STANDARD_PORT, 0, LAST_PORT);
    Path data = reader.path(DATA, Path.of(".evenkeel"));
    Path tokens = reader.path(TOKENS, data.resolve("gateway").resolve("tokens.json"));
    Limits limits =
        Limits.STANDARD.withRates(
            reader.number(
                RECORDS_PER_SECOND, Limits.STANDARD.recordsPerSecond(), 1, Limits.MAX_RATE),
            reader.number(BYTES_PER_SECOND, Limits.STANDARD.bytesPerSecond(), 1, Limits.MAX_RATE));
    Duration quiet =
        Duration.ofMillis(
            reader.number(
                OTLP_QUIET_MILLIS,
                OtlpSettings.STANDARD.quiet().toMillis(),
                1,
                OtlpSettings.STANDARD.longest().toMillis()));
    if (!reader.problems().isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", reader.problems()));
    }
    return new GatewayConfig(
        bootstrap,
        port,
        reader.text(ADDRESS, ""),
        data,
        tokens,
        limits,
        OtlpSettings.STANDARD.withQuiet(quiet));
  }

  private record Reader(Map<String, String> environment, List<String> problems) {

    String text(String name, String standard) {
      String value = environment.getOrDefault(name, "").strip();
      return value.isEmpty() ? standard : value;
    }

    long number(String name, long standard, long least, long most) {
      String value = text(name, Long.toString(standard));
      if (value.matches("\\d{1,18}")) {
        long number = Long.parseLong(value);
        if (number >= least && number <= most) {
          return number;
        }
      }
      problems.add(name + " must be a whole number from " + least + " to " + most);
      return standard;
    }

    Path path(String name, Path standard) {
      String value = text(name, "");
      try {
        return value.isEmpty() ? standard : Path.of(value);
      } catch (InvalidPathException e) {
        problems.add(name + " is no path");
        return standard;
      }
    }
  }
}
