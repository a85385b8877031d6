package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.CommandBody;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every transport promises. A subclass brings the broker. */
public abstract class ClientContract {

  private static final AtomicInteger RUNS = new AtomicInteger();
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private String run;
  private TrainingRun training;
  private Broker broker;

  /** The far side. */
  public interface Broker {
    TelemetryPublisher publisher(BufferLimits limits);

    CommandSubscription subscription(String run);

    AlertSubscription alerts(String run);

    void send(String run, byte[] command);

    void sendAlert(String run, byte[] alert);

    void stop();

    void start();

    /** Everything that arrived and has this run, in its order. */
    List<StepTelemetry> telemetry(String run);

    List<RunSpec> runs(String run);

    List<CommandAck> acks(String run);

    /**
     * Whether subscriptions are given every record of the log, and not the answers of somebody who
     * has read it: who passes over what he cannot read, and of leases tells the newest alone.
     */
    default boolean handsOnTheWholeLog() {
      return true;
    }
  }

  protected abstract Broker broker();

  @BeforeEach
  final void open() {
    broker = broker();
    broker.start();
    run = "run-" + RUNS.incrementAndGet();
    training = TrainingRuns.healthy(run).tokensPerRank(64).build();
  }

  @AfterEach
  final void restart() {
    broker.start();
  }

  @Test
  void shouldDeliverEverythingInOrderWhenBrokerIsThere() {
    try (TelemetryPublisher publisher = broker.publisher(BufferLimits.DEFAULT)) {
      publisher.publishRun(training.spec());
      publish(publisher, 0, 200);
      publisher.publishAck(ack(1));
      publisher.publishAck(ack(2));
      awaitSent(publisher, 203);

      assertThat(publisher.statistics().queued()).isZero();
      assertThat(publisher.statistics().queuedBytes()).isZero();
    }
    assertThat(broker.telemetry(run)).isEqualTo(training.stream(200).toList());
    assertThat(broker.runs(run)).containsExactly(training.spec());
    assertThat(broker.acks(run)).containsExactly(ack(1), ack(2));
  }

  @Test
  void shouldDeliverEverythingWhenBrokerComesAfterTheTrainer() {
    broker.stop();
    try (TelemetryPublisher publisher = broker.publisher(BufferLimits.DEFAULT)) {
      publisher.publishRun(training.spec());
      publish(publisher, 0, 50);
      assertThat(publisher.statistics().sent()).isZero();

      broker.start();
      awaitSent(publisher, 51);
    }
    assertThat(broker.telemetry(run)).isEqualTo(training.stream(50).toList());
    assertThat(broker.runs(run)).containsExactly(training.spec());
  }

  @Test
  void shouldDeliverAllAndNeverHoldUpTheTrainerWhenBrokerIsAwayForAWhile() {
    try (TelemetryPublisher publisher = broker.publisher(BufferLimits.DEFAULT)) {
      publish(publisher, 0, 50);
      awaitSent(publisher, 50);
      broker.stop();

      long[] nanos = publish(publisher, 50, 300);

      Arrays.sort(nanos);
      System.out.printf(
          "publish without a broker: median %,d us, longest %,d us%n",
          nanos[nanos.length / 2] / 1_000, nanos[nanos.length - 1] / 1_000);
      // Nobody has taken anything, and yet we are here.
      assertThat(publisher.statistics().queued()).isEqualTo(250);
      broker.start();
      publish(publisher, 300, 320);
      awaitSent(publisher, 320);
      assertThat(publisher.statistics().dropped()).isZero();
    }
    // At least once: a repeated record is the same record.
    assertThat(new ArrayList<>(new LinkedHashSet<>(broker.telemetry(run))))
        .isEqualTo(training.stream(320).toList());
  }

