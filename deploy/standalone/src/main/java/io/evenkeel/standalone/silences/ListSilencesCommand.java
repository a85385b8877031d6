package io.evenkeel.standalone.silences;

import io.evenkeel.standalone.archive.OnDatabase;
import io.evenkeel.standalone.up.Home;
import io.evenkeel.standalone.up.Pipeline;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of {@code ./evenkeel alerts silences}. */
@Command(
    name = "silences",
    mixinStandardHelpOptions = true,
    description = "Shows the silences that hold or are to come.")
final class ListSilencesCommand implements Callable<Integer> {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of all data (default .evenkeel in the source tree).")
  private @Nullable Path data;

  /** The exit status is 0, or 1 after a reason has been printed. */
  @Override
  public Integer call() {
    return OnDatabase.run(
        Home.data(data),
        Pipeline.Parts.DATABASE,
        System.err,
        (pipeline, connection) -> print(connection, System.out));
  }

  /** What people wrote is told without the characters that steer a terminal. */
  static int print(Connection connection, PrintStream out) throws SQLException {
    int found = 0;
    try (Statement statement = connection.createStatement()) {
      if (!isThere(statement)) {
        out.println("No controller has started on this database yet.");
        return 0;
      }
      try (ResultSet row =
          statement.executeQuery(
              "select silence_id, array_to_string(matchers, ', '), starts_at, ends_at, creator, reason"
                  + " from public.ui_v1_silences where ends_at > now() and ended_by is null"
                  + " order by ends_at, silence_id")) {
        while (row.next()) {
          found++;
          out.printf(
              "%s  %s  %s to %s  by %s  %s%n",
              row.getString(1),
              plain(row.getString(2)),
              row.getTimestamp(3).toInstant().truncatedTo(ChronoUnit.SECONDS),
              row.getTimestamp(4).toInstant().truncatedTo(ChronoUnit.SECONDS),
              plain(row.getString(5)),
              plain(row.getString(6)));
        }
      }
    }
    if (found == 0) {
      out.println("No silence holds.");
    }
    return 0;
  }

  private static boolean isThere(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery("select to_regclass('public.ui_v1_silences') is not null")) {
      return row.next() && row.getBoolean(1);
    }
  }

  private static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}", " ");
  }
}
