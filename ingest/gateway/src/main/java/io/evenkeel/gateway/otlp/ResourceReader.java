package io.evenkeel.gateway.otlp;

import io.evenkeel.contract.error.Check;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.contract.telemetry.Placement;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What the attributes of a resource, and whole numbers among attributes, say. */
final class ResourceReader {

  private static final String PREFIX = "evenkeel.";
  private static final String SHAPE = PREFIX + "moe.";

  /**
   * A resource that names its run.
   *
   * @param rank its run, incarnation, and the rank of points that name none
   * @param facts what else it says
   */
  record Source(Rank rank, RunFacts facts) {}

  private final Map<String, AnyValue> attributes;

  private ResourceReader(Map<String, AnyValue> attributes) {
    this.attributes = attributes;
  }

  /**
   * Reads a resource.
   *
   * @return empty if it names no run
   * @throws IllegalArgumentException with a sentence, if an attribute is out of its range
   */
  static Optional<Source> read(Resource resource) {
    ResourceReader reader = new ResourceReader(AttributeText.sorted(resource.getAttributesList()));
    String run = reader.text("run", "");
    if (run.isEmpty()) {
      return Optional.empty();
    }
    Check.run(run);
    int worldSize = reader.integer(PREFIX + "world_size", 1);
    Check.that(worldSize >= 1, PREFIX + "world_size must be at least 1");
    return Optional.of(
        new Source(
            new Rank(
                run, reader.integer(PREFIX + "incarnation", 0), reader.integer(PREFIX + "rank", 0)),
            new RunFacts(
                worldSize,
                reader.shape(),
                reader.choice(GradientMethod.class, "moe.gradient_method", GradientMethod.EXACT),
                reader.choice(Placement.class, "tensor.placement", Placement.REPLICATED))));
  }

  private @Nullable MoeShape shape() {
    if (!attributes.containsKey(SHAPE + "ffn_experts")) {
      return null;
    }
    int ffnExperts = integer(SHAPE + "ffn_experts", 0);
    int zeroExperts = integer(SHAPE + "zero_experts", 0);
    int topK = required(SHAPE + "top_k");
    AnyValue target = attributes.get(SHAPE + "ffn_experts_target");
    Check.that(
        target != null || zeroExperts == 0,
        SHAPE + "ffn_experts_target is missing, though there are zero experts");
    return new MoeShape(
        required(SHAPE + "layers"),
        ffnExperts,
        zeroExperts,
        topK,
        target == null ? topK : number(SHAPE + "ffn_experts_target", target),
        integer(SHAPE + "groups", 0));
  }

  private int required(String key) {
    Check.that(attributes.containsKey(key), key + " is missing");
    return integer(key, 0);
  }

  private int integer(String key, int otherwise) {
    AnyValue value = attributes.get(key);
    return value == null ? otherwise : index(key, value);
  }

  private String text(String key, String otherwise) {
    AnyValue value = attributes.get(PREFIX + key);
    return value == null ? otherwise : AttributeText.text(value).strip();
  }

  private <E extends Enum<E>> E choice(Class<E> type, String key, E otherwise) {
    String text = text(key, otherwise.name());
    try {
      return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(PREFIX + key + " is none of its values", e);
    }
  }

  private static double number(String key, AnyValue value) {
    try {
      return Double.parseDouble(AttributeText.text(value));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(key + " must be a number", e);
    }
  }

  /**
   * An index or count.
   *
   * @throws IllegalArgumentException with a sentence, unless it is a whole number from 0 to 2^31-1
   */
  static int index(String key, AnyValue value) {
    OptionalLong number = whole(value);
    Check.that(
        number.isPresent() && number.getAsLong() <= Integer.MAX_VALUE,
        key + " must be a whole number from 0 to 2^31-1");
    return (int) number.getAsLong();
  }

  /** A whole number that is not negative, as any type that can hold one; else empty. */
  static OptionalLong whole(AnyValue value) {
    return switch (value.getValueCase()) {
      case INT_VALUE -> notNegative(value.getIntValue());
      case DOUBLE_VALUE -> {
        double number = value.getDoubleValue();
        yield number >= 0 && number < 0x1p53 && number == Math.rint(number)
            ? OptionalLong.of((long) number)
            : OptionalLong.empty();
      }
      case STRING_VALUE -> {
        try {
          yield notNegative(Long.parseLong(value.getStringValue().strip()));
        } catch (NumberFormatException e) {
          yield OptionalLong.empty();
        }
      }
      default -> OptionalLong.empty();
    };
  }

  private static OptionalLong notNegative(long number) {
    return number >= 0 ? OptionalLong.of(number) : OptionalLong.empty();
  }
}
