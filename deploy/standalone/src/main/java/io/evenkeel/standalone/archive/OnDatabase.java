package io.evenkeel.standalone.archive;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.standalone.up.Pipeline;
import io.evenkeel.standalone.up.SignalGuard;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** Runs what a command does with the database, wherever that is, and tells what failed. */
public final class OnDatabase {
  /** What a command does. */
  @FunctionalInterface
  public interface Work {
    /**
     * Does it.
     *
     * @param pipeline the parts asked for
     * @param connection closed afterwards
     * @return the exit status
     */
    int with(Pipeline pipeline, Connection connection)
        throws SQLException, IOException, ArchiveFailure, InterruptedException;
  }

  private OnDatabase() {}

  /** The exit status: that of the work, or 1 after a reason has been printed. */
  public static int run(Path data, Pipeline.Parts parts, PrintStream messages, Work work) {
    try (SignalGuard guard = SignalGuard.ofThisThread();
        Pipeline pipeline = Pipeline.open(data, parts, messages);
        Connection connection = pipeline.database().connectPatiently()) {
      return work.with(pipeline, connection);
    } catch (ArchiveFailure e) {
      messages.println(e.getMessage());
    } catch (SQLException e) {
      messages.println(ErrorId.DB_UNAVAILABLE.line(e.getMessage() + "."));
    } catch (IOException e) {
      messages.println(e.getMessage());
    } catch (InterruptedException e) {
      return SignalGuard.STOPPED_BY_SIGNAL;
    }
    return 1;
  }
}
