package io.evenkeel.trainer.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.RecordBatches;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Which way a trainer takes, and that it trains whatever becomes of it. */
final class UplinksTest {
  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private static TrainOptions options(String... arguments) {
    TrainOptions options = new TrainOptions();
    new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments);
    return options;
  }

  private int train(String... arguments) {
    CommandLine command = TrainerMain.commandLine();
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    List<String> all = new ArrayList<>(List.of("train", "--config", "tiny", "--threads", "1"));
    all.addAll(List.of(arguments));
    return command.execute(all.toArray(String[]::new));
  }

  @Test
  void shouldTrainAloneWhenNobodyIsNamed() throws Exception {
    Uplink uplink = Uplinks.of(options("--bootstrap", ""), Map.of());

    assertThat(uplink.publisher()).isEmpty();
    assertThat(uplink.commands("r")).isEmpty();
    assertThat(uplink.alerts("r")).isEmpty();
  }

  @Test
  void shouldTakeTheGatewayBeforeKafkaWhenBothAreNamed() throws Exception {
    Uplink uplink =
        Uplinks.of(
            options("--bootstrap", "127.0.0.1:1", "--gateway", "http://127.0.0.1:2"),
            Map.of(Uplinks.TOKEN, " evk_secret\n"));

    Optional<TelemetryPublisher> publisher = uplink.publisher();
    assertThat(publisher).isPresent();
    publisher.get().close(java.time.Duration.ZERO);
    assertThat(uplink.toString()).contains("Gateway").doesNotContain("evk_secret");
  }

  @Test
  void shouldSayWhatIsWrongWithAGatewayBeforeAnythingIsTrained() throws Exception {
    Path token = Files.writeString(directory.resolve("token"), "\n");
    Path book = Files.writeString(directory.resolve("book"), "x".repeat(10_000));
    for (String[] wrong :
        new String[][] {
          {"--gateway", "http://h", "--token-file", token.toString()},
          {"--gateway", "http://h", "--token-file", book.toString()},
          {"--gateway", "http://h", "--token-file", directory.resolve("none").toString()},
        }) {
      assertThatThrownBy(() -> Uplinks.of(options(wrong), Map.of(Uplinks.TOKEN, "t")))
          .isInstanceOf(UnusableException.class)
          .hasMessageContaining("token");
    }
    for (String url :
        List.of("localhost:8090", "ftp://h", "http://", "http://u@h", "http://h?a=b", "h t")) {
      assertThatThrownBy(
              () -> Uplinks.of(options("--gateway", url), Map.of(Uplinks.TOKEN, "evk_secret")))
          .isInstanceOf(UnusableException.class)
          .hasMessageContaining("--gateway")
          .hasMessageNotContaining("evk_secret");
    }
    assertThat(train("--gateway", "http://h", "--token-file", token.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("EVK-TRAINER-CONFIG", "EVENKEEL_TOKEN");
  }

  @Test
  void shouldTrainToTheEndWhenTheGatewayIsNotThere() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path token = Files.writeString(directory.resolve("token"), "evk_t\n");

    assertThat(
            train(
                "--steps",
                "5",
                "--gateway",
                "http://127.0.0.1:" + port,
                "--token-file",
                token.toString()))
        .isZero();

    assertThat(out.toString()).contains("Finished", "dropped 5");
  }

  @Test
  void shouldSendEveryStepThroughTheGateway() throws Exception {
    List<Long> steps = Collections.synchronizedList(new ArrayList<>());
    HttpServer gateway =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    gateway.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          String answer = "{}";
          int status = 200;
          try {
            if (exchange.getRequestMethod().equals("POST")) {
              List<byte[]> records = RecordBatches.decode(body, 1_000);
              answer = "{\"accepted\":" + records.size() + ",\"rejected\":0}";
              if (exchange.getRequestURI().getPath().endsWith("/telemetry")) {
                for (byte[] record : records) {
                  steps.add(Codecs.STEP_TELEMETRY.decode(record).key().step());
                }
              }
            } else if (exchange.getRequestURI().getPath().startsWith("/api/")) {
              // Commands and alerts are not what this is about; the trainer lives without.
              status = 503;
            }
          } catch (io.evenkeel.contract.wire.WireException e) {
            status = 400;
          }
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    gateway.start();
    Path token = Files.writeString(directory.resolve("token"), "evk_t");
    try {
      assertThat(
              train(
                  "--steps",
                  "8",
                  "--gateway",
                  "http://127.0.0.1:" + gateway.getAddress().getPort(),
                  "--token-file",
                  token.toString()))
          .isZero();
    } finally {
      gateway.stop(0);
    }
    assertThat(steps).containsExactlyElementsOf(LongStream.range(0, 8).boxed().toList());
    assertThat(out.toString()).contains("dropped 0");
  }
}
