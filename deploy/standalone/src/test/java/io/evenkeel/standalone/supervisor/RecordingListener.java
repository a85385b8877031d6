package io.evenkeel.standalone.supervisor;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Remembers what it hears, one line an event. */
final class RecordingListener implements ServiceListener {
  final BlockingQueue<String> events = new LinkedBlockingQueue<>();

  @Override
  public void ready(String service, Duration startTime) {
    events.add(service + " ready");
  }

  @Override
  public void died(String service, int exitStatus, Duration restartDelay) {
    events.add(service + " died " + exitStatus + " " + restartDelay.toMillis());
  }

  @Override
  public void notStarted(String service, String reason, Duration restartDelay) {
    events.add(service + " not started");
  }

  @Override
  public void givenUp(String service, int restarts) {
    events.add(service + " given up " + restarts);
  }

  @Override
  public void finished(String service) {
    events.add(service + " finished");
  }

  String next() throws InterruptedException {
    String event = events.poll(20, TimeUnit.SECONDS);
    return event == null ? "nothing within 20 s" : event;
  }
}
