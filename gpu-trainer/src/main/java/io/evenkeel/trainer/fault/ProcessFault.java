package io.evenkeel.trainer.fault;

import io.evenkeel.contract.error.ErrorId;

/** A rank or its telemetry that misbehaves. The training itself stays as it is. */
public sealed interface ProcessFault extends Fault {
  /** Whether this fault is one of that rank. */
  boolean concerns(int rank);

  /**
   * A rank that is slow.
   *
   * @param rank its index
   * @param delayMillis a step takes so much longer, 1 to 60000
   * @param range of steps
   */
  record SlowRank(int rank, long delayMillis, StepRange range) implements ProcessFault {
    private static final long LONGEST = 60_000;

    /** Checks the values. */
    public SlowRank {
      requireRank(rank);
      if (delayMillis < 1 || delayMillis > LONGEST) {
        throw new FaultException(
            ErrorId.TRAINER_FAULT_VALUE,
            "delay_millis",
            "must be 1 to " + LONGEST + ", not " + delayMillis);
      }
    }

    @Override
    public boolean concerns(int index) {
      return rank == index;
    }

    @Override
    public String kind() {
      return "slow_rank";
    }

    @Override
    public String describe() {
      return "rank " + rank + " slower by " + delayMillis + " ms, " + range;
    }
  }

  /**
   * A rank that sends no telemetry.
   *
   * @param rank its index
   * @param range of steps
   */
  record MissingRank(int rank, StepRange range) implements ProcessFault {
    /** Checks the rank. */
    public MissingRank {
      requireRank(rank);
    }

    @Override
    public boolean concerns(int index) {
      return rank == index;
    }

    @Override
    public String kind() {
      return "missing_rank";
    }

    @Override
    public String describe() {
      return "no telemetry from rank " + rank + ", " + range;
    }
  }

  /**
   * No telemetry from any rank.
   *
   * @param range of steps
   */
  record TelemetryGap(StepRange range) implements ProcessFault {
    @Override
    public boolean concerns(int rank) {
      return true;
    }

    @Override
    public String kind() {
      return "telemetry_gap";
    }

    @Override
    public String describe() {
      return "no telemetry, " + range;
    }
  }

  /**
   * Telemetry sent several times.
   *
   * @param copies of each record, 2 to 16
   * @param range of steps
   */
  record DuplicatedTelemetry(int copies, StepRange range) implements ProcessFault {
    private static final int MOST = 16;

    /** Checks the copies. */
    public DuplicatedTelemetry {
      if (copies < 2 || copies > MOST) {
        throw new FaultException(
            ErrorId.TRAINER_FAULT_VALUE, "copies", "must be 2 to " + MOST + ", not " + copies);
      }
    }

    @Override
    public boolean concerns(int rank) {
      return true;
    }

    @Override
    public String kind() {
      return "duplicate_telemetry";
    }

    @Override
    public String describe() {
      return "every record " + copies + " times, " + range;
    }
  }

  /**
   * Telemetry in reverse order, window after window.
   *
   * @param window records of a rank kept back and then sent last first, 2 to 64
   * @param range of steps
   */
  record ReorderedTelemetry(int window, StepRange range) implements ProcessFault {
    private static final int MOST = 64;

    /** Checks the window. */
    public ReorderedTelemetry {
      if (window < 2 || window > MOST) {
        throw new FaultException(
            ErrorId.TRAINER_FAULT_VALUE, "window", "must be 2 to " + MOST + ", not " + window);
      }
    }

    @Override
    public boolean concerns(int rank) {
      return true;
    }

    @Override
    public String kind() {
      return "reordered_telemetry";
    }

    @Override
    public String describe() {
      return "records reversed by " + window + ", " + range;
    }
  }

  private static void requireRank(int rank) {
    if (rank < 0) {
      throw new FaultException(
          ErrorId.TRAINER_FAULT_RANK, "rank", "must be at least 0, not " + rank);
    }
  }
}
