package io.evenkeel.ui.rundetail.ui;

import com.vaadin.flow.router.QueryParameters;
import io.evenkeel.ui.chart.Window;
import io.evenkeel.ui.chart.ui.EvenkeelChart.Across;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How somebody looks at a run's charts; an address restores it.
 *
 * @param window part of the steps; empty to follow the run
 * @param across steps or wall time
 * @param past whether what newer incarnations took back is shown
 * @param layer whose expert load is shown
 */
record View(Optional<Window> window, Across across, PastShown past, int layer) {
  private static final long MOST = 1L << 52;

  /** Whether superseded steps are shown. */
  enum PastShown {
    HIDDEN,
    DIMMED
  }

  /** Follows the run, over steps. */
  static final View START = new View(Optional.empty(), Across.STEPS, PastShown.HIDDEN, 0);

  View with(Optional<Window> other) {
    return new View(other, across, past, layer);
  }

  View with(Across other) {
    return new View(window, other, past, layer);
  }

  View with(PastShown other) {
    return new View(window, across, other, layer);
  }

  View withLayer(int other) {
    return new View(window, across, past, other);
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
        (int) Math.min(4096, Math.max(0, number(parameters, "layer"))));
  }

  /** What an address needs to restore it. */
  Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    window.ifPresent(
        part -> {
          parameters.put("from", Long.toString(part.from()));
          parameters.put("to", Long.toString(part.to()));
        });
    if (across == Across.TIME) {
      parameters.put("axis", "time");
    }
    if (past == PastShown.DIMMED) {
      parameters.put("past", "dimmed");
    }
    if (layer > 0) {
      parameters.put("layer", Integer.toString(layer));
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
