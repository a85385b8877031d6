package io.evenkeel.ui.rundetail.ui;

import com.vaadin.flow.router.QueryParameters;
import io.evenkeel.ui.chart.Window;
import io.evenkeel.ui.chart.ui.EvenkeelChart.Across;
import io.evenkeel.ui.rundetail.SeriesName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How somebody looks at a run's charts; an address restores it.
 *
 * @param window part of the steps; empty to follow the run
 * @param across steps or wall time
 * @param past whether what newer incarnations took back is shown
 * @param layer whose expert load is shown
 * @param series the run's own series that are shown
 */
record View(
    Optional<Window> window, Across across, PastShown past, int layer, List<SeriesName> series) {
  private static final long MOST = 1L << 52;

  /** Whether superseded steps are shown. */
  enum PastShown {
    HIDDEN,
    DIMMED
  }

  /** Follows the run, over steps. */
  static final View START =
      new View(Optional.empty(), Across.STEPS, PastShown.HIDDEN, 0, List.of());

  View with(Optional<Window> other) {
    return new View(other, across, past, layer, series);
  }

  View with(Across other) {
    return new View(window, other, past, layer, series);
  }

  View with(PastShown other) {
    return new View(window, across, other, layer, series);
  }

  View withLayer(int other) {
    return new View(window, across, past, other, series);
  }

  View withSeries(List<SeriesName> other) {
    return new View(window, across, past, layer, List.copyOf(other));
  }

  /** Reads an address; what makes no sense in it is as if it were not there. */
  static View of(QueryParameters parameters) {
    long from = number(parameters, "from");
    long to = number(parameters, "to");
    return new View(
        from >= 0 && to > from ? Optional.of(new Window(from, to)) : Optional.empty(),
        parameters.getSingleParameter("axis").filter("time"::equals).isPresent()
            ? Across.TIME
            : Across.STEPS,
        parameters.getSingleParameter("past").filter("dimmed"::equals).isPresent()
            ? PastShown.DIMMED
            : PastShown.HIDDEN,
        (int) Math.min(4096, Math.max(0, number(parameters, "layer"))),
        parameters.getParameters("series").stream()
            .flatMap(id -> SeriesName.of(id).stream())
            .distinct()
            .limit(OwnSeriesCard.MOST)
            .toList());
  }

  /** What an address needs to restore it. */
  Map<String, List<String>> parameters() {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    window.ifPresent(
        part -> {
          parameters.put("from", List.of(Long.toString(part.from())));
          parameters.put("to", List.of(Long.toString(part.to())));
        });
    if (across == Across.TIME) {
      parameters.put("axis", List.of("time"));
    }
    if (past == PastShown.DIMMED) {
      parameters.put("past", List.of("dimmed"));
    }
    if (layer > 0) {
      parameters.put("layer", List.of(Integer.toString(layer)));
    }
    if (!series.isEmpty()) {
      parameters.put("series", series.stream().map(SeriesName::id).toList());
    }
    return parameters;
  }

  private static long number(QueryParameters parameters, String name) {
    return parameters
        .getSingleParameter(name)
        .filter(text -> text.matches("[0-9]{1,16}"))
        .map(Long::parseLong)
        .filter(value -> value <= MOST)
        .orElse(-1L);
  }
}
