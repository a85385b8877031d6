package io.evenkeel.standalone.up;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.topic.Topics;
import io.evenkeel.standalone.supervisor.ServiceSpec;
import io.evenkeel.standalone.supervisor.ServiceSpec.Restart;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerStartIT {

  @TempDir Path dir;

  @Test
  void shouldMoveBrokerAndItsNeighboursToAnotherPortWhenSomebodyWasQuicker() throws Exception {
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    try (ServerSocket quicker = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        DataFolder folder = DataFolder.open(dir)) {
      Console console =
          new Console(new PrintStream(told, true, StandardCharsets.UTF_8), folder.logs());
      Fleet fleet = new Fleet(folder, console);
      Installation installation = new Installation(dir);
      List<Integer> chosen = new ArrayList<>();
      // At the first look the port was free, so to say.
      IntFunction<Services> late =
          port -> {
            chosen.add(chosen.isEmpty() ? quicker.getLocalPort() : port);
            return new Services(installation, folder, chosen.getLast());
          };
      try {
        BrokerStart broker = BrokerStart.begin(folder, fleet, console, late);
        broker.beside(services -> fleet.start(neighbour(services.bootstrap())));

        Services services = broker.await();
        fleet.awaitReady(broker.besides());

        assertThat(chosen).hasSize(2);
        assertThat(services.bootstrap()).isEqualTo("127.0.0.1:" + chosen.get(1));
        try (Admin admin =
            Admin.create(
                Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, services.bootstrap()))) {
          assertThat(admin.listTopics().names().get(30, TimeUnit.SECONDS)).contains(Topics.RULES);
        }
        assertThat(broker.besides()).hasSize(1).allMatch(service -> service.pid().isPresent());
      } finally {
        console.stopping();
        fleet.stop();
      }
      assertThat(Files.readAllLines(folder.logs().resolve("neighbour.log")))
          .contains("told 127.0.0.1:" + chosen.get(0), "told 127.0.0.1:" + chosen.get(1));
      assertThat(told.toString(StandardCharsets.UTF_8))
          .contains("127.0.0.1:" + chosen.get(0) + " taken; another port is tried");
    }
  }

  private static ServiceSpec neighbour(String bootstrap) {
    return new ServiceSpec(
        "neighbour",
        List.of(
            "sh",
            "-c",
            "echo told "
                + bootstrap
                + "; echo EVENKEEL-READY neighbour; while :; do sleep 0.05; done"),
        Map.of(),
        Duration.ofSeconds(20),
        Restart.ALWAYS,
        ServiceSpec.NO_LIMIT);
  }
}
