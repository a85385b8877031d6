package io.evenkeel.gateway.poll;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.gateway.problem.GatewayException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** What all long polls have in common. */
public final class PollRequests {

  /** Longest wait. */
  public static final Duration LONGEST = Duration.ofSeconds(60);

  /** Media type of a batch of records. */
  public static final MediaType PROTOBUF = new MediaType("application", "x-protobuf");

  private PollRequests() {}

  /**
   * The time to wait.
   *
   * @param seconds as the caller gave it; more than the longest counts as the longest
   * @throws GatewayException 400 if it is negative
   */
  public static Duration time(long seconds) {
    return Duration.ofSeconds(Math.min(notNegative("wait", seconds), LONGEST.toSeconds()));
  }

  /**
   * A parameter that must not be negative.
   *
   * @throws GatewayException 400 if it is
   */
  public static long notNegative(String name, long value) {
    if (value < 0) {
      throw GatewayException.unreadable(
          ErrorId.GATEWAY_REQUEST, "The parameter " + name + " is negative.");
    }
    return value;
  }

  /** Whether the caller prefers protobuf to JSON. */
  public static boolean wantsProtobuf(@Nullable String accept) {
    if (accept == null) {
      return false;
    }
    try {
      List<MediaType> types = MediaType.parseMediaTypes(accept);
      return types.stream().anyMatch(type -> type.equalsTypeAndSubtype(PROTOBUF));
    } catch (InvalidMediaTypeException e) {
      return false;
    }
  }
}
