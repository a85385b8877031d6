package io.evenkeel.bench.detection;

import io.evenkeel.bench.detection.LabelledLog.Kind;
import io.evenkeel.bench.detection.LabelledLog.Label;
import io.evenkeel.bench.detection.LabelledLog.Values;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What pages on one metric of a labelled log are worth, in observations of the series: pages with
 * at most {@value #QUIET} observations between them are one firing; it finds an event when it
 * starts in the event's window, {@value #BEFORE} before it to {@value #AFTER} after it (an event
 * longer than {@value #LONG} is to be found within as many), or when one that belongs to another
 * event, begun at most as many before, still runs in it. It is false when it starts outside all
 * events.
 */
final class LogScore {
  private static final int QUIET = 20;
  private static final int BEFORE = 2;
  private static final int AFTER = 20;
  private static final int LONG = 64;

  /**
   * An event of a series.
   *
   * @param label its label
   * @param from index of its first observation
   * @param to index of its last
   */
  record Event(Label label, int from, int to) {
    private boolean extends_(int index) {
      return index >= from - BEFORE && index <= to + AFTER;
    }

    private boolean direct(int index) {
      return index >= from - BEFORE && index <= Math.min(to, from + LONG);
    }
  }

  /**
   * A firing.
   *
   * @param from index at which it starts
   * @param to index at which it ends
   * @param rules that page in it
   */
  record Run(int from, int to, List<String> rules) {}

  /**
   * An event with what became of it.
   *
   * @param event the event
   * @param delay observations from its first to the firing; {@link Integer#MAX_VALUE} if missed
   */
  record Verdict(Event event, int delay) {
    boolean found() {
      return delay != Integer.MAX_VALUE;
    }
  }

  /**
   * A series' score.
   *
   * @param verdicts on its events, traps left out
   * @param falseFirings outside all events
   * @param observations of the series
   */
  record Score(List<Verdict> verdicts, List<Run> falseFirings, int observations) {}

  private LogScore() {}

  /** The score of the firings on a metric. */
  static Score of(LabelledLog log, String metric, List<Firing> firings) {
    Values values = log.metrics().getOrDefault(metric, new Values());
    List<Event> events = new ArrayList<>();
    for (Label label : log.labels()) {
      if (label.metric().equals(metric) && label.kind() != Kind.TRAP) {
        event(label, values).ifPresent(events::add);
      }
    }
    List<Run> runs =
        merged(
            firings.stream()
                .filter(f -> f.pages() && f.metric().equals(metric))
                .map(f -> run(f, values))
                .sorted(Comparator.comparingInt(Run::from))
                .toList());
    return new Score(
        events.stream().map(event -> new Verdict(event, delay(event, events, runs))).toList(),
        runs.stream().filter(run -> !belongs(run, events)).toList(),
        values.size());
  }

  private static java.util.Optional<Event> event(Label label, Values values) {
    int from = -1;
    int to = -1;
    for (int i = 0; i < values.size(); i++) {
      if (values.step(i) >= label.start() && values.step(i) <= label.end()) {
        from = from < 0 ? i : from;
        to = i;
      }
    }
    return from < 0
        ? java.util.Optional.empty()
        : java.util.Optional.of(new Event(label, from, to));
  }

  private static Run run(Firing firing, Values values) {
    int from = values.at(firing.firedStep());
    int to = values.at(firing.resolvedStep());
    if (to > from && values.step(to) > firing.resolvedStep()) {
      to--;
    }
    return new Run(from, Math.max(from, to), List.of(firing.rule()));
  }

  private static List<Run> merged(List<Run> sorted) {
    List<Run> merged = new ArrayList<>();
    for (Run run : sorted) {
      Run last = merged.isEmpty() ? null : merged.getLast();
      if (last != null && run.from() - last.to() <= QUIET) {
        List<String> rules = new ArrayList<>(last.rules());
        rules.addAll(run.rules());
        merged.set(merged.size() - 1, new Run(last.from(), Math.max(last.to(), run.to()), rules));
      } else {
        merged.add(run);
      }
    }
    return merged;
  }

  private static boolean belongs(Run run, List<Event> events) {
    return events.stream().anyMatch(e -> mayFind(run, e) && e.extends_(run.from()));
  }

  private static int delay(Event event, List<Event> events, List<Run> runs) {
    int delay = Integer.MAX_VALUE;
    for (Run run : runs) {
      if (!mayFind(run, event)) {
        continue;
      }
      if (inWindow(event, events, run.from())) {
        delay = Math.min(delay, run.from() - event.from());
      } else if (run.from() < event.from() - BEFORE
          && run.to() >= event.from()
          && belongs(run, events)
          && event.from() - run.from() <= LONG) {
        delay = Math.min(delay, 0);
      }
    }
    return delay;
  }

  /** A start on one event's own extent is not credited to a neighbour's after-window. */
  private static boolean inWindow(Event event, List<Event> events, int index) {
    boolean after =
        index >= event.from()
            && index <= event.to() + AFTER
            && event.to() <= event.from() + LONG
            && events.stream().noneMatch(other -> other.direct(index));
    return event.direct(index) || after;
  }

  private static boolean mayFind(Run run, Event event) {
    return event.label().kind() != Kind.SLOW
        || run.rules().stream().anyMatch(rule -> rule.contains("plateau"));
  }
}
