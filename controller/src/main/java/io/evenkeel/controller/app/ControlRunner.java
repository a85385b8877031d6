package io.evenkeel.controller.app;

import io.evenkeel.controller.steer.ControlEvent;
import io.evenkeel.controller.steer.ControlEvent.CaughtUp;
import io.evenkeel.controller.steer.ControlLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control thread: feeds the loop from its queue. */
final class ControlRunner implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(ControlRunner.class);
  private static final int BATCH = 1_000;
  private static final long TICK_MILLIS = 50;

  private final ControlLoop loop;
  private final BlockingQueue<ControlEvent> queue;
  private final CountDownLatch ready;
  private volatile boolean closing;

  ControlRunner(ControlLoop loop, BlockingQueue<ControlEvent> queue, CountDownLatch ready) {
    this.loop = loop;
    this.queue = queue;
    this.ready = ready;
  }

  @Override
  public void run() {
    List<ControlEvent> batch = new ArrayList<>(BATCH);
    while (!closing) {
      try {
        ControlEvent first = queue.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          queue.drainTo(batch, BATCH - 1);
        }
      } catch (InterruptedException e) {
        return;
      }
      batch.forEach(this::handle);
      try {
        loop.settle();
      } catch (RuntimeException e) {
        // One run's odd state must not end the steering of all others.
        LOG.error("The control loop failed in a round and goes on", e);
      }
      if (batch.stream().anyMatch(CaughtUp.class::isInstance)) {
        ready.countDown();
      }
      batch.clear();
    }
  }

  private void handle(ControlEvent event) {
    try {
      loop.handle(event);
    } catch (RuntimeException e) {
      LOG.error("An event could not be handled and is skipped: {}", event.getClass(), e);
    }
  }

  void close() {
    closing = true;
  }
}
