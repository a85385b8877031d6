package io.evenkeel.client;

import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.telemetry.StepTelemetry;
import java.time.Duration;

/**
 * Takes what a trainer has to tell, and sends it when it can.
 *
 * <p>No {@code publish} method waits or throws because the receiver is slow or away: records are
 * kept in a bounded buffer, in which the oldest telemetry is dropped first, and counted. Run
 * declarations and acknowledgements are few and matter more: they go ahead of telemetry, and are
 * dropped only when no telemetry is left to drop. Records arrive at least once, each kind in the
 * order in which it was published; receivers know a repeated record by its key.
 *
 * <p>{@code StepTelemetry.droppedBefore} is set here, when a record is encoded for sending, to the
 * telemetry dropped so far: the trainer cannot know it, and may leave 0.
 *
 * <p>Close it at the end: a JVM that ends without waits three seconds at most for what is buffered,
 * and what has not arrived then is lost.
 *
 * <p>Safe for use by several threads.
 */
public interface TelemetryPublisher extends AutoCloseable {

  /** Takes one rank's telemetry of one step; cheap, as encoding happens on another thread. */
  void publish(StepTelemetry telemetry);

  /** Takes a run's declaration: at its start and on every change of its status. */
  void publishRun(RunSpec run);

  /** Takes an acknowledgement of a command. */
  void publishAck(CommandAck ack);

  /** What has become of the records so far. */
  PublisherStatistics statistics();

  /**
   * Stops taking records, sends what is buffered within {@code limit}, then gives up the rest,
   * which is counted as dropped. Records published from now on are dropped and counted. Closing
   * again does nothing.
   *
   * @param limit how long to try; returns within this and about a second
   * @return the final figures
   */
  PublisherStatistics close(Duration limit);

  /** Closes with a limit of 10 s. */
  @Override
  default void close() {
    close(Duration.ofSeconds(10));
  }
}
