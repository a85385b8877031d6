package io.evenkeel.bench.ui;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The figures of {@code bench ui}.
 *
 * @param size of run and measurement
 * @param openings of the run's page
 * @param zooms into it
 * @param picker looked up in
 * @param live the page of a run that goes on
 * @param many sessions at once
 */
record UiReport(
    UiBenchCommand.Size size,
    List<RunPage.Opening> openings,
    List<RunPage.Zoom> zooms,
    SeriesPicker.Answers picker,
    LiveView.Cost live,
    ManySessions.Found many) {

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("steps", size.steps());
    json.put("layers", size.layers());
    json.put("experts", size.experts());
    json.put("first_chart_ms", worst(openings, RunPage.Opening::first));
    json.put("all_charts_ms", worst(openings, RunPage.Opening::all));
    json.put("first_chart_median_ms", quantile(openings, 0.5, RunPage.Opening::first));
    json.put("all_charts_median_ms", quantile(openings, 0.5, RunPage.Opening::all));
    json.put("zoom_p50_ms", quantile(zooms, 0.5, RunPage.Zoom::own));
    json.put("zoom_p95_ms", quantile(zooms, 0.95, RunPage.Zoom::own));
    json.put("zoom_all_charts_p95_ms", quantile(zooms, 0.95, RunPage.Zoom::all));
    json.put("series", LongModelRun.SCALARS);
    json.put("picker_open_ms", picker.opened());
    json.put("picker_p95_ms", quantile(picker.searched(), 0.95, value -> value));
    json.put("live_seconds", live.seconds());
    json.put("pushes_per_s", live.pushesPerSecond());
    json.put("main_thread_share", live.mainThreadShare());
    json.put("browser_bytes_before", live.browserBytesBefore());
    json.put("browser_bytes_after", live.browserBytesAfter());
    json.put("server_bytes_before", live.serverBytesBefore());
    json.put("server_bytes_after", live.serverBytesAfter());
    json.put("sessions", size.sessions());
    json.put("sessions_p50_ms", quantile(many.millis(), 0.5, value -> value));
    json.put("sessions_p95_ms", quantile(many.millis(), 0.95, value -> value));
    json.put("server_bytes_per_session", many.bytesPerSession());
    return json;
  }

  void print(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "first chart %.0f ms, all charts %.0f ms (the slowest of %d)%n"
            + "zoom: p95 %.0f ms, all charts %.0f ms%n"
            + "picker of %,d series: open after %.0f ms, found p95 %.0f ms%n"
            + "live: %.1f pushes/s, main thread busy %.0f %%, browser %.1f to %.1f MB, server %.1f to %.1f MB%n"
            + "%d sessions: p95 %.0f ms, %.2f MB of the server each%n",
        worst(openings, RunPage.Opening::first),
        worst(openings, RunPage.Opening::all),
        openings.size(),
        quantile(zooms, 0.95, RunPage.Zoom::own),
        quantile(zooms, 0.95, RunPage.Zoom::all),
        LongModelRun.SCALARS,
        picker.opened(),
        quantile(picker.searched(), 0.95, value -> value),
        live.pushesPerSecond(),
        100 * live.mainThreadShare(),
        live.browserBytesBefore() / 1e6,
        live.browserBytesAfter() / 1e6,
        live.serverBytesBefore() / 1e6,
        live.serverBytesAfter() / 1e6,
        size.sessions(),
        quantile(many.millis(), 0.95, value -> value),
        many.bytesPerSession() / 1e6);
    out.flush();
  }

  private static <T> double worst(List<T> of, ToDoubleFunction<T> value) {
    return quantile(of, 1, value);
  }

  private static <T> double quantile(List<T> of, double share, ToDoubleFunction<T> value) {
    double[] sorted = of.stream().mapToDouble(value).sorted().toArray();
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }
}
