package io.evenkeel.contract.wire;

import java.security.SecureRandom;
import java.util.stream.LongStream;

/**
 * Seeds of property tests: fixed ones and a fresh one; {@code -Devenkeel.seed=SEED} replays one.
 * The failing seed is part of the test's name. (evenkeel-testing, which has the same for every
 * other module, depends on this one.)
 */
final class Seeds {

  private Seeds() {}

  static LongStream of(int fixed) {
    String replay = System.getProperty("evenkeel.seed", "");
    return replay.isBlank()
        ? LongStream.concat(
            LongStream.range(0, fixed), LongStream.of(new SecureRandom().nextLong()))
        : LongStream.of(Long.parseLong(replay.strip()));
  }
}
