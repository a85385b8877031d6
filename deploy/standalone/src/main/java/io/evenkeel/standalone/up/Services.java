package io.evenkeel.standalone.up;

import io.evenkeel.standalone.supervisor.ServiceSpec;
import io.evenkeel.standalone.supervisor.ServiceSpec.Restart;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How each service is started. */
final class Services {
  /**
   * Generous, since a cold machine compiles and reads everything from disk; lateness is told, not
   * punished.
   */
  private static final Duration READY_LIMIT = Duration.ofSeconds(60);

  /** A trainer that cannot even begin says why in its log; trying for ever would hide it. */
  private static final int TRAINER_RESTARTS = 3;

  private static final String GATEWAY = "ingest/gateway";

  /** Room for the bodies of several requests at once, each of some megabytes. */
  private static final int GATEWAY_HEAP_MEGABYTES = 256;

  private static final int TOKEN_HEAP_MEGABYTES = 32;

  private final Installation installation;
  private final DataFolder folder;
  private final int kafkaPort;

  Services(Installation installation, DataFolder folder, int kafkaPort) {
    this.installation = installation;
    this.folder = folder;
    this.kafkaPort = kafkaPort;
  }

  String bootstrap() {
    return "127.0.0.1:" + kafkaPort;
  }

  ServiceSpec kafka() {
    return new ServiceSpec(
        "kafka",
        java(
            System.getProperty("java.class.path"),
            Tier.QUICK,
            384,
            "io.evenkeel.standalone.broker.KafkaMain",
            List.of(folder.root().toString(), Integer.toString(kafkaPort))),
        Map.of(),
        READY_LIMIT,
        Restart.ALWAYS,
        ServiceSpec.NO_LIMIT);
  }

  ServiceSpec writer(DatabaseAddress database) throws IOException {
    ServiceSpec writer =
        service(
            "writer",
            "ingest/writer",
            "io.evenkeel.writer.app.WriterMain",
            512,
            database,
            Map.of());
    // A batch outlives several collections: with half of the heap young it is seldom promoted.
    List<String> command = new ArrayList<>(writer.command());
    command.add(1, "-XX:NewRatio=1");
    return new ServiceSpec(
        writer.name(),
        command,
        writer.environment(),
        writer.readyLimit(),
        writer.restart(),
        writer.restartLimit());
  }

  ServiceSpec analytics(DatabaseAddress database) throws IOException {
    return service(
        "analytics",
        "analytics",
        "io.evenkeel.analytics.job.StabilityJobMain",
        768,
        database,
        Map.of());
  }

  ServiceSpec controller(DatabaseAddress database, Map<String, String> more) throws IOException {
    return service(
        "controller",
        "controller",
        "io.evenkeel.controller.app.ControllerMain",
        256,
        database,
        more);
  }

  ServiceSpec gateway(GatewayFolder gateway, int port) throws IOException {
    Map<String, String> environment = new HashMap<>(gateway.environment());
    environment.put("EVENKEEL_KAFKA_BOOTSTRAP", bootstrap());
    environment.put("EVENKEEL_GATEWAY_PORT", Integer.toString(port));
    return new ServiceSpec(
        "gateway",
        java(
            installation.classPath(GATEWAY),
            Tier.QUICK,
            GATEWAY_HEAP_MEGABYTES,
            "io.evenkeel.gateway.app.GatewayMain",
            List.of()),
        environment,
        READY_LIMIT,
        Restart.ALWAYS,
        ServiceSpec.NO_LIMIT);
  }

  /** What makes the token for the first use, and writes it where {@code gateway} says. */
  List<String> firstToken(GatewayFolder gateway) throws IOException {
    return java(
        installation.classPath(GATEWAY),
        Tier.QUICK,
        TOKEN_HEAP_MEGABYTES,
        "io.evenkeel.gateway.cli.TokenMain",
        gateway.firstTokenArguments());
  }

  ServiceSpec ui(DatabaseAddress database, int port, String adminPassword) throws IOException {
    return service(
        "ui",
        "ui",
        "io.evenkeel.ui.app.UiApplication",
        512,
        database,
        Map.of("SERVER_PORT", Integer.toString(port), "EVENKEEL_ADMIN_PASSWORD", adminPassword));
  }

  /** Where the trainer writes its own report. */
  Path trainerReport() throws IOException {
    return folder.service("trainer").resolve("report.json");
  }

  ServiceSpec trainer(List<String> arguments) throws IOException {
    Map<String, String> environment = new HashMap<>();
    environment.put("EVENKEEL_KAFKA_BOOTSTRAP", bootstrap());
    environment.put("EVENKEEL_DATA", folder.service("trainer").toString());
    // The services share the machine; one thread less leaves them a core where there are several.
    environment.put("OPENBLAS_NUM_THREADS", Integer.toString(trainerThreads()));
    List<String> all = new ArrayList<>(List.of("train"));
    all.addAll(arguments);
    return new ServiceSpec(
        "trainer",
        java(
            installation.classPath("gpu-trainer"),
            Tier.FULL,
            1536,
            "io.evenkeel.trainer.app.TrainerMain",
            all),
        environment,
        READY_LIMIT,
        Restart.ON_FAILURE,
        TRAINER_RESTARTS);
  }

  private static int trainerThreads() {
    return Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
  }

  private ServiceSpec service(
      String name,
      String module,
      String main,
      int heapMegabytes,
      DatabaseAddress database,
      Map<String, String> more)
      throws IOException {
    Map<String, String> environment = new HashMap<>(database.environment());
    environment.put("EVENKEEL_KAFKA_BOOTSTRAP", bootstrap());
    environment.put("EVENKEEL_DATA", folder.service(name).toString());
    environment.putAll(more);
    return new ServiceSpec(
        name,
        java(installation.classPath(module), Tier.QUICK, heapMegabytes, main, List.of()),
        environment,
        READY_LIMIT,
        Restart.ALWAYS,
        ServiceSpec.NO_LIMIT);
  }

  /**
   * How far the JIT compiler goes: a service starts sooner without C2, a trainer runs faster with
   * it, and with the vectors that only C2 turns into instructions.
   */
  private enum Tier {
    QUICK,
    FULL
  }

  private static List<String> java(
      String classPath, Tier tier, int heapMegabytes, String main, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Installation.java(),
                "-Xmx" + heapMegabytes + "m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-UsePerfData",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED"));
    if (tier == Tier.QUICK) {
      command.add("-XX:TieredStopAtLevel=1");
    } else {
      command.add("--add-modules=jdk.incubator.vector");
    }
    command.addAll(List.of("-cp", classPath, main));
    command.addAll(arguments);
    return command;
  }
}
