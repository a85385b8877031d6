package io.evenkeel.trainer.ops.cpu;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** Vectors of this processor's width. */
final class Lanes {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
  static final int WIDTH = FLOATS.length();

  private static final VectorShuffle<Float> BY_8 = exchange(FLOATS, 8);
  private static final VectorShuffle<Float> BY_4 = exchange(FLOATS, 4);
  private static final VectorShuffle<Float> BY_2 = exchange(FLOATS, 2);
  private static final VectorShuffle<Float> BY_1 = exchange(FLOATS, 1);
  private static final VectorShuffle<Double> DOUBLES_BY_4 = exchange(DOUBLES, 4);
  private static final VectorShuffle<Double> DOUBLES_BY_2 = exchange(DOUBLES, 2);
  private static final VectorShuffle<Double> DOUBLES_BY_1 = exchange(DOUBLES, 1);

  private Lanes() {}

  private static <E> VectorShuffle<E> exchange(VectorSpecies<E> species, int distance) {
    return VectorShuffle.fromOp(species, i -> distance < species.length() ? i ^ distance : i);
  }

  /**
   * Sum of the lanes, of the two halves first. Unlike {@code reduceLanes}, which adds in one order
   * when interpreted and in another when compiled, it always gives the same bits.
   */
  static float sum(FloatVector lanes) {
    FloatVector sums = lanes;
    if (WIDTH > 8) {
      sums = sums.add(sums.rearrange(BY_8));
    }
    if (WIDTH > 4) {
      sums = sums.add(sums.rearrange(BY_4));
    }
    if (WIDTH > 2) {
      sums = sums.add(sums.rearrange(BY_2));
    }
    return sums.add(sums.rearrange(BY_1)).lane(0);
  }

  /** The same of doubles. */
  static double sum(DoubleVector lanes) {
    DoubleVector sums = lanes;
    if (DOUBLES.length() > 4) {
      sums = sums.add(sums.rearrange(DOUBLES_BY_4));
    }
    if (DOUBLES.length() > 2) {
      sums = sums.add(sums.rearrange(DOUBLES_BY_2));
    }
    return sums.add(sums.rearrange(DOUBLES_BY_1)).lane(0);
  }

  /** Lanes below {@code count}. */
  static VectorMask<Float> first(int count) {
    return FLOATS.indexInRange(0, count);
  }

  static FloatVector broadcast(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }

  static FloatVector zero() {
    return FloatVector.zero(FLOATS);
  }
}
