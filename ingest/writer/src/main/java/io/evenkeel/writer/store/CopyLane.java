package io.evenkeel.writer.store;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;

/**
 * Copies a transaction's tables one after the other on a thread of its own, so that the database
 * takes a table's rows in while the next table's are being made. While a copy is under way nothing
 * else may use the connection, nor change the rows: {@link #join} first. Not thread-safe.
 */
final class CopyLane {

  /** Bytes handed to the server at a time. */
  private static final int COPY_CHUNK = 1 << 16;

  private final CopyManager copies;
  private CompletableFuture<Void> underWay = CompletableFuture.completedFuture(null);

  /**
   * A lane in which nothing is under way.
   *
   * @param connection in a transaction
   */
  CopyLane(Connection connection) throws SQLException {
    this.copies = connection.unwrap(PGConnection.class).getCopyAPI();
  }

  /**
   * Copies a table's rows when those before them are there; not at all if those failed.
   *
   * @param statement a COPY from stdin, binary
   * @param rows complete
   */
  void begin(String statement, CopyBuffer rows) {
    underWay =
        underWay.thenRunAsync(
            () -> {
              try {
                copy(statement, rows.message());
              } catch (SQLException e) {
                throw new CompletionException(e);
              }
            },
            Thread::startVirtualThread);
  }

  /**
   * Returns when nothing is under way, interrupted or not.
   *
   * @throws SQLException that of the first copy that failed
   */
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
    underWay.exceptionally(e -> null).join();
  }

  private void copy(String statement, ByteBuffer message) throws SQLException {
    CopyIn copy = copies.copyIn(statement);
    try {
      for (int sent = 0; sent < message.limit(); sent += COPY_CHUNK) {
        copy.writeToCopy(message.array(), sent, Math.min(COPY_CHUNK, message.limit() - sent));
      }
      copy.endCopy();
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }
}
