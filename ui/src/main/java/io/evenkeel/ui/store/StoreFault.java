package io.evenkeel.ui.store;

import io.evenkeel.contract.error.ErrorId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.BadSqlGrammarException;

/**
 * Why something could not be read, in words for people. Holds nothing of the query or the driver.
 *
 * @param id id of the catalogue
 * @param text a sentence or two: what has happened, what to do
 */
public record StoreFault(ErrorId id, String text) {
  private static final Logger LOG = LoggerFactory.getLogger(StoreFault.class);

  /** What {@code failure} means to a reader; the details go to the log. */
  public static StoreFault of(RuntimeException failure) {
    LOG.debug("a query failed", failure);
    if (failure instanceof NoSuchRun) {
      return new StoreFault(
          ErrorId.CONTROL_RUN_UNKNOWN,
          "There is no run of this name, or it has sent nothing yet; this page waits for it.");
    }
    if (failure instanceof BadSqlGrammarException) {
      return new StoreFault(
          ErrorId.DB_MIGRATION,
          "The database has no Evenkeel tables yet. The writer makes them when it starts; this page"
              + " goes on by itself.");
    }
    if (failure instanceof DataAccessException
        || failure instanceof org.springframework.transaction.TransactionException) {
      return new StoreFault(
          ErrorId.DB_UNAVAILABLE,
          ErrorId.DB_UNAVAILABLE.meaning()
              + " What is shown is the last that was read; this page goes on by itself.");
    }
    LOG.error("the dashboard failed to read a state", failure);
    return new StoreFault(
        ErrorId.DB_UNAVAILABLE, "This could not be read; the log of the dashboard says why.");
  }

  /** One line: id and sentence. */
  public String line() {
    return id.id() + ": " + text;
  }
}
