package io.evenkeel.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk fills up while trainers send, and has room again: the database's, or everybody's. */
class DiskFullST {
  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration SOON = Duration.ofMinutes(2);

  /** For a cluster of some 50 MB and its log. */
  private static final int DISK_MEGABYTES = 224;

  /** For everything; it starts where 256 MB are free. */
  private static final int WHOLE_MEGABYTES = 512;

  @TempDir Path dir;

  private final List<LoadSender> senders = new ArrayList<>();

  @Test
  void shouldTakeEverythingMeanwhileAndStoreItOnceWhenTheDatabasesDiskWasFull() throws Exception {
    Path data = dir.resolve("data");
    SmallDisk disk = new SmallDisk(Files.createDirectory(dir.resolve("disk")), DISK_MEGABYTES);
    List<String> onSmallDisk =
        disk.before(
            "cp -a '%1$s/postgres' \"$1/postgres\" && rm -r '%1$s/postgres'\n".formatted(data)
                + "ln -s \"$1/postgres\" '%s/postgres'".formatted(data));
    makeDatabase(data);
    try (Evenkeel evenkeel = Evenkeel.upBehind(onSmallDisk, data, "--no-trainer")) {
      evenkeel.awaitLine("Ctrl-C stops everything", START);
      try (KafkaProducer<byte[], byte[]> producer = producer(evenkeel)) {
        startSenders(evenkeel, producer);
        String writer = pid(data);

        disk.fill(evenkeel.pid());

        Path log = data.resolve("logs/writer.log");
        awaitText(log, "EVK-DB-DISK-FULL", evenkeel);
        evenkeel.awaitLine("EVK-START-DISK-FULL: The disk is full", SOON);
        // Kafka has room: what is sent is accepted all the same.
        awaitAccepted(evenkeel, 20);
        disk.makeRoom(evenkeel.pid());
        awaitText(log, "The store works again", evenkeel);
        evenkeel.awaitLine("has room again", SOON);

        endSenders();
        assertThat(pid(data)).as("the writer has not ended meanwhile").isEqualTo(writer);
      }
      StoredOnce.check(evenkeel, senders);
      assertThat(evenkeel.number("select count(*) from ui_v1_dead_letters")).isZero();
    }
  }

  @Test
  void shouldLoseNothingOfWhatWasAcceptedWhenTheDiskOfTheWholeFolderWasFull() throws Exception {
    SmallDisk disk = new SmallDisk(Files.createDirectory(dir.resolve("all")), WHOLE_MEGABYTES);
    try (Evenkeel evenkeel = Evenkeel.upOn(disk, "--no-trainer")) {
      evenkeel.awaitLine("Ctrl-C stops everything", START);
      try (KafkaProducer<byte[], byte[]> producer = producer(evenkeel)) {
        startSenders(evenkeel, producer);

        disk.fill(evenkeel.pid());

        evenkeel.awaitLine("EVK-START-DISK-FULL: The disk is full", SOON);
        evenkeel.awaitLine("kafka ended with status", SOON);
        disk.makeRoom(evenkeel.pid());
        evenkeel.awaitLine("has room again", SOON);
        awaitAccepted(evenkeel, 3);
        endSenders();
      }
      StoredOnce.check(evenkeel, senders);
      assertThat(evenkeel.number("select count(*) from ui_v1_dead_letters")).isZero();
    }
  }

  /** Senders of two runs, from whom something is stored. */
  private void startSenders(Evenkeel evenkeel, KafkaProducer<byte[], byte[]> producer)
      throws Exception {
    GatewayClient gateway = new GatewayClient(evenkeel.gateway(), evenkeel.firstToken());
    for (int rank = 0; rank < 2; rank++) {
      senders.add(new LoadSender("full-http", rank, 2, LoadSender.protobuf(gateway)));
      senders.add(new LoadSender("full-kafka", rank, 2, LoadSender.kafka(producer)));
    }
    senders.forEach(LoadSender::start);
    evenkeel.awaitNumber("select count(*) from ui_v1_run_steps", steps -> steps >= 100, SOON);
  }

  private void awaitAccepted(Evenkeel evenkeel, int batches) throws InterruptedException {
    for (int i = 0; i < batches; i++) {
      for (LoadSender sender : senders) {
        sender.awaitMore(SOON, evenkeel::console);
      }
    }
  }

  private void endSenders() throws InterruptedException {
    senders.forEach(LoadSender::finish);
    for (LoadSender sender : senders) {
      sender.awaitEnd(SOON);
    }
    System.out.println(
        "longest wait for an answer: "
            + senders.stream().map(LoadSender::longestWait).max(Duration::compareTo).orElseThrow());
  }

  /** Makes the database of a data folder: a command that needs it, and nothing else, starts it. */
  private static void makeDatabase(Path data) throws Exception {
    Process export =
        new ProcessBuilder(
                Path.of("..", "..", "evenkeel").toRealPath().toString(),
                "export",
                "nobody",
                "--format",
                "csv",
                "--data",
                data.toString())
            .inheritIO()
            .start();
    assertThat(export.waitFor()).as("there is no such run").isEqualTo(1);
    assertThat(data.resolve("postgres/PG_VERSION")).exists();
  }

  private static String pid(Path data) throws IOException {
    return Files.readAllLines(data.resolve("run/writer.pid")).getFirst();
  }

  private static void awaitText(Path log, String text, Evenkeel evenkeel) throws Exception {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (!Files.readString(log).contains(text)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "no '" + text + "' in " + Files.readString(log) + "\n" + evenkeel.console());
      }
      LockSupport.parkNanos(100_000_000);
    }
  }

  private static KafkaProducer<byte[], byte[]> producer(Evenkeel evenkeel) throws IOException {
    return new KafkaProducer<>(
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            evenkeel.bootstrap(),
            ProducerConfig.ACKS_CONFIG,
            "all",
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            true),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}
