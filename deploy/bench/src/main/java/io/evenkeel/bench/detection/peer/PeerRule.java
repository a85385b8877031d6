package io.evenkeel.bench.detection.peer;

import io.evenkeel.bench.detection.Series;
import java.util.List;

/** A published rule. */
public interface PeerRule {
  /** Its name in tables. */
  String name();

  /** The indices of the series at which it acts, ascending. */
  List<Integer> hits(Series series);

  /** All peers. */
  static List<PeerRule> all() {
    return List.of(new SkipStep(), new ZClip(), new KillLossSpike());
  }
}
