package io.evenkeel.bench.ui;

import io.evenkeel.bench.BenchException;
import io.evenkeel.browser.Browser;
import io.evenkeel.writer.store.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** The run's page while the run goes on: what that costs the browser's main thread and memory. */
final class LiveView {

  /** New steps a second. */
  static final int PACE = 20;

  private static final Duration BATCH = Duration.ofMillis(100);
  private static final Duration SETTLING = Duration.ofSeconds(20);

  // Counts the messages that the server pushes, whatever connection they come over.
  private static final String COUNT_PUSHES =
      """
      window.evenkeelPushes = 0;
      const Plain = window.WebSocket;
      window.WebSocket = class extends Plain {
        constructor(...given) {
          super(...given);
          this.addEventListener('message', (message) => {
            if (String(message.data).length > 30) window.evenkeelPushes++;
          });
        }
      };
      """;

  private final Browser browser;
  private final UiServer server;
  private final LongModelRun run;

  LiveView(Browser browser, UiServer server, LongModelRun run) {
    this.browser = browser;
    this.server = server;
    this.run = run;
  }

  /**
   * What it costs.
   *
   * @param seconds measured
   * @param pushesPerSecond messages from the server
   * @param mainThreadShare processor time of the page's main thread over the time that passed
   * @param browserBytesBefore live objects of the page, after some seconds of settling
   * @param browserBytesAfter the same at the end
   * @param serverBytesBefore live objects of the server
   * @param serverBytesAfter the same at the end
   */
  record Cost(
      double seconds,
      double pushesPerSecond,
      double mainThreadShare,
      long browserBytesBefore,
      long browserBytesAfter,
      long serverBytesBefore,
      long serverBytesAfter) {}

  /** Makes every page that is opened from now on count its pushes. */
  static void prepare(Browser browser) {
    browser.command("Page.addScriptToEvaluateOnNewDocument", Map.of("source", COUNT_PUSHES));
    browser.command("Performance.enable", Map.of());
  }

  /** Adds steps for so long, with the run's page open. */
  Cost watch(Duration length) throws IOException, BenchException, StoreException {
    follow(SETTLING);
    long browserBefore = browserBytes();
    long serverBefore = server.liveBytes();
    double busyBefore = busySeconds();
    long pushesBefore = pushes();
    long begin = System.nanoTime();
    follow(length);
    double seconds = (System.nanoTime() - begin) / 1e9;
    double busy = busySeconds() - busyBefore;
    long pushes = pushes() - pushesBefore;
    return new Cost(
        seconds,
        pushes / seconds,
        busy / seconds,
        browserBefore,
        browserBytes(),
        serverBefore,
        server.liveBytes());
  }

  private void follow(Duration length) throws IOException, BenchException, StoreException {
    long begin = System.nanoTime();
    long written = 0;
    while (System.nanoTime() - begin < length.toNanos()) {
      long due = (System.nanoTime() - begin) * PACE / 1_000_000_000L;
      run.append(due - written);
      written = due;
      server.requireAlive();
      LockSupport.parkNanos(BATCH.toNanos());
    }
  }

  private long pushes() {
    return ((Number) browser.script("return window.evenkeelPushes;")).longValue();
  }

  private double busySeconds() {
    return metric("ThreadTime");
  }

  private long browserBytes() {
    browser.command("HeapProfiler.collectGarbage", Map.of());
    return (long) metric("JSHeapUsedSize");
  }

  private double metric(String name) {
    Map<String, Object> answer = browser.command("Performance.getMetrics", Map.of());
    for (Object metric : (List<?>) answer.getOrDefault("metrics", List.of())) {
      if (metric instanceof Map<?, ?> pair
          && name.equals(pair.get("name"))
          && pair.get("value") instanceof Number value) {
        return value.doubleValue();
      }
    }
    throw new IllegalStateException("the browser does not tell " + name);
  }
}
