package io.evenkeel.contract.topic;

import java.util.List;

/** The Kafka topics; released names never change. */
public final class Topics {

  /** Largest message on any topic, bytes. */
  public static final int MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

  /** Run declarations, by run, compacted. */
  public static final String RUNS = "evenkeel.runs.v1";

  /** Telemetry, by run#rank. */
  public static final String TELEMETRY = "evenkeel.telemetry.v1";

  /** Signals, by run. */
  public static final String SIGNALS = "evenkeel.signals.v1";

  /** Alert events, by run. */
  public static final String ALERTS = "evenkeel.alerts.v1";

  /** Alert rules, by rule, compacted. */
  public static final String RULES = "evenkeel.rules.v1";

  /** Commands and leases, by run, written by the controller alone. */
  public static final String COMMANDS = "evenkeel.commands.v1";

  /** Acknowledgements, by run. */
  public static final String ACKS = "evenkeel.acks.v1";

  /** Requests of operators, by run; by the empty key if they are bound to none. */
  public static final String OPERATOR_REQUESTS = "evenkeel.operator-requests.v1";

  /** Decisions, by run; by the empty key if they are bound to none. */
  public static final String AUDIT = "evenkeel.audit.v1";

  /** What could not be read, by source topic. */
  public static final String DEAD_LETTERS = "evenkeel.deadletter.v1";

  /** How Kafka cleans a topic up. */
  public enum Cleanup {
    /** Drop old segments. */
    DELETE,
    /** Keep the last record of each key. */
    COMPACT,
    /** Keep everything: a service rebuilds its state from it. */
    KEEP
  }

  /**
   * How to create a topic.
   *
   * @param name topic
   * @param partitions partitions on a single machine; the same for all run-keyed topics
   * @param cleanup clean-up policy
   */
  public record Definition(String name, int partitions, Cleanup cleanup) {}

  /** All topics, as a single machine creates them. */
  public static final List<Definition> ALL =
      List.of(
          new Definition(RUNS, 2, Cleanup.COMPACT),
          new Definition(TELEMETRY, 4, Cleanup.DELETE),
          new Definition(SIGNALS, 2, Cleanup.DELETE),
          new Definition(ALERTS, 2, Cleanup.DELETE),
          new Definition(RULES, 1, Cleanup.COMPACT),
          new Definition(COMMANDS, 2, Cleanup.DELETE),
          new Definition(ACKS, 2, Cleanup.DELETE),
          new Definition(OPERATOR_REQUESTS, 2, Cleanup.KEEP),
          new Definition(AUDIT, 2, Cleanup.KEEP),
          new Definition(DEAD_LETTERS, 1, Cleanup.DELETE));

  private Topics() {}

  /** The key of a rank's telemetry. */
  public static String telemetryKey(String run, int rank) {
    return run + "#" + rank;
  }
}
