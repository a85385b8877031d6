package io.evenkeel.standalone.archive;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.standalone.up.Home;
import io.evenkeel.standalone.up.Pipeline;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of {@code ./evenkeel delete}. */
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = "Deletes all of a run, for good.")
public final class DeleteCommand implements Callable<Integer> {
  private static final int SEND_SECONDS = 30;
  private static final String NO_DATA_FOUND = "P0002";

  @Parameters(index = "0", paramLabel = "RUN", description = "Id of the run.")
  private String run = "";

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Option(
      names = "--force",
      description = "Delete it although it is not over; what it still sends is a new run.")
  private boolean force;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of all data (default .evenkeel in the source tree).")
  private @Nullable Path data;

  /** Runs the command; the exit status is 0, or 1 after a reason has been printed. */
  @Override
  public Integer call() {
    return OnDatabase.run(Home.data(data), Pipeline.Parts.STORE, System.out, this::delete);
  }

  private int delete(Pipeline pipeline, Connection connection)
      throws SQLException, IOException, ArchiveFailure, InterruptedException {
    StoredRun stored =
        StoredRun.find(connection, run).orElseThrow(() -> ArchiveFailure.unknown(run));
    if (stored.isLive() && !force) {
      throw new ArchiveFailure(ErrorId.RUN_LIVE, "Run " + run + " is " + stored.status() + ".");
    }
    String what =
        String.format(
            Locale.ROOT,
            "run %s: %,d observations, %,d steps, %,d incidents, %,d commands",
            run,
            stored.observations(),
            stored.steps(),
            stored.alerts(),
            stored.commands());
    if (!yes && !confirmed(what)) {
      System.out.println("  Nothing is deleted.");
      return 1;
    }
    // First, so that a failure leaves a run that can be deleted again.
    forget(pipeline.bootstrap());
    long rows = deleteRows(connection);
    System.out.printf(Locale.ROOT, "  Deleted %s (%,d rows in all).%n", what, rows);
    return 0;
  }

  private static boolean confirmed(String what) throws IOException {
    System.out.print("Delete " + what + "? [y/N] ");
    System.out.flush();
    // Not closed: it is standard input.
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
    String answer = in.readLine();
    return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
  }

  /** The run's tombstone: compaction drops its declaration, and services forget it. */
  private void forget(String bootstrap) throws ArchiveFailure, InterruptedException {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ProducerConfig.ACKS_CONFIG,
                "all"),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer
          .send(new ProducerRecord<>(Topics.RUNS, run.getBytes(StandardCharsets.UTF_8), null))
          .get(SEND_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new ArchiveFailure(
          ErrorId.KAFKA_UNAVAILABLE, "The run's end cannot be told: " + e.getMessage() + ".");
    }
  }

  private long deleteRows(Connection connection) throws SQLException, ArchiveFailure {
    try (PreparedStatement statement =
        connection.prepareStatement("select evenkeel_store.delete_run(?)")) {
      statement.setString(1, run);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    } catch (SQLException e) {
      if (NO_DATA_FOUND.equals(e.getSQLState())) {
        throw ArchiveFailure.unknown(run);
      }
      throw e;
    }
  }
}
