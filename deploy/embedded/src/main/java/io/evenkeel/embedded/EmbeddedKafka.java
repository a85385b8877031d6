package io.evenkeel.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka broker and controller in this JVM (KRaft, one node), with durable data under a folder.
 *
 * <p>Layout of the folder: {@code kafka} (the log), {@code kafka.properties} (the two ports, chosen
 * once).
 */
public final class EmbeddedKafka implements AutoCloseable {
  /** Largest message that the broker takes. */
  public static final int MAX_MESSAGE_BYTES = 8 << 20;

  /** Largest batch: room for one largest message with its key and headers. */
  public static final int MAX_BATCH_BYTES = MAX_MESSAGE_BYTES + (64 << 10);

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);
  private static final Duration LEADER_LIMIT = Duration.ofSeconds(60);

  /** Somebody may take a port between the look at it and the broker's own try. */
  private static final int PORT_TRIES = 4;

  private final KafkaRaftServer server;
  private final int port;

  private EmbeddedKafka(KafkaRaftServer server, int port) {
    this.server = server;
    this.port = port;
  }

  /**
   * Starts the broker of a folder on the port that it had before, or on a free one the first time
   * and when somebody else has taken that.
   *
   * @param dir the folder; created when absent
   * @return the running broker
   * @throws IOException if its data cannot be read or written
   */
  public static EmbeddedKafka start(Path dir) throws IOException {
    return start(dir, 0);
  }

  /**
   * Starts the broker of a folder on a given port.
   *
   * @param dir the folder; created when absent
   * @param port TCP port on the loopback address; 0 for the one it had before, or a free one the
   *     first time
   * @return the running broker
   * @throws PortTakenException if a port was given, and somebody else has it
   * @throws IOException if its data cannot be read or written
   */
  public static EmbeddedKafka start(Path dir, int port) throws IOException {
    return start(dir, port, BrokerPorts::choose);
  }

  static EmbeddedKafka start(Path dir, int port, BrokerPorts.Choice choice) throws IOException {
    Files.createDirectories(dir);
    Path home = dir.toRealPath();
    Path log = home.resolve("kafka");
    Files.createDirectories(log);
    for (int attempt = 1; ; attempt++) {
      BrokerPorts ports = choice.choose(home.resolve(BrokerPorts.FILE), port);
      if (port != 0 && !Ports.isFree(port)) {
        throw new PortTakenException(port, null);
      }
      if (!Files.exists(log.resolve("meta.properties"))) {
        format(log);
      }
      try {
        return listen(log, ports);
      } catch (RuntimeException e) {
        if (port != 0 && !Ports.isFree(port)) {
          throw new PortTakenException(port, e);
        }
        if (attempt == PORT_TRIES || Ports.isFree(ports.broker())) {
          throw new IOException("the broker in " + log + " does not start: " + e.getMessage(), e);
        }
        LOG.info("Port {} was taken meanwhile; another one is tried.", ports.broker());
      }
    }
  }

  private static EmbeddedKafka listen(Path log, BrokerPorts ports) {
    KafkaRaftServer server =
        new KafkaRaftServer(new KafkaConfig(configuration(log, ports), false), Time.SYSTEM);
    try {
      // Whose controller finds its port taken ends the process: the next one has another.
      server.startup();
    } catch (RuntimeException e) {
      server.shutdown();
      server.awaitShutdown();
      throw e;
    }
    LOG.info("Kafka listens on 127.0.0.1:{}, data in {}", ports.broker(), log);
    return new EmbeddedKafka(server, ports.broker());
  }

  /**
   * The port of a folder's broker, chosen now if it never had one.
   *
   * @param dir the folder; created when absent
   * @return TCP port on the loopback address
   * @throws IOException if the folder cannot be read or written
   */
  public static int choosePort(Path dir) throws IOException {
    Files.createDirectories(dir);
    return BrokerPorts.choose(dir.toRealPath().resolve(BrokerPorts.FILE), 0).broker();
  }

  /** What clients connect to, {@code host:port}. */
  public String bootstrap() {
    return "127.0.0.1:" + port;
  }

  /** TCP port on the loopback address. */
  public int port() {
    return port;
  }

  /**
   * Creates the topics that are not there yet and waits until every partition has a leader: an
   * idempotent producer that starts before that can retry for ever.
   *
   * @param topics name, partitions (replication factor 1) and configuration
   * @throws IOException if the broker refuses, or a leader is missing after a minute
   */
  public void createTopics(Collection<NewTopic> topics) throws IOException {
    createTopics(bootstrap(), topics);
  }

  /**
   * The same at a broker that runs elsewhere.
   *
   * @param bootstrap {@code host:port}
   * @param topics name, partitions, replication factor and configuration
   * @throws IOException if the broker refuses, or a leader is missing after a minute
   */
  public static void createTopics(String bootstrap, Collection<NewTopic> topics)
      throws IOException {
    try (Admin admin =
        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap))) {
      Set<String> names = new HashSet<>();
      for (NewTopic topic : topics) {
        names.add(topic.name());
      }
      create(admin, topics);
      awaitLeaders(admin, names);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while creating topics", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("cannot create topics at " + bootstrap + ": " + e.getMessage(), e);
    }
  }

  /** Stops the broker; returns when its data is on disk. */
  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  private static void create(Admin admin, Collection<NewTopic> topics)
      throws InterruptedException, ExecutionException, TimeoutException {
    for (var created : admin.createTopics(topics).values().entrySet()) {
      try {
        created.getValue().get(LEADER_LIMIT.toSeconds(), TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
      }
    }
  }

  private static void awaitLeaders(Admin admin, Set<String> names)
      throws InterruptedException, ExecutionException, TimeoutException {
    long deadline = System.nanoTime() + LEADER_LIMIT.toNanos();
    while (!allLed(admin, names)) {
      if (System.nanoTime() > deadline) {
        throw new TimeoutException(
            "partitions without a leader after " + LEADER_LIMIT.toSeconds() + " s");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  private static boolean allLed(Admin admin, Set<String> names)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<String, TopicDescription> found;
    try {
      found =
          admin
              .describeTopics(names)
              .allTopicNames()
              .get(LEADER_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      // A broker that has not caught up with its own metadata does not know a topic just created.
      if (e.getCause() instanceof org.apache.kafka.common.errors.UnknownTopicOrPartitionException) {
        return false;
      }
      throw e;
    }
    return found.values().stream()
        .flatMap(topic -> topic.partitions().stream())
        .allMatch(partition -> partition.leader() != null && !partition.leader().isEmpty());
  }

  private static void format(Path log) throws IOException {
    Formatter formatter = new Formatter();
    formatter
        .setNodeId(1)
        .setClusterId(Uuid.randomUuid().toString())
        .setControllerListenerName("CONTROLLER")
        .setMetadataLogDirectory(log.toString())
        .setDirectories(List.of(log.toString()))
        .setReleaseVersion(MetadataVersion.latestProduction())
        .setUnstableFeatureVersionsEnabled(false)
        .setIgnoreFormatted(true)
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    try {
      formatter.run();
    } catch (Exception e) {
      throw new IOException("cannot format " + log + " for the broker: " + e.getMessage(), e);
    }
  }

  private static Map<String, String> configuration(Path log, BrokerPorts ports) {
    Map<String, String> config = new HashMap<>();
    config.put("process.roles", "broker,controller");
    config.put("node.id", "1");
    config.put(
        "listeners",
        "PLAINTEXT://127.0.0.1:"
            + ports.broker()
            + ",CONTROLLER://127.0.0.1:"
            + ports.controller());
    config.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + ports.broker());
    config.put("controller.listener.names", "CONTROLLER");
    config.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    config.put("inter.broker.listener.name", "PLAINTEXT");
    config.put("controller.quorum.voters", "1@127.0.0.1:" + ports.controller());
    config.put("log.dirs", log.toString());
    for (String topic :
        List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
      config.put(topic + ".replication.factor", "1");
      config.put(topic + ".num.partitions", "4");
    }
    config.put("transaction.state.log.min.isr", "1");
    config.put("share.coordinator.state.topic.min.isr", "1");
    config.put("group.initial.rebalance.delay.ms", "0");
    config.put("auto.create.topics.enable", "false");
    config.put("message.max.bytes", Integer.toString(MAX_BATCH_BYTES));
    config.put("replica.fetch.max.bytes", Integer.toString(MAX_BATCH_BYTES));
    config.put("log.segment.bytes", Integer.toString(64 << 20));
    // Sized for one machine: the defaults reserve 128 MiB for compaction alone.
    config.put("log.cleaner.dedupe.buffer.size", Integer.toString(16 << 20));
    config.put("log.cleaner.io.buffer.size", Integer.toString(1 << 20));
    config.put("num.network.threads", "2");
    config.put("num.io.threads", "4");
    config.put("background.threads", "2");
    return config;
  }
}
