package io.evenkeel.trainer.ops.cpu;

import static io.evenkeel.trainer.ops.cpu.Lanes.FLOATS;
import static io.evenkeel.trainer.ops.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * e^x over arrays, to a relative error below 2e-7, or below two of the least subnormal numbers;
 * NaN, infinities and 0 as Math.exp has them. The polynomial is that of S. Moshier's Cephes library
 * (expf), after reduction to |r| &lt;= ln(2)/2.
 *
 * <p>The polynomial stands here twice, and in a loop of its own: as a method of vectors it would be
 * too large for the just-in-time compiler to take into its callers, and every vector would become
 * an object.
 */
final class Exponentials {
  private static final float LOG2_E = 1.44269504088896341f;

  /** ln 2 in two parts: products of the first with small integers are exact. */
  private static final float LN2_HIGH = 0.693359375f;

  private static final float LN2_LOW = -2.12194440e-4f;

  /** Adding it rounds to an integer, which then stands in the lowest bits. */
  private static final float ROUNDER = 0x1.8p23f;

  private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);

  /** e^x is infinite above and 0 below. */
  private static final float HIGHEST = 89f;

  private static final float LOWEST = -104f;
  private static final int BIAS = 127;
  private static final int SHIFT = 23;

  private static final float C2 = 5.0000001201e-1f;
  private static final float C3 = 1.6666665459e-1f;
  private static final float C4 = 4.1665795894e-2f;
  private static final float C5 = 8.3334519073e-3f;
  private static final float C6 = 1.3981999507e-3f;
  private static final float C7 = 1.9875691500e-4f;

  private Exponentials() {}

  /**
   * {@code y = e^(factor x - shift)}; {@code y} may be {@code x}.
   *
   * @return the sum of y
   */
  static float write(float[] x, int xAt, float factor, float shift, float[] y, int yAt, int count) {
    FloatVector sums = Lanes.zero();
    FloatVector factors = Lanes.broadcast(factor);
    FloatVector shifts = Lanes.broadcast(-shift);
    int i = 0;
    for (; i <= count - WIDTH; i += WIDTH) {
      FloatVector argument = FloatVector.fromArray(FLOATS, x, xAt + i).fma(factors, shifts);
      // Compared and not min or max: a NaN passes.
      FloatVector bounded =
          argument
              .blend(HIGHEST, argument.compare(VectorOperators.GT, HIGHEST))
              .blend(LOWEST, argument.compare(VectorOperators.LT, LOWEST));
      FloatVector rounded = bounded.fma(LOG2_E, ROUNDER);
      FloatVector n = rounded.sub(ROUNDER);
      FloatVector r = n.fma(Lanes.broadcast(-LN2_LOW), n.fma(Lanes.broadcast(-LN2_HIGH), bounded));
      FloatVector p = r.fma(C7, C6);
      p = p.fma(r, Lanes.broadcast(C5));
      p = p.fma(r, Lanes.broadcast(C4));
      p = p.fma(r, Lanes.broadcast(C3));
      p = p.fma(r, Lanes.broadcast(C2));
      p = p.fma(r.mul(r), r).add(1f);
      // 2^n in two factors, since it may be out of range alone.
      IntVector exponent = rounded.reinterpretAsInts().sub(ROUNDER_BITS);
      IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
      IntVector rest = exponent.sub(half);
      FloatVector e =
          p.mul(half.add(BIAS).lanewise(VectorOperators.LSHL, SHIFT).reinterpretAsFloats())
              .mul(rest.add(BIAS).lanewise(VectorOperators.LSHL, SHIFT).reinterpretAsFloats());
      e.intoArray(y, yAt + i);
      sums = sums.add(e);
    }
    float sum = Lanes.sum(sums);
    return i < count ? sum + writeRest(x, xAt + i, factor, shift, y, yAt + i, count - i) : sum;
  }

  /** The same for fewer entries than a vector has. */
  private static float writeRest(
      float[] x, int xAt, float factor, float shift, float[] y, int yAt, int count) {
    VectorMask<Float> some = FLOATS.indexInRange(0, count);
    FloatVector argument =
        FloatVector.fromArray(FLOATS, x, xAt, some)
            .fma(Lanes.broadcast(factor), Lanes.broadcast(-shift));
    FloatVector bounded =
        argument
            .blend(HIGHEST, argument.compare(VectorOperators.GT, HIGHEST))
            .blend(LOWEST, argument.compare(VectorOperators.LT, LOWEST));
    FloatVector rounded = bounded.fma(LOG2_E, ROUNDER);
    FloatVector n = rounded.sub(ROUNDER);
    FloatVector r = n.fma(Lanes.broadcast(-LN2_LOW), n.fma(Lanes.broadcast(-LN2_HIGH), bounded));
    FloatVector p = r.fma(C7, C6);
    p = p.fma(r, Lanes.broadcast(C5));
    p = p.fma(r, Lanes.broadcast(C4));
    p = p.fma(r, Lanes.broadcast(C3));
    p = p.fma(r, Lanes.broadcast(C2));
    p = p.fma(r.mul(r), r).add(1f);
    IntVector exponent = rounded.reinterpretAsInts().sub(ROUNDER_BITS);
    IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
    IntVector rest = exponent.sub(half);
    FloatVector e =
        p.mul(half.add(BIAS).lanewise(VectorOperators.LSHL, SHIFT).reinterpretAsFloats())
            .mul(rest.add(BIAS).lanewise(VectorOperators.LSHL, SHIFT).reinterpretAsFloats());
    e.intoArray(y, yAt, some);
    return Lanes.sum(e.blend(0f, some.not()));
  }
}
