package io.evenkeel.bench.control;

import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.control.LoopTimes.Way;
import io.evenkeel.bench.live.Stack;
import io.evenkeel.bench.live.TopicWatch;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.trainer.config.ConfigException;
import io.evenkeel.trainer.config.ConfigReader;
import io.evenkeel.trainer.config.TrainerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The course of the measurement. */
final class ControlBench {
  private static final Duration FAST = Duration.ofMillis(50);
  private static final Duration SLOW = Duration.ofMillis(250);

  /** Of a new process' first seconds, which it spends compiling. */
  private static final Duration WARM_UP = Duration.ofSeconds(30);

  private static final int FAST_JUMP_EVERY = 5;
  private static final int SLOW_JUMP_EVERY = 3;

  private final Duration length;

  ControlBench(Duration length) {
    this.length = length;
  }

  /** Measures; the lines of progress go to {@code out}. */
  ControlReport measure(PrintWriter out) throws IOException, BenchException {
    try (Stack stack = Stack.start(Map.of())) {
      LoopTimes fast = times(stack, FAST, FAST_JUMP_EVERY, WARM_UP);
      fast.print(out);
      LoopTimes slow = times(stack, SLOW, SLOW_JUMP_EVERY, Duration.ofSeconds(5));
      slow.print(out);
      return new ControlReport(fast, slow);
    }
  }

  private LoopTimes times(Stack stack, Duration step, int jumpEvery, Duration warmUp)
      throws IOException, BenchException {
    String run = "control-" + step.toMillis();
    long from = warmUp.dividedBy(step);
    long steps = from + length.dividedBy(step);
    Map<Long, Long> signals = new ConcurrentHashMap<>();
    Map<Long, Long> commands = new ConcurrentHashMap<>();
    try (TopicWatch _ =
            TopicWatch.start(
                stack.bootstrap(), Topics.SIGNALS, seen -> signal(run, seen, signals));
        TopicWatch _ =
            TopicWatch.start(
                stack.bootstrap(), Topics.COMMANDS, seen -> command(run, seen, commands));
        StandIn trainer = new StandIn(stack.bootstrap(), run, config())) {
      trainer.train(steps, step, jumpEvery);
      stack.requireAlive();
      List<Way> ways = new ArrayList<>();
      int called = 0;
      // The last jumps have no step left that could run with their commands.
      for (long at = from; at < steps - 2L * jumpEvery; at++) {
        if (StandIn.jumps(at, jumpEvery)) {
          called++;
          way(at, trainer, signals, commands).ifPresent(ways::add);
        }
      }
      return LoopTimes.of(step.toMillis(), called, trainer.refused(), ways);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException(ErrorId.BENCH_LIVE, "the measurement was interrupted.");
    }
  }

  private static Optional<Way> way(
      long step, StandIn trainer, Map<Long, Long> signals, Map<Long, Long> commands) {
    StandIn.Taken taken = trainer.taken().get(step);
    Long published = trainer.published().get(step);
    if (taken == null || published == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Way(
            step,
            published,
            signals.getOrDefault(step, published),
            commands.getOrDefault(step, published),
            taken.nanos(),
            taken.step()));
  }

  private static TrainerConfig config() throws BenchException {
    try {
      return ConfigReader.read("tiny");
    } catch (ConfigException e) {
      throw new BenchException(ErrorId.BENCH_LIVE, e.getMessage() + ".");
    }
  }

  private static boolean isOf(String run, ConsumerRecord<byte[], byte[]> seen) {
    return seen.key() != null && new String(seen.key(), StandardCharsets.UTF_8).equals(run);
  }

  private static void signal(
      String run, ConsumerRecord<byte[], byte[]> seen, Map<Long, Long> moments) {
    long now = System.nanoTime();
    if (isOf(run, seen)) {
      try {
        StepSignals signals = Codecs.STEP_SIGNALS.decode(seen.value());
        moments.putIfAbsent(signals.key().step(), now);
      } catch (WireException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void command(
      String run, ConsumerRecord<byte[], byte[]> seen, Map<Long, Long> moments) {
    long now = System.nanoTime();
    if (isOf(run, seen)) {
      try {
        Command command = Codecs.COMMAND.decode(seen.value());
        if (command.body() instanceof RunAction) {
          moments.putIfAbsent(command.issuedStep(), now);
        }
      } catch (WireException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
