package io.evenkeel.gym.judge;

import io.evenkeel.gym.play.Hand;
import io.evenkeel.gym.play.Play;
import io.evenkeel.gym.play.PlayException;
import io.evenkeel.gym.play.Played;
import io.evenkeel.gym.play.Player;
import io.evenkeel.gym.scenario.Scenario;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Plays scenarios on a fixed pool, equal plays once, and judges them in order. A run's figures do
 * not depend on what runs beside it.
 */
public final class Season implements AutoCloseable {
  private final ExecutorService pool;
  private final Map<Play, Future<Played>> plays = new HashMap<>();

  /** A season on so many threads. */
  public Season(int threads) {
    pool =
        Executors.newFixedThreadPool(
            threads, work -> Thread.ofPlatform().daemon().name("evenkeel-gym").unstarted(work));
  }

  /** One scenario's trial with a seed. */
  private record Entry(
      long seed, Future<Played> controlled, Future<Played> uncontrolled, Future<Played> healthy) {}

  /**
   * What was played and judged.
   *
   * @param scenario played
   * @param trials by seed, in the order of results
   * @param results one a seed
   */
  public record Outcome(Scenario scenario, List<Trial> trials, List<Result> results) {}

  /**
   * Plays and judges.
   *
   * @param told gets each scenario's outcome as soon as it and all before it are known
   * @throws PlayException when one cannot be played
   */
  public List<Outcome> play(List<Scenario> scenarios, List<Long> seeds, Consumer<Outcome> told)
      throws PlayException, InterruptedException {
    Map<Scenario, List<Entry>> entries = new HashMap<>();
    for (Scenario scenario : scenarios) {
      for (long seed : seeds) {
        entries.computeIfAbsent(scenario, s -> new ArrayList<>()).add(enter(scenario, seed));
      }
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (Scenario scenario : scenarios) {
      List<Trial> trials = new ArrayList<>();
      List<Result> results = new ArrayList<>();
      for (Entry entry : entries.getOrDefault(scenario, List.of())) {
        Trial trial =
            new Trial(get(entry.controlled()), get(entry.uncontrolled()), get(entry.healthy()));
        trials.add(trial);
        results.add(Judge.judge(scenario, entry.seed(), trial));
      }
      Outcome outcome = new Outcome(scenario, trials, Judge.judgeMean(scenario, results));
      outcomes.add(outcome);
      told.accept(outcome);
    }
    return outcomes;
  }

  private Entry enter(Scenario scenario, long seed) {
    return new Entry(
        seed,
        submit(new Play(scenario.faulty(seed), scenario.ranks(), Hand.ON, scenario.outage())),
        submit(Play.unwatched(scenario.faulty(seed), scenario.ranks())),
        submit(Play.unwatched(scenario.healthy(seed), scenario.ranks())));
  }

  private Future<Played> submit(Play play) {
    return plays.computeIfAbsent(play, p -> pool.submit(() -> Player.play(p)));
  }

  private static Played get(Future<Played> future) throws PlayException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case PlayException known -> throw known;
        case RuntimeException unexpected -> throw unexpected;
        case Error fatal -> throw fatal;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
