package io.evenkeel.contract.command;

import io.evenkeel.contract.error.Check;
import java.time.Instant;
import java.util.List;

/**
 * Tell nobody of some alerts for a while. The silence has the request's id.
 *
 * @param matchers which alerts: all of these must hold, each as it is written, such as {@code
 *     run="a"}; 1 to {@value #MOST_MATCHERS}
 * @param startsAt from
 * @param endsAt until, not included
 * @param reason why, for people; may be empty
 */
public record SilenceAlerts(List<String> matchers, Instant startsAt, Instant endsAt, String reason)
    implements AlertRequest {

  /** Most matchers of a silence. */
  public static final int MOST_MATCHERS = 50;

  /**
   * Validates; whether the matchers can be read is for the controller to say.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public SilenceAlerts {
    matchers = Check.list("matchers", matchers);
    Check.that(!matchers.isEmpty(), "a silence needs a matcher: without one it would hide all");
    Check.that(
        matchers.size() <= MOST_MATCHERS, "a silence has at most " + MOST_MATCHERS + " matchers");
    for (String matcher : matchers) {
      Check.text("matcher", matcher);
      Check.that(!matcher.isBlank(), "a matcher is empty");
    }
    startsAt = Check.instant("startsAt", startsAt);
    endsAt = Check.instant("endsAt", endsAt);
    Check.that(startsAt.isBefore(endsAt), "a silence must end after it starts");
    Check.text("reason", reason);
  }
}
