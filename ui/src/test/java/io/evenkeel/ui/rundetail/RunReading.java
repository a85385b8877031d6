package io.evenkeel.ui.rundetail;

import io.evenkeel.ui.chart.LineChart;
import io.evenkeel.ui.chart.Point;
import io.evenkeel.ui.chart.Trace;
import io.evenkeel.ui.runs.RunsReader;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Follows a run as its page does, and looks into the charts; each look is a tick. */
public final class RunReading {
  private final RunSource source;
  private RunState state;

  /** Reads the run's history. */
  public RunReading(JdbcClient database, String run) {
    var reader = new RunReader(database);
    source = new RunSource(run, new RunsReader(database), reader, new SeriesReaders(reader));
    state = next();
  }

  /** The steps of the points of all series of that name. */
  public List<Long> steps(String chart, String name) {
    return traces(chart, name).flatMap(trace -> trace.points().stream()).map(Point::step).toList();
  }

  /** The largest finite value in a series. */
  public double largest(String chart, String name) {
    return traces(chart, name)
        .flatMap(trace -> trace.points().stream())
        .mapToDouble(Point::max)
        .filter(Double::isFinite)
        .max()
        .orElseThrow();
  }

  /** The steps marked as not finite. */
  public List<Long> nonFinite(String chart) {
    return Stream.of(Panel.values())
        .filter(panel -> panel.id().equals(chart))
        .flatMap(panel -> PanelCharts.marks(panel, state).nonFinite().stream())
        .toList();
  }

  /** The values that a knob has had. */
  public List<Double> knobValues(String knob) {
    return state.knobs().get(knob).stream().map(Point::last).distinct().toList();
  }

  /** Columns of the first layer's load. */
  public int loadColumns() {
    return state.loads().get(0).steps().size();
  }

  /** How often everything was read anew. */
  public long generation() {
    return state.generation();
  }

  private RunState next() {
    RunState read = source.next();
    while (read.isUnfinished()) {
      read = source.next();
    }
    return read;
  }

  private Stream<Trace> traces(String chart, String name) {
    state = next();
    LineChart drawn = RunCharts.chart(chart, state, Past.NONE).chart();
    return drawn.traces().stream().filter(trace -> trace.name().equals(name));
  }
}
