package io.evenkeel.controller.notify.silence;

import io.evenkeel.alerting.route.LabelMatcher;
import io.evenkeel.contract.error.Check;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * That nobody is to be told of some alerts for a while.
 *
 * @param id id
 * @param matchers which alerts: all of these must hold; at least one
 * @param startsAt from
 * @param endsAt until, not included
 * @param reason why, for people
 * @param creator who asked for it
 */
public record Silence(
    String id,
    List<LabelMatcher> matchers,
    Instant startsAt,
    Instant endsAt,
    String reason,
    String creator) {

  /** Most matchers of a silence. */
  public static final int MOST_MATCHERS = 50;

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public Silence {
    Check.name("id", id);
    matchers = List.copyOf(matchers);
    Check.that(!matchers.isEmpty(), "a silence needs a matcher: without one it would hide all");
    Check.that(
        matchers.size() <= MOST_MATCHERS, "a silence has at most " + MOST_MATCHERS + " matchers");
    startsAt = Check.instant("startsAt", startsAt);
    endsAt = Check.instant("endsAt", endsAt);
    Check.that(startsAt.isBefore(endsAt), "a silence must end after it starts");
    Check.text("reason", reason);
    Check.name("creator", creator);
  }

  /** Whether it silences an alert of these labels. */
  public boolean matches(Map<String, String> labels) {
    return LabelMatcher.all(matchers, labels);
  }
}
