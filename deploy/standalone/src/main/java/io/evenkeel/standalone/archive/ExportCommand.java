package io.evenkeel.standalone.archive;

import io.evenkeel.analytics.history.StoredSteps;
import io.evenkeel.standalone.up.Home;
import io.evenkeel.standalone.up.Pipeline;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of {@code ./evenkeel export}. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = "Writes a run as CSV of step,metric,value, or as JSON, one step a line.")
public final class ExportCommand implements Callable<Integer> {
  /** What is written. */
  enum Format {
    csv,
    jsonl
  }

  @Parameters(index = "0", paramLabel = "RUN", description = "Id of the run.")
  private String run = "";

  @Option(
      names = "--format",
      paramLabel = "csv|jsonl",
      required = true,
      description =
          "csv: what was logged; jsonl: all there is, with layers and vectors. ./evenkeel replay takes"
              + " both back.")
  private Format format = Format.csv;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to (default: standard output).")
  private @Nullable Path out;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of all data (default .evenkeel in the source tree).")
  private @Nullable Path data;

  /** Runs the command; the exit status is 0, or 1 after a reason has been printed. */
  @Override
  public Integer call() {
    return OnDatabase.run(
        Home.data(data),
        Pipeline.Parts.DATABASE,
        System.err,
        (pipeline, connection) -> export(connection));
  }

  private int export(Connection connection) throws SQLException, IOException, ArchiveFailure {
    if (StoredRun.find(connection, run).isEmpty()) {
      throw ArchiveFailure.unknown(run);
    }
    Path file = out;
    if (file == null) {
      Writer console =
          new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8));
      write(connection, console);
      console.flush();
      return 0;
    }
    Path target = file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    // A reader sees the whole of it or nothing.
    Path fresh = target.resolveSibling(target.getFileName() + ".part");
    long steps;
    try (Writer writer = Files.newBufferedWriter(fresh, StandardCharsets.UTF_8)) {
      steps = write(connection, writer);
    }
    Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    System.err.println("  " + steps + " steps of " + run + " in " + target);
    return 0;
  }

  private long write(Connection connection, Writer writer) throws SQLException, IOException {
    return StoredSteps.walk(
        connection,
        run,
        switch (format) {
          case csv -> new CsvSteps(writer);
          case jsonl -> new JsonSteps(writer, run);
        });
  }
}
