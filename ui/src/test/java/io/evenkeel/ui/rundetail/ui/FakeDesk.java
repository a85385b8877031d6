package io.evenkeel.ui.rundetail.ui;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.server.VaadinSession;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.chart.LayerLoads;
import io.evenkeel.ui.chart.Point;
import io.evenkeel.ui.chart.Window;
import io.evenkeel.ui.rundetail.Part;
import io.evenkeel.ui.rundetail.Past;
import io.evenkeel.ui.rundetail.RunEvents.Happening;
import io.evenkeel.ui.rundetail.SeriesName;
import io.evenkeel.ui.runs.RunHeader;
import io.evenkeel.ui.store.StoreFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Remembers what a page has asked for; answers when told to. */
final class FakeDesk implements RunDesk {
  final List<Window> read = new ArrayList<>();
  final List<String> searched = new ArrayList<>();
  private final List<Consumer<Map<SeriesName, List<Point>>>> series = new ArrayList<>();
  int ended;
  private final AtomicInteger retries;
  private final List<Runnable> layers = new ArrayList<>();
  private final List<Runnable> failures = new ArrayList<>();

  FakeDesk(AtomicInteger retries) {
    this.retries = retries;
  }

  /** The database is away for the loads of all layers. */
  void failLayers() {
    answers(failures);
  }

  void answerLayers() {
    answers(layers);
  }

  void answerSeries(Map<SeriesName, List<Point>> answer) {
    answers(series.stream().map(listener -> (Runnable) () -> listener.accept(answer)).toList());
  }

  @Override
  public Stream<SeriesName> seriesNames(String words) {
    searched.add(words);
    return Stream.of();
  }

  @Override
  public void ownSeries(
      RunHeader header,
      List<SeriesName> names,
      long from,
      long to,
      Consumer<Map<SeriesName, List<Point>>> listener,
      Consumer<StoreFault> failed) {
    series.add(listener);
  }

  private static void answers(List<Runnable> waiting) {
    waiting.forEach(Runnable::run);
    // A request's end: the session's lock goes back, and waiting access runs.
    VaadinSession session = UI.getCurrent().getSession();
    session.unlock();
    session.lock();
  }

  @Override
  public void retry() {
    retries.incrementAndGet();
  }

  @Override
  public void watchLayer(int layer) {}

  @Override
  public Runnable read(
      RunHeader header,
      Window window,
      int layer,
      String chart,
      Consumer<Part> listener,
      Consumer<StoreFault> failed) {
    read.add(window);
    return () -> ended++;
  }

  @Override
  public void past(
      RunHeader header, Window window, Consumer<Past> listener, Consumer<StoreFault> failed) {}

  @Override
  public void layerLoads(
      RunHeader header, long step, Consumer<LayerLoads> listener, Consumer<StoreFault> failed) {
    failures.add(
        () -> failed.accept(new StoreFault(ErrorId.DB_UNAVAILABLE, "The database is away.")));
    layers.add(
        () ->
            listener.accept(
                new LayerLoads(
                    step, 2, 3, List.of(new LayerLoads.Layer(0, new float[] {1, 2, 3})))));
  }

  @Override
  public List<Happening> events(List<String> ids) {
    return List.of();
  }
}
