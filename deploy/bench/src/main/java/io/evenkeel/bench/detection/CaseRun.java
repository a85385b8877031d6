package io.evenkeel.bench.detection;

import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.detection.peer.PeerRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Plays cases, as many at a time as there are processors, and scores ourselves and the peers. */
final class CaseRun {
  private record Scores(CaseScore own, List<CaseScore> peers) {}

  private final List<PeerRule> peers = PeerRule.all();

  DetectionReport of(List<DetectionCase> cases) throws BenchException, InterruptedException {
    int threads = Math.max(1, Math.min(cases.size(), Runtime.getRuntime().availableProcessors()));
    List<CaseScore> own = new ArrayList<>();
    Map<String, List<CaseScore>> theirs = new LinkedHashMap<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Scores>> running =
          cases.stream().map(each -> pool.submit(() -> play(each))).toList();
      for (Future<Scores> future : running) {
        Scores scores = result(future);
        own.add(scores.own());
        for (int i = 0; i < peers.size(); i++) {
          theirs
              .computeIfAbsent(peers.get(i).name(), name -> new ArrayList<>())
              .add(scores.peers().get(i));
        }
      }
    }
    return DetectionReport.of(own, theirs);
  }

  private Scores play(DetectionCase asked) throws BenchException {
    Playback.Outcome outcome = Playback.of(asked.telemetry());
    return new Scores(
        Scoring.of(asked, outcome),
        peers.stream().map(peer -> Scoring.of(asked, peer, outcome.series())).toList());
  }

  private static Scores result(Future<Scores> future) throws BenchException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BenchException known) {
        throw known;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
