package io.evenkeel.ui.rundetail;

import io.evenkeel.ui.chart.Knot;
import io.evenkeel.ui.chart.LoadMap;
import io.evenkeel.ui.chart.Point;
import io.evenkeel.ui.chart.Window;
import java.util.List;
import java.util.Map;

/**
 * What has been read of a part of a run's steps; what has not is pending.
 *
 * @param window the part
 * @param series by metric
 * @param knobs values in force by knob label; empty until they are read
 * @param loads load of experts by layer; empty until they are read
 * @param clock wall times; empty until they are read
 */
public record Part(
    Window window,
    Map<Metric, Series> series,
    Map<String, List<Point>> knobs,
    Map<Integer, LoadMap> loads,
    List<Knot> clock) {}
