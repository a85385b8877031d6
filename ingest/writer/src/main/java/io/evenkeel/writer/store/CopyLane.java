package io.evenkeel.writer.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * Copies a transaction's finished rows while the next are being made: the server works on the one
 * core, the writer on the other. While a copy is under way nothing else may use the connection:
 * {@link #join} first. Not thread-safe.
 */
final class CopyLane {

  /** Bytes handed to the server at a time. */
  private static final int COPY_CHUNK = 1 << 16;

  private final CopyManager copies;
  private CompletableFuture<Void> underWay = CompletableFuture.completedFuture(null);

  CopyLane(Connection connection) throws SQLException {
    this.copies = connection.unwrap(PGConnection.class).getCopyAPI();
  }

  /** Begins to copy new rows into their tables, when those before them are there. */
  void begin(Map<Staging, CopyBuffer> direct) throws SQLException {
    join();
    underWay =
        CompletableFuture.runAsync(
            () -> {
              try {
                copyDirect(direct);
              } catch (SQLException e) {
                throw new CompletionException(e);
              }
            },
            Thread::startVirtualThread);
  }

  /** Returns when nothing is under way, interrupted or not. */
  void join() throws SQLException {
    try {
      underWay.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof SQLException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** The same, when the transaction has failed already. */
  void settle() {
    underWay.handle((nothing, e) -> nothing).join();
  }

  /** Copies what is left of a batch. */
  void copyRest(Rows rows) throws SQLException {
    join();
    copyDirect(rows.direct());
    Optional<CopyBuffer> marks = rows.marks();
    if (marks.isPresent()) {
      copy(Staging.COPY_MARKS, marks.get());
    }
    for (Map.Entry<Staging, CopyBuffer> table : rows.staged().entrySet()) {
      copy(table.getKey().copy(), table.getValue());
    }
  }

  private void copyDirect(Map<Staging, CopyBuffer> direct) throws SQLException {
    for (Map.Entry<Staging, CopyBuffer> table : direct.entrySet()) {
      copy(table.getKey().copyDirect(), table.getValue());
    }
  }

  private void copy(String statement, CopyBuffer rows) throws SQLException {
    try {
      copies.copyIn(statement, rows.message(), COPY_CHUNK);
    } catch (IOException e) {
      throw new SQLException("reading from memory failed", e);
    }
  }
}
