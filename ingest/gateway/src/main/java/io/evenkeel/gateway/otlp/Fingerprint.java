package io.evenkeel.gateway.otlp;

/**
 * 64 bits that tell one point of a step from another: the same for the same point sent again, even
 * when its time has moved on, as that of a gauge does.
 */
final class Fingerprint {

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private Fingerprint() {}

  /** The fingerprint of what the point says. */
  static long of(Point point) {
    long target = of(point.target());
    long value = mix(target, Double.doubleToLongBits(point.value()));
    return switch (point.kind()) {
      case LATEST -> value;
      case INCREMENT -> mix(mix(value, point.startNanos()), point.timeNanos());
    };
  }

  private static long of(Target target) {
    return switch (target) {
      case Target.Scalar scalar -> mix(text(1, scalar.name()), scalar.unit().hashCode());
      case Target.UserScalar scalar -> text(2, scalar.name());
      case Target.Knob knob -> text(text(3, knob.knob()), knob.scope());
      case Target.OfLayer of -> mix(mix(4, of.layer()), of.field().ordinal());
      case Target.OfExpert of -> mix(mix(mix(5, of.layer()), of.expert()), of.field().ordinal());
      case Target.OfTensor of -> mix(text(6, of.tensor()), of.field().ordinal());
      case Target.OfActivation of ->
          mix(mix(mix(7, of.layer()), of.site().ordinal()), of.field().ordinal());
      case Target.EndOfStep end -> 8;
    };
  }

  private static long text(long before, String text) {
    long hash = before;
    for (int i = 0; i < text.length(); i++) {
      hash = hash * 0x100000001B3L + text.charAt(i) + 1;
    }
    return mix(hash, text.length());
  }

  // Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014: the finaliser.
  private static long mix(long before, long next) {
    long z = (before * GOLDEN) ^ (next + GOLDEN);
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
