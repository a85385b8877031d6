package io.evenkeel.controller.notify.request;

import io.evenkeel.alerting.config.AlertsConfig;
import io.evenkeel.alerting.config.AlertsFile;
import io.evenkeel.alerting.config.Channel.Reach;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.controller.notify.DeliveryDesk;
import io.evenkeel.controller.notify.Outbox;
import io.evenkeel.controller.notify.Receiver;
import io.evenkeel.controller.notify.channel.Channels;
import io.evenkeel.controller.notify.request.AlertsStart.Editing;
import io.evenkeel.controller.notify.request.ConfigBook.Origin;
import io.evenkeel.controller.notify.request.ConfigBook.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receivers and routes in force: the newest version that can be used, whether it came from the file
 * given at the start or was saved since. Every controller looks for itself. Used from one thread;
 * {@link #current} from any.
 */
public final class LiveAlerts {

  private static final Logger LOG = LoggerFactory.getLogger(LiveAlerts.class);

  /** How far back a usable version is looked for. */
  private static final int MOST_BACK = 20;

  private static final int MOST_NAMES = 1_000;

  /**
   * What is in force.
   *
   * @param version its number; 0 if none has been saved
   * @param config who is told of what
   * @param receivers its channels
   */
  record Setup(long version, AlertsConfig config, List<Receiver> receivers) {}

  private final DataSource source;
  private final AlertsStart start;
  private final Outbox outbox;
  private final DeliveryDesk desk;
  private final Clock clock;
  private volatile Setup current;
  private long seen = -1;
  private String problem = "";
  private List<String> names = List.of();

  /** Nothing is in force until {@link #begin}. */
  public LiveAlerts(
      DataSource source, AlertsStart start, Outbox outbox, DeliveryDesk desk, Clock clock) {
    this.source = source;
    this.start = start;
    this.outbox = outbox;
    this.desk = desk;
    this.clock = clock;
    this.current = new Setup(0, start.config(), List.of());
  }

  /** What is in force. */
  Setup current() {
    return current;
  }

  AlertsStart start() {
    return start;
  }

  /** Keeps the file as a version if it has changed, and puts the newest version in force. */
  public void begin() throws SQLException {
    if (start.editing() == Editing.POSSIBLE && start.shown().isPresent()) {
      keepFile(start.shown().get());
    }
    refresh();
  }

  private void keepFile(String text) throws SQLException {
    boolean kept = false;
    while (!kept) {
      try (Connection connection = source.getConnection()) {
        Optional<Version> former = ConfigBook.newestFile(connection);
        long next = ConfigBook.version(connection) + 1;
        kept =
            former.map(Version::text).filter(text::equals).isPresent()
                || ConfigBook.add(
                    connection,
                    new Version(next, text, Origin.FILE, "EVENKEEL_ALERTS_FILE", clock.instant()),
                    "The file that a controller was started with.");
      }
    }
  }

  /**
   * Puts the newest version in force if it is not. A version that lacks a secret is looked at again
   * when the folder of secrets has changed.
   */
  public void refresh() throws SQLException {
    List<String> found = names();
    try (Connection connection = source.getConnection()) {
      long newest = start.editing() == Editing.FIXED ? 0 : ConfigBook.version(connection);
      boolean changed = !found.equals(names);
      if (newest == seen && !changed) {
        return;
      }
      names = found;
      if (newest == seen && problem.isEmpty()) {
        tellPlace(connection, current.version());
        return;
      }
      problem = "";
      Setup next = null;
      for (Version version : ConfigBook.newest(connection, newest == 0 ? 0 : MOST_BACK)) {
        AlertsFile file = read(version);
        if (file.config().isPresent()) {
          next = setup(version.version(), file.config().get());
          break;
        }
        String why =
            "Version %d cannot be used: %s."
                .formatted(version.version(), file.problems().getFirst());
        LOG.warn(ErrorId.ALERTS_CONFIG.line(why));
        problem = problem.isEmpty() ? why : problem;
      }
      apply(connection, next == null ? setup(0, start.config()) : next);
      seen = newest;
    }
  }

  /** Secrets of the file are known here alone: its own text is not read again. */
  private AlertsFile read(Version version) {
    boolean own =
        version.origin() == Origin.FILE && start.shown().filter(version.text()::equals).isPresent();
    return own
        ? new AlertsFile(Optional.of(start.config()), List.of(), version.text())
        : check(version.text());
  }

  /** Checks a text that somebody saves, with the secrets that it names. */
  AlertsFile check(String text) {
    return AlertsFile.parse(text, start.ofSaved(), start.dashboard());
  }

  private Setup setup(long version, AlertsConfig config) {
    return new Setup(version, config, Channels.of(config, clock));
  }

  private void apply(Connection connection, Setup next) throws SQLException {
    outbox.register(next.receivers());
    // In this order: nothing is routed to where nothing can be delivered.
    desk.use(next.receivers());
    outbox.use(next.config());
    current = next;
    tellPlace(connection, next.version());
    LOG.info("Receivers and routes of version {} are in force", next.version());
  }

  private void tellPlace(Connection connection, long version) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            insert into controller.alerts_place as p
              (private_allowed, fixed, secret_names, applied_version, applied_at, problem)
            values (?, ?, ?, ?, ?, ?)
            on conflict (one) do update set private_allowed = excluded.private_allowed,
              fixed = excluded.fixed, secret_names = excluded.secret_names,
              applied_version = excluded.applied_version, applied_at = excluded.applied_at,
              problem = excluded.problem
            """)) {
      upsert.setBoolean(1, start.reach() == Reach.PRIVATE_TOO);
      upsert.setBoolean(2, start.editing() == Editing.FIXED);
      upsert.setArray(3, connection.createArrayOf("text", names.toArray()));
      upsert.setLong(4, version);
      upsert.setTimestamp(5, Timestamp.from(clock.instant()));
      upsert.setString(6, problem);
      upsert.executeUpdate();
    }
  }

  private List<String> names() {
    if (start.secrets().isEmpty()) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(start.secrets().get())) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .limit(MOST_NAMES)
          .toList();
    } catch (IOException e) {
      LOG.warn(ErrorId.ALERTS_SECRET.line("The folder of secrets cannot be read: " + e + "."));
      return List.of();
    }
  }
}
