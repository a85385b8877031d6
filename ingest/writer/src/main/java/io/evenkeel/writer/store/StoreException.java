package io.evenkeel.writer.store;

import io.evenkeel.contract.error.ErrorId;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A batch was not stored; nothing of it is in the database. */
public final class StoreException extends Exception {

  private static final long serialVersionUID = 1L;

  /** SQLSTATE classes that tell of the server or the connection, not of the rows. */
  private static final Set<String> SERVER_CLASSES =
      Set.of("08", "25", "26", "28", "3D", "3F", "40", "42", "53", "55", "57", "58", "F0");

  private final Kind kind;

  /** What went wrong, and so what to do about it. */
  public enum Kind {
    /** The database cannot be reached or cannot work now: try the same batch again. */
    UNAVAILABLE(ErrorId.DB_UNAVAILABLE),
    /** The database has no room: try the same batch again. */
    DISK_FULL(ErrorId.DB_DISK_FULL),
    /** The database works, and refuses these rows: trying again is of no use. */
    REJECTED(ErrorId.STORE_REJECTED);

    private final ErrorId errorId;

    Kind(ErrorId errorId) {
      this.errorId = errorId;
    }

    /** The operating error of the catalogue. */
    public ErrorId errorId() {
      return errorId;
    }
  }

  /** A failure of a kind. */
  public StoreException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** Classifies what the database said. */
  public static StoreException of(SQLException cause) {
    return new StoreException(
        kindOf(cause.getSQLState()), String.valueOf(cause.getMessage()), cause);
  }

  /** The kind of an SQLSTATE; none at all comes from the driver or the pool. */
  static Kind kindOf(@Nullable String state) {
    if (state == null || state.length() != 5) {
      return Kind.UNAVAILABLE;
    }
    if (state.equals("53100")) {
      return Kind.DISK_FULL;
    }
    if (state.equals("XX001") || state.equals("XX002")) {
      return Kind.UNAVAILABLE; // corrupted files: no record's fault
    }
    return SERVER_CLASSES.contains(state.substring(0, 2)) ? Kind.UNAVAILABLE : Kind.REJECTED;
  }

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }
}
