package io.evenkeel.controller.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The controller as its own process, as the supervisor starts it. */
final class ControllerProcess implements AutoCloseable {

  private final Process process;
  private final CountDownLatch ready = new CountDownLatch(1);
  private final CopyOnWriteArrayList<String> lines = new CopyOnWriteArrayList<>();

  ControllerProcess(Map<String, String> environment) throws IOException {
    this(environment, "256m");
  }

  /**
   * A process.
   *
   * @param heap the most that it may use, as Java's {@code -Xmx}; it ends where that is not enough
   */
  ControllerProcess(Map<String, String> environment, String heap) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ControllerMain.class.getName())
            .redirectErrorStream(true);
    builder.environment().putAll(environment);
    process = builder.start();
    Thread reader = new Thread(this::read, "controller-output");
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(line);
        if (line.equals("EVENKEEL-READY controller")) {
          ready.countDown();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean awaitReady() throws InterruptedException {
    return ready.await(60, TimeUnit.SECONDS);
  }

  boolean isReady() {
    return ready.getCount() == 0;
  }

  /** kill -9. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM; the exit code, or -1 if it did not stop within five seconds. */
  int terminate() throws InterruptedException {
    process.destroy();
    return process.waitFor(5, TimeUnit.SECONDS) ? process.exitValue() : -1;
  }

  String output() {
    return String.join("\n", lines);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
