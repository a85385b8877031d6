package io.evenkeel.ui.health;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Evenkeel itself is doing.
 *
 * @param database the database's own words for its version
 * @param versions of the dashboard, its Java and its Kafka clients
 * @param counts telemetry by run and incarnation, newest first
 * @param letters records that were refused, newest first
 */
public record Health(String database, String versions, List<Count> counts, List<Letter> letters) {

  /** Copies. */
  public Health {
    counts = List.copyOf(counts);
    letters = List.copyOf(letters);
  }

  /**
   * Telemetry of an incarnation.
   *
   * @param run run id
   * @param incarnation incarnation
   * @param stored observations stored
   * @param dropped observations that the senders dropped
   * @param firstStep first step
   * @param lastStep last step
   */
  public record Count(
      String run,
      int incarnation,
      long stored,
      long dropped,
      @Nullable Long firstStep,
      @Nullable Long lastStep) {}

  /**
   * A record that was refused.
   *
   * @param source topic
   * @param errorId id of the catalogue
   * @param message why; text from outside
   * @param service who refused it
   * @param at when
   * @param bytes length of its value
   */
  public record Letter(
      String source,
      String errorId,
      String message,
      String service,
      @Nullable Instant at,
      long bytes) {}
}
