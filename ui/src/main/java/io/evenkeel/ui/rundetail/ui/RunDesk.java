package io.evenkeel.ui.rundetail.ui;

import io.evenkeel.ui.chart.LayerLoads;
import io.evenkeel.ui.chart.Point;
import io.evenkeel.ui.chart.Window;
import io.evenkeel.ui.rundetail.Part;
import io.evenkeel.ui.rundetail.Past;
import io.evenkeel.ui.rundetail.RunEvents.Happening;
import io.evenkeel.ui.rundetail.SeriesName;
import io.evenkeel.ui.runs.RunHeader;
import io.evenkeel.ui.store.StoreFault;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What the page of one run's charts asks of the services. Listeners are called on their threads.
 */
interface RunDesk {

  /** Reads everything anew. */
  void retry();

  /** From the next tick on, the state holds the loads of this layer. */
  void watchLayer(int layer);

  /**
   * Reads a part of the steps.
   *
   * @param chart which is wanted first
   * @param failed hears why some of it is missing, besides what the part itself tells
   * @return ends it
   */
  Runnable read(
      RunHeader header,
      Window window,
      int layer,
      String chart,
      Consumer<Part> listener,
      Consumer<StoreFault> failed);

  /** Reads what newer incarnations took back in a part of the steps. */
  void past(RunHeader header, Window window, Consumer<Past> listener, Consumer<StoreFault> failed);

  /** Reads the load of all layers at a step. */
  void layerLoads(
      RunHeader header, long step, Consumer<LayerLoads> listener, Consumer<StoreFault> failed);

  /** The names of the run's own series that hold these words; waits. */
  Stream<SeriesName> seriesNames(String words);

  /** Reads some of the run's own series between two steps. */
  void ownSeries(
      RunHeader header,
      List<SeriesName> names,
      long from,
      long to,
      Consumer<Map<SeriesName, List<Point>>> listener,
      Consumer<StoreFault> failed);

  /** Reads what happened at marks; waits. */
  List<Happening> events(List<String> ids);
}
