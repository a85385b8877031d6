package io.evenkeel.trainer.data;

import java.util.SplittableRandom;

/** Independent random streams, by seed and index. */
final class Seeds {
  private Seeds() {}

  static SplittableRandom stream(long seed, long index) {
    return new SplittableRandom(mix(mix(seed) + index));
  }

  /**
   * Scatters neighbouring values: SplittableRandom steps its state by a constant, and seeds that
   * lie a multiple of it apart would give the same stream, shifted. Source: MurmurHash3's 64-bit
   * finaliser.
   */
  static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
    z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return z ^ (z >>> 33);
  }
}
