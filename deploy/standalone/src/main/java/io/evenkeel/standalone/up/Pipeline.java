package io.evenkeel.standalone.up;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.embedded.EmbeddedPostgres;
import io.evenkeel.standalone.supervisor.SupervisedService;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What a command needs of a data folder: the parts that a running {@code ./evenkeel up} has, or,
 * when none runs, parts of its own that are stopped when it is closed.
 */
public final class Pipeline implements AutoCloseable {
  private static final String DB_URL = "EVENKEEL_DB_URL";

  /** Which parts are started where none run. */
  public enum Parts {
    /** The database. */
    DATABASE,
    /** Broker and database. */
    STORE,
    /** Broker, database, writer and analytics: all that telemetry passes through. */
    STREAM
  }

  /** Whose parts they are. */
  public enum Origin {
    /** Those of a running {@code ./evenkeel up}. */
    FOUND,
    /** Started here. */
    STARTED
  }

  private final Origin origin;
  private final String bootstrap;
  private final DatabaseAddress database;
  private final List<AutoCloseable> owned;

  private Pipeline(
      Origin origin, String bootstrap, DatabaseAddress database, List<AutoCloseable> owned) {
    this.origin = origin;
    this.bootstrap = bootstrap;
    this.database = database;
    this.owned = owned;
  }

  /**
   * Finds or starts the parts.
   *
   * @param data the data folder
   * @param parts what is needed
   * @param out where what happens is told
   * @throws IOException if that fails; the message is a sentence for people
   */
  public static Pipeline open(Path data, Parts parts, PrintStream out)
      throws IOException, InterruptedException {
    DataFolder folder;
    try {
      folder = DataFolder.open(data);
    } catch (StartFailure e) {
      if (e.id() != ErrorId.START_ALREADY_RUNNING) {
        throw new IOException(e.getMessage(), e);
      }
      return found(data.toRealPath());
    }
    List<AutoCloseable> owned = new ArrayList<>(List.of(folder));
    try {
      return started(folder, parts, new Console(out, folder.logs()), owned);
    } catch (IOException | InterruptedException | RuntimeException e) {
      closeAll(owned);
      throw e;
    }
  }

  private static Pipeline found(Path data) throws IOException {
    Optional<DatabaseAddress> external = external();
    return new Pipeline(
        Origin.FOUND,
        "127.0.0.1:" + property(data.resolve("kafka.properties"), "broker"),
        external.isPresent() ? external.get() : embedded(data.resolve("postgres.properties")),
        List.of());
  }

  private static DatabaseAddress embedded(Path settings) throws IOException {
    return new DatabaseAddress(
        "jdbc:postgresql://127.0.0.1:"
            + property(settings, "port")
            + "/"
            + EmbeddedPostgres.DATABASE,
        EmbeddedPostgres.USER,
        property(settings, "password"));
  }

  private static Pipeline started(
      DataFolder folder, Parts parts, Console console, List<AutoCloseable> owned)
      throws IOException, InterruptedException {
    SupervisedService.stopOrphans(folder.run());
    Installation installation = Installation.current();
    Fleet fleet = new Fleet(folder, console);
    owned.add(
        () -> {
          console.stopping();
          fleet.stop();
        });
    Optional<BrokerStart> broker =
        parts == Parts.DATABASE
            ? Optional.empty()
            : Optional.of(
                BrokerStart.begin(
                    folder, fleet, console, port -> new Services(installation, folder, port)));
    DatabaseAddress database = database(folder, console, owned);
    String bootstrap = "";
    if (broker.isPresent()) {
      BrokerStart begun = broker.get();
      if (parts == Parts.STREAM) {
        begun.beside(told -> fleet.start(told.writer(database), told.analytics(database)));
      }
      bootstrap = await(begun).bootstrap();
      fleet.awaitReady(begun.besides());
    }
    return new Pipeline(Origin.STARTED, bootstrap, database, owned);
  }

  private static DatabaseAddress database(
      DataFolder folder, Console console, List<AutoCloseable> owned) throws IOException {
    Optional<DatabaseAddress> external = external();
    if (external.isPresent()) {
      return external.get();
    }
    DatabaseKeeper keeper = DatabaseKeeper.start(folder.root(), folder.run(), console);
    // Below the services: it is stopped after them.
    owned.add(1, keeper);
    return keeper.address();
  }

  private static Services await(BrokerStart broker) throws IOException, InterruptedException {
    try {
      return broker.await();
    } catch (StartFailure e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** A database of one's own, if the environment names one. */
  private static Optional<DatabaseAddress> external() {
    return Optional.ofNullable(System.getenv(DB_URL))
        .filter(url -> !url.isBlank())
        .map(
            url ->
                new DatabaseAddress(
                    url,
                    System.getenv().getOrDefault("EVENKEEL_DB_USER", "evenkeel"),
                    System.getenv().getOrDefault("EVENKEEL_DB_PASSWORD", "")));
  }

  private static String property(Path file, String name) throws IOException {
    Properties properties = new Properties();
    if (Files.isReadable(file)) {
      try (InputStream in = Files.newInputStream(file)) {
        properties.load(in);
      }
    }
    String value = properties.getProperty(name, "");
    if (value.isEmpty()) {
      throw new IOException(
          ErrorId.START_SERVICE_FAILED.line(
              "Evenkeel is still starting on " + file.getParent() + " (no " + name + " yet)."));
    }
    return value;
  }

  /** Whether the parts were there already. */
  public Origin origin() {
    return origin;
  }

  /** The broker, {@code host:port}; empty where a database alone was started. */
  public String bootstrap() {
    return bootstrap;
  }

  /** The database. */
  public DatabaseAddress database() {
    return database;
  }

  /** The data folder's place for the temporary files of a command. */
  public static Path temporary(Path data) throws IOException {
    return Files.createDirectories(data.resolve("tmp"));
  }

  @Override
  public void close() throws IOException {
    closeAll(owned);
  }

  private static void closeAll(List<AutoCloseable> resources) throws IOException {
    @Nullable Exception failure = null;
    // A signal that came before must not break the waiting for the services.
    boolean interrupted = Thread.interrupted();
    for (AutoCloseable resource : resources.reversed()) {
      try {
        resource.close();
      } catch (Exception e) {
        failure = e;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw new IOException(
          ErrorId.START_SERVICE_FAILED.line("Not all stopped: " + failure.getMessage() + "."),
          failure);
    }
  }
}
