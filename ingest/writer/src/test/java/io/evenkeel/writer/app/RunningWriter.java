package io.evenkeel.writer.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.writer.Await;
import io.evenkeel.writer.TestDatabase;
import io.evenkeel.writer.TestKafka;
import io.evenkeel.writer.consume.BatchLimits;
import io.evenkeel.writer.consume.WriterLoop;
import io.evenkeel.writer.deadletter.DeadLetterTopic;
import io.evenkeel.writer.deadletter.PoisonIsolation;
import io.evenkeel.writer.metrics.WriterMetrics;
import io.evenkeel.writer.store.BatchStore;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;

/** A writer in a thread of this JVM, wired as {@link WriterMain} does it. */
final class RunningWriter {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final CountDownLatch joined = new CountDownLatch(1);
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final ExecutorService storing = Executors.newSingleThreadExecutor();
  private final WriterMetrics metrics = new WriterMetrics();
  private final TestKafka kafka;
  private final WriterLoop loop;
  private final String group;

  RunningWriter(
      TestDatabase database,
      TestKafka kafka,
      String group,
      UnaryOperator<Consumer<byte[], byte[]>> consumerWrapper) {
    this.kafka = kafka;
    this.group = group;
    HikariDataSource pool = database.database().open();
    KafkaClients clients = KafkaClients.to(kafka.bootstrap(), group);
    BatchStore store = new BatchStore(pool, Clock.systemUTC());
    loop =
        new WriterLoop(
            consumerWrapper.apply(clients.consumer()),
            new PoisonIsolation(store::write, Clock.systemUTC()),
            new DeadLetterTopic(clients.producer()),
            storing,
            BatchLimits.STANDARD,
            Clock.systemUTC(),
            metrics,
            joined::countDown);
    Thread thread =
        new Thread(
            () -> {
              try (pool) {
                loop.run();
                end.complete(null);
              } catch (RuntimeException e) {
                end.completeExceptionally(e);
              } finally {
                storing.shutdownNow();
                clients.producer().close(Duration.ZERO);
              }
            },
            "writer-" + group);
    thread.setDaemon(true);
    thread.start();
  }

  boolean isAlive() {
    return !end.isDone();
  }

  void awaitJoined() throws Exception {
    assertThat(joined.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  void awaitDeath(String message) throws Exception {
    Throwable cause =
        end.handle((done, failure) -> failure).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(cause).isNotNull().hasMessageContaining(message);
  }

  /** Waits until the group has committed every record that was there when it was called. */
  void awaitCaughtUp() throws Exception {
    kafka.flush();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
      CommittedOffsets offsets = CommittedOffsets.ofAllTopics(admin);
      Await.until("caught up", LIMIT, () -> offsets.reachedBy(group));
    }
  }

  void stop() throws Exception {
    loop.stop();
    end.handle((done, failure) -> done).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  /** The sum over a metric's values whose labels have this value; "" for all. */
  double metric(String name, String label) {
    return MetricValue.of(metrics, name, label.isEmpty() ? List.of() : List.of(label));
  }
}
