package io.evenkeel.ui.security;

import io.evenkeel.ui.activity.Activity;
import io.evenkeel.ui.activity.ActivityLog;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Makes a new process go on with the waits of the one before, out of the activity log: a restart
 * gives nobody new guesses. Thread-safe.
 */
@Component
class PastFailures {
  static final String LOGIN = "login";
  static final String RESET = "account.reset";

  private static final Logger LOG = LoggerFactory.getLogger(PastFailures.class);
  private static final int MOST = 5_000;

  private final ActivityLog activity;
  private final Lockout lockout;
  private final Instant began;
  private boolean recalled;

  PastFailures(ActivityLog activity, Lockout lockout, Clock clock) {
    this.activity = activity;
    this.lockout = lockout;
    this.began = clock.instant();
  }

  /** Recalls them once; while the database is away it is tried again at the next login. */
  synchronized void recall() {
    if (recalled) {
      return;
    }
    List<Activity> past;
    try {
      past = activity.between(began.minus(Lockout.FORGOTTEN), began, List.of(LOGIN, RESET), MOST);
    } catch (DataAccessException | TransactionException e) {
      LOG.debug("failed logins are recalled later", e);
      return;
    }
    recalled = true;
    for (Activity one : past) {
      if (one.outcome() == Activity.Outcome.DONE && one.action().equals(RESET)) {
        lockout.forgive(one.subject());
      } else if (one.action().equals(LOGIN) && one.outcome() == Activity.Outcome.DONE) {
        lockout.succeeded(one.subject(), one.address());
      } else if (one.action().equals(LOGIN)) {
        lockout.recall(one.subject(), one.address(), one.at());
      }
    }
  }
}
