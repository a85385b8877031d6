package io.evenkeel.standalone.up;

import io.evenkeel.standalone.supervisor.Backoff;
import io.evenkeel.standalone.supervisor.ServiceSpec;
import io.evenkeel.standalone.supervisor.SupervisedService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The running services in the order they were started; stopped in groups, the last started first.
 */
final class Fleet {
  private static final Duration GRACE = Duration.ofSeconds(8);

  private final DataFolder folder;
  private final Console console;
  private final List<List<SupervisedService>> groups = new ArrayList<>();
  private boolean closed;

  Fleet(DataFolder folder, Console console) {
    this.folder = folder;
    this.console = console;
  }

  /** Starts services at once; they are stopped together too. */
  List<SupervisedService> start(ServiceSpec... specs) {
    List<SupervisedService> group = new ArrayList<>();
    for (ServiceSpec spec : specs) {
      group.add(
          new SupervisedService(spec, folder.logs(), folder.run(), Backoff.STANDARD, console));
    }
    synchronized (groups) {
      if (closed) {
        return List.of();
      }
      groups.add(group);
      group.forEach(SupervisedService::start);
    }
    return group;
  }

  /** Waits for the ready lines; a service that is late is told and left to come later. */
  void awaitReady(List<SupervisedService> services) throws InterruptedException {
    for (SupervisedService service : services) {
      if (!service.awaitReady() && !service.isPortTaken()) {
        console.late(service.name());
      }
    }
  }

  /** Stops the groups, last started first, the services of a group at once. */
  void stop() {
    List<List<SupervisedService>> running;
    synchronized (groups) {
      closed = true;
      running = groups.reversed();
    }
    for (List<SupervisedService> group : running) {
      List<Thread> stops = new ArrayList<>();
      for (SupervisedService service : group) {
        stops.add(Thread.ofPlatform().start(() -> service.stop(GRACE)));
      }
      for (Thread stop : stops) {
        try {
          stop.join();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}