  @Test
  void shouldDropTheOldestTelemetryAndCountItWhenBufferIsFull() {
    broker.stop();
    try (TelemetryPublisher publisher =
        broker.publisher(new BufferLimits(BufferLimits.DEFAULT.maxBytes(), 20))) {
      publisher.publishRun(training.spec());
      publisher.publishAck(ack(1));
      publish(publisher, 0, 50);

      PublisherStatistics full = publisher.statistics();
      assertThat(full.accepted()).isEqualTo(52);
      assertThat(full.queued()).isEqualTo(20);
      assertThat(full.dropped()).isEqualTo(32);
      assertThat(full.droppedTelemetry()).isEqualTo(32);

      broker.start();
      awaitSent(publisher, 20);
    }
    assertThat(broker.telemetry(run))
        .isEqualTo(
            LongStream.range(32, 50)
                .mapToObj(step -> training.telemetry(step, 0).withDroppedBefore(32))
                .toList());
    assertThat(broker.runs(run)).hasSize(1);
    assertThat(broker.acks(run)).hasSize(1);
  }

  @Test
  void shouldSendWhatIsBufferedWhenClosed() {
    TelemetryPublisher publisher = broker.publisher(BufferLimits.DEFAULT);
    publish(publisher, 0, 100);

    PublisherStatistics last = publisher.close(Duration.ofSeconds(30));

    assertThat(last.sent()).isEqualTo(100);
    assertThat(last.dropped()).isZero();
    assertThat(broker.telemetry(run)).hasSize(100);
  }

  @Test
  void shouldGiveUpInTimeAndCountWhenClosedWithoutABroker() {
    broker.stop();
    TelemetryPublisher publisher = broker.publisher(BufferLimits.DEFAULT);
    publish(publisher, 0, 10);

    PublisherStatistics last = publisher.close(Duration.ofMillis(300));

    assertThat(last.dropped()).isEqualTo(10);
    assertThat(last.queued()).isZero();
    publish(publisher, 10, 11);
    assertThat(publisher.statistics().dropped()).isEqualTo(11);
    assertThat(publisher.close(Duration.ZERO).dropped()).isEqualTo(11);
  }

  @Test
  void shouldGiveCommandsInOrderFromTheFirstWhenSubscribedLater() {
    send(setKnob(1), setKnob(2));
    broker.send("other", encode(command("other", 1, new SetKnob("k", "", 1, null))));
    try (CommandSubscription first = broker.subscription(run)) {
      assertThat(receive(first, 2)).containsExactly(setKnob(1), setKnob(2));
      send(setKnob(3));
      assertThat(receive(first, 1)).containsExactly(setKnob(3));
    }
    try (CommandSubscription again = broker.subscription(run)) {
      assertThat(receive(again, 3)).containsExactly(setKnob(1), setKnob(2), setKnob(3));
      assertThat(again.poll()).isEmpty();
      assertThat(again.statistics().received()).isEqualTo(3);
    }
  }

  @Test
  void shouldKeepTheLastLeaseAndSkipWhatIsNoCommand() {
    send(lease(1), lease(2), lease(3), setKnob(1), lease(4));
    broker.send(run, new byte[] {1, 2, 3});
    send(lease(5));
    try (CommandSubscription subscription = broker.subscription(run)) {
      if (broker.handsOnTheWholeLog()) {
        Await.until("all received", () -> subscription.statistics().received() == 6);

        assertThat(subscription.poll()).containsExactly(lease(3), setKnob(1), lease(5));
        assertThat(subscription.statistics().malformed()).isOne();
      } else {
        List<Command> received = new ArrayList<>();
        Await.until(
            "the last lease",
            () -> {
              received.addAll(subscription.poll());
              return received.contains(lease(5));
            });

        assertThat(received).containsOnlyOnce(setKnob(1)).endsWith(lease(5));
        assertThat(received)
            .isSubsetOf(lease(1), lease(2), lease(3), setKnob(1), lease(4), lease(5));
        assertThat(subscription.statistics().malformed()).isZero();
      }
      assertThat(subscription.statistics().waiting()).isZero();
    }
  }

  @Test
  void shouldGoOnWithCommandsWhenBrokerWasAway() {
    try (CommandSubscription subscription = broker.subscription(run)) {
      send(setKnob(1));
      assertThat(receive(subscription, 1)).containsExactly(setKnob(1));
      broker.stop();
      assertThat(subscription.poll()).isEmpty();

      broker.start();
      send(setKnob(2));

      assertThat(receive(subscription, 1)).containsExactly(setKnob(2));
    }
  }

