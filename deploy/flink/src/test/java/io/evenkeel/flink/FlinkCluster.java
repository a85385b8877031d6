package io.evenkeel.flink;

import io.evenkeel.embedded.Ports;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A session cluster with high availability, each part a JVM of its own, as an installation of Flink
 * starts them. Java 17 where the machine has one, as on a stock cluster; this JVM's Java otherwise.
 */
final class FlinkCluster implements AutoCloseable {

  /** What a Flink installation does not have: the jar must bring it. */
  private static final Pattern NOT_FLINKS =
      Pattern.compile(
          ".*(/classes|/test-classes|/io/evenkeel/.*|evenkeel-[^/]*\\.jar|/org/apache/kafka/.*"
              + "|flink-connector-kafka[^/]*|protobuf-java[^/]*|/junit/.*|/org/junit/.*"
              + "|/org/assertj/.*|/com/fasterxml/.*|/dev/cel/.*|/com/google/.*|/org/antlr/.*)");

  /** What the distribution's own configuration opens (env.java.opts.all). */
  private static final List<String> OPENED =
      Stream.of(
              "lang",
              "lang.reflect",
              "io",
              "net",
              "nio",
              "text",
              "time",
              "util",
              "util.concurrent",
              "util.concurrent.atomic",
              "util.concurrent.locks")
          .map(name -> "--add-opens=java.base/java." + name + "=ALL-UNNAMED")
          .toList();

  private final Path folder;
  private final List<Process> processes = new ArrayList<>();

  private FlinkCluster(Path folder) {
    this.folder = folder;
  }

  /** ZooKeeper and the configuration; nothing of Flink runs yet. */
  static FlinkCluster in(Path folder) throws IOException {
    FlinkCluster cluster = new FlinkCluster(folder);
    int zooKeeper = Ports.free();
    Path conf = Files.createDirectories(folder.resolve("conf"));
    Files.writeString(
        conf.resolve("zoo.cfg"),
        String.join(
            "\n",
            "tickTime=500",
            "dataDir=" + Files.createDirectories(folder.resolve("zookeeper")),
            "clientPort=" + zooKeeper,
            "admin.enableServer=false",
            "server.1=127.0.0.1:" + Ports.free() + ":" + Ports.free(),
            ""));
    Files.writeString(conf.resolve("config.yaml"), configuration(folder, zooKeeper));
    Files.writeString(
        conf.resolve("logback.xml"),
        "<configuration><appender name='out' class='ch.qos.logback.core.ConsoleAppender'><encoder>"
            + "<pattern>%d{HH:mm:ss.SSS} %level %logger{0} %msg%n</pattern></encoder></appender>"
            + "<root level='WARN'><appender-ref ref='out'/></root></configuration>");
    cluster.start(
        "zookeeper",
        "org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer",
        "--zkConfigFile",
        conf.resolve("zoo.cfg").toString(),
        "--peerId",
        "1");
    return cluster;
  }

  private static String configuration(Path folder, int zooKeeper) throws IOException {
    return String.join(
        "\n",
        "jobmanager.rpc.address: 127.0.0.1",
        "jobmanager.bind-host: 127.0.0.1",
        "rest.address: 127.0.0.1",
        "rest.bind-address: 127.0.0.1",
        "rest.port: " + Ports.free(),
        "taskmanager.host: 127.0.0.1",
        "taskmanager.bind-host: 127.0.0.1",
        "taskmanager.numberOfTaskSlots: 1",
        "taskmanager.cpu.cores: 1.0",
        "taskmanager.memory.task.heap.size: 200m",
        "taskmanager.memory.task.off-heap.size: 16m",
        "taskmanager.memory.network.min: 32m",
        "taskmanager.memory.network.max: 32m",
        "taskmanager.memory.managed.size: 8m",
        "taskmanager.memory.framework.heap.size: 64m",
        "taskmanager.memory.framework.off-heap.size: 64m",
        "taskmanager.memory.jvm-metaspace.size: 128m",
        "taskmanager.memory.jvm-overhead.min: 64m",
        "taskmanager.memory.jvm-overhead.max: 64m",
        "heartbeat.interval: 500",
        "heartbeat.timeout: 4000",
        "high-availability.type: zookeeper",
        "high-availability.zookeeper.quorum: 127.0.0.1:" + zooKeeper,
        "high-availability.zookeeper.client.session-timeout: 3000",
        "high-availability.storageDir: " + uri(folder, "ha"),
        "state.backend.type: hashmap",
        "execution.checkpointing.dir: " + uri(folder, "checkpoints"),
        "io.tmp.dirs: " + Files.createDirectories(folder.resolve("tmp")),
        "");
  }

  private static String uri(Path folder, String name) throws IOException {
    return Files.createDirectories(folder.resolve(name)).toUri().toString();
  }

  Process startJobManager() throws IOException {
    return start(
        "jobmanager",
        "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
        "--configDir",
        conf());
  }

  Process startTaskManager() throws IOException {
    return start(
        "taskmanager",
        "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
        "--configDir",
        conf());
  }

  /** What {@code flink run} does: the job goes to the JobManager over REST, with its jar. */
  void submit(Path jar, int parallelism, String... arguments)
      throws IOException, InterruptedException {
    List<String> main = new ArrayList<>();
    main.addAll(List.of("run", "-d", "-p", Integer.toString(parallelism), jar.toString()));
    main.addAll(List.of(arguments));
    Process client =
        start("client", "org.apache.flink.client.cli.CliFrontend", main.toArray(String[]::new));
    if (!client.waitFor(60, TimeUnit.SECONDS) || client.exitValue() != 0) {
      throw new AssertionError("the job was not taken: " + logs());
    }
  }

  /** The ends of all logs, for the message of a failure. */
  String logs() {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .map(FlinkCluster::end)
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String end(Path log) {
    try {
      List<String> lines = Files.readAllLines(log);
      return log.getFileName()
          + ":\n"
          + String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String conf() {
    return folder.resolve("conf").toString();
  }

  private Process start(String name, String main, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                java(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=" + folder.resolve("conf").resolve("logback.xml")));
    command.addAll(OPENED);
    command.addAll(List.of("-cp", classPath(), main));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(variable -> variable.startsWith("EVENKEEL_"));
    builder.environment().put("FLINK_CONF_DIR", conf());
    Path log = folder.resolve(name + "-" + processes.size() + ".log");
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    processes.add(process);
    return process;
  }

  private static String java() {
    Path stock = Path.of("/usr/lib/jvm/java-17-openjdk-amd64/bin/java");
    return (Files.isExecutable(stock)
            ? stock
            : Path.of(System.getProperty("java.home"), "bin", "java"))
        .toString();
  }

  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !NOT_FLINKS.matcher(entry).matches())
        .collect(Collectors.joining(File.pathSeparator));
  }

  @Override
  public void close() throws InterruptedException {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
  }
}
