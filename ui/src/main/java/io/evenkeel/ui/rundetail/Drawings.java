package io.evenkeel.ui.rundetail;

import io.evenkeel.ui.chart.Drawing;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** What is drawn of one state of a run: each made once, however many look. Thread-safe. */
public final class Drawings {
  private final Map<String, Drawing> charts = new ConcurrentHashMap<>();
  private final Map<String, String> marks = new ConcurrentHashMap<>();

  Drawing chart(String name, Supplier<Drawing> make) {
    return charts.computeIfAbsent(name, unused -> make.get());
  }

  String marks(String name, Supplier<String> make) {
    return marks.computeIfAbsent(name, unused -> make.get());
  }
}