  @Test
  void shouldGiveCommandsWhenBrokerComesAfterTheTrainer() {
    send(setKnob(1));
    broker.stop();
    try (CommandSubscription subscription = broker.subscription(run)) {
      assertThat(subscription.poll()).isEmpty();

      broker.start();

      assertThat(receive(subscription, 1)).containsExactly(setKnob(1));
    }
  }

  private long[] publish(TelemetryPublisher publisher, long from, long to) {
    List<StepTelemetry> telemetry =
        LongStream.range(from, to).mapToObj(step -> training.telemetry(step, 0)).toList();
    long[] nanos = new long[telemetry.size()];
    for (int i = 0; i < nanos.length; i++) {
      long start = System.nanoTime();
      publisher.publish(telemetry.get(i));
      nanos[i] = System.nanoTime() - start;
    }
    return nanos;
  }

  private static void awaitSent(TelemetryPublisher publisher, long records) {
    Await.until(records + " sent", () -> publisher.statistics().sent() >= records);
  }

  /**
   * The first alert is repeated until it is heard, since a subscription begins with what comes
   * after it: nobody says when a reader has reached the end of the log.
   */
  @Test
  void shouldGiveAlertsOfTheRunAndSkipWhatIsNone() {
    try (AlertSubscription subscription = broker.alerts(run)) {
      Await.until(
          "listening",
          () -> {
            broker.sendAlert(run, Codecs.ALERT_EVENT.encode(alert(run, 0)));
            return subscription.statistics().received() > 0;
          });
      broker.sendAlert(run, new byte[] {1, 2, 3});
      broker.sendAlert(run, Codecs.ALERT_EVENT.encode(alert("another", 1)));
      broker.sendAlert(run, Codecs.ALERT_EVENT.encode(alert(run, 2)));

      List<AlertEvent> received = new ArrayList<>();
      Await.until(
          "the last",
          () -> {
            received.addAll(subscription.poll());
            return received.contains(alert(run, 2));
          });
      assertThat(new LinkedHashSet<>(received)).containsExactly(alert(run, 0), alert(run, 2));
      assertThat(subscription.statistics().malformed())
          .isEqualTo(broker.handsOnTheWholeLog() ? 1 : 0);
      assertThat(subscription.poll()).isEmpty();
    }
  }

  private static AlertEvent alert(String run, long step) {
    return new AlertEvent(
        "alert-" + step,
        run,
        0,
        "gradient-norm-ratio",
        "layers/1",
        AlertState.FIRING,
        Severity.WARNING,
        step,
        step,
        0.4,
        0.1,
        "R_g is 0.4",
        Map.of(),
        NOW,
        NOW);
  }

  private static List<Command> receive(CommandSubscription subscription, int count) {
    List<Command> received = new ArrayList<>();
    Await.until(
        count + " commands",
        () -> {
          received.addAll(subscription.poll());
          return received.size() >= count;
        });
    return received;
  }

  private void send(Command... commands) {
    for (Command command : commands) {
      broker.send(run, encode(command));
    }
  }

  private static byte[] encode(Command command) {
    return Codecs.COMMAND.encode(command);
  }

  private Command setKnob(long sequence) {
    return command(run, sequence, new SetKnob("adam.epsilon", "", 1e-10, 1e-8));
  }

  private Command lease(long second) {
    return command(run, 0, new Lease(NOW.plusSeconds(second)));
  }

  private static Command command(String run, long sequence, CommandBody body) {
    return new Command(
        run,
        0,
        new CommandPosition(1, sequence),
        NOW,
        NOW.plusSeconds(60),
        5,
        body,
        "policy",
        "test");
  }

  private CommandAck ack(long sequence) {
    return new CommandAck(
        run,
        0,
        new CommandPosition(1, sequence),
        AckStatus.APPLIED,
        7,
        "adam.epsilon",
        "",
        1e-8,
        1e-10,
        "",
        "",
        NOW);
  }
}
