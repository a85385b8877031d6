package io.evenkeel.bench.detection;

import io.evenkeel.bench.detection.peer.PeerRule;
import io.evenkeel.contract.alert.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BiPredicate;

/**
 * What is found and what is false. An expectation is met by an alert that fires within its window,
 * of one of its rules, in its scope, and grave enough; its delay is that of the first. A page
 * (warning or worse) that fires outside all windows is false, each by itself. A page inside a
 * window of another rule is a consequence and counts for nothing.
 */
final class Scoring {
  /** Hits of a peer with fewer quiet observations between them are one firing. */
  static final int QUIET = 20;

  private Scoring() {}

  /** Our own alerts. */
  static CaseScore of(DetectionCase asked, Playback.Outcome outcome) {
    return score(asked, outcome.incidents(), outcome.series(), Expectation::metBy);
  }

  /** A published rule on the same run: any firing within a window meets it, whatever its rules. */
  static CaseScore of(DetectionCase asked, PeerRule peer, Series series) {
    List<Incident> firings = new ArrayList<>();
    int last = -QUIET - 1;
    for (int hit : peer.hits(series)) {
      if (hit - last > QUIET) {
        long step = series.step(hit);
        firings.add(new Incident(peer.name(), "run", Severity.CRITICAL, 0, step, step));
      }
      last = hit;
    }
    return score(
        asked,
        firings,
        series,
        (expectation, firing) ->
            firing.firedStep() >= expectation.firstStep()
                && firing.firedStep() <= expectation.lastStep());
  }

  private static CaseScore score(
      DetectionCase asked,
      List<Incident> incidents,
      Series series,
      BiPredicate<Expectation, Incident> meets) {
    List<CaseScore.Found> found = new ArrayList<>();
    List<Expectation> missed = new ArrayList<>();
    for (Expectation expectation : asked.expectations()) {
      if (expectation.demand() == Demand.MUST) {
        OptionalLong first =
            incidents.stream()
                .filter(incident -> meets.test(expectation, incident))
                .mapToLong(Incident::firedStep)
                .min();
        if (first.isPresent()) {
          found.add(new CaseScore.Found(expectation, first.getAsLong() - expectation.firstStep()));
        } else {
          missed.add(expectation);
        }
      }
    }
    long healthy = 0;
    for (int i = 0; i < series.size(); i++) {
      healthy += asked.healthyAt(series.step(i)) ? 1 : 0;
    }
    return new CaseScore(
        asked.name(),
        found,
        missed,
        incidents.stream()
            .filter(incident -> incident.pages() && asked.healthyAt(incident.firedStep()))
            .toList(),
        series.size(),
        healthy);
  }
}
