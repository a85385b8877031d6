package io.evenkeel.ui.evidence;

import io.evenkeel.ui.store.StoreFault;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/** Reads evidence beside the pages, two at a time, so that no page waits for the database. */
@Component
public class EvidenceDesk implements DisposableBean {
  private final EvidenceReader reader;
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          2,
          2,
          1,
          TimeUnit.MINUTES,
          new ArrayBlockingQueue<>(64),
          Thread.ofPlatform().name("evidence-", 0).daemon().factory());

  EvidenceDesk(EvidenceReader reader) {
    this.reader = reader;
    threads.allowCoreThreadTimeOut(true);
  }

  /** Reads, and tells one of the two, on a thread of its own. */
  public void ask(
      EvidenceReader.Wanted wanted, Consumer<Evidence> found, Consumer<StoreFault> failed) {
    try {
      threads.execute(
          () -> {
            Evidence evidence;
            try {
              evidence = reader.read(wanted);
            } catch (RuntimeException e) {
              failed.accept(StoreFault.of(e));
              return;
            }
            found.accept(evidence);
          });
    } catch (RejectedExecutionException e) {
      failed.accept(StoreFault.of(e));
    }
  }

  @Override
  public void destroy() {
    threads.shutdownNow();
  }
}
