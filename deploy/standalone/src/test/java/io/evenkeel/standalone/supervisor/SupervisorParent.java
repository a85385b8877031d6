package io.evenkeel.standalone.supervisor;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A process of its own that supervises a child and waits to be killed; prints the child's id. */
final class SupervisorParent {
  private SupervisorParent() {}

  public static void main(String[] args) throws Exception {
    Path dir = Path.of(args[0]);
    SupervisedService child =
        new SupervisedService(
            new ServiceSpec(
                "child",
                List.of("sh", "-c", "echo EVENKEEL-READY child; while :; do sleep 0.05; done"),
                Map.of(),
                Duration.ofSeconds(20),
                ServiceSpec.Restart.ALWAYS,
                ServiceSpec.NO_LIMIT),
            dir,
            dir,
            Backoff.STANDARD,
            new RecordingListener());
    child.start();
    child.awaitReady();
    System.out.println(child.pid().orElseThrow());
    new CountDownLatch(1).await();
  }
}
