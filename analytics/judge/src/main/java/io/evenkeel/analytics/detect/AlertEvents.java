package io.evenkeel.analytics.detect;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import java.util.Map;

/** From changes of an incident to the events that tell of them. */
final class AlertEvents {

  private AlertEvents() {}

  /**
   * The event of a change.
   *
   * @param sentence what is wrong, in words
   */
  static AlertEvent of(
      RunMoment moment,
      ScopeKey key,
      Lifecycle.Change change,
      Map<String, String> labels,
      String sentence) {
    return new AlertEvent(
        AlertIds.of(
            moment.run(), moment.incarnation(), key.rule(), key.scope(), change.firstStep()),
        moment.run(),
        moment.incarnation(),
        key.rule(),
        key.scope(),
        change.state(),
        change.severity(),
        change.firstStep(),
        change.step(),
        change.value(),
        change.threshold(),
        change.state() == AlertState.RESOLVED
            ? change.reason().words() + ". " + sentence
            : sentence,
        labels,
        moment.wallTime(),
        moment.now());
  }

  /** A scope in words. */
  static String inWords(String scope) {
    if (scope.equals(Detector.RUN)) {
      return "the run";
    }
    int slash = scope.indexOf('/');
    return slash < 0 ? scope : scope.substring(0, slash - 1) + " " + scope.substring(slash + 1);
  }
}
