package io.evenkeel.contract.command;

import io.evenkeel.contract.error.Check;

/**
 * Where a command stands in the order of a run's commands: by epoch, then sequence.
 *
 * @param epoch the issuing controller's leadership, growing with every change of leader; 0 for none
 * @param sequence grows by one a command and is never reused within a run; 0 for none
 */
public record CommandPosition(long epoch, long sequence) implements Comparable<CommandPosition> {

  /** No command. */
  public static final CommandPosition NONE = new CommandPosition(0, 0);

  /** Validates. */
  public CommandPosition {
    Check.notNegative("epoch", epoch);
    Check.notNegative("sequence", sequence);
  }

  @Override
  public int compareTo(CommandPosition other) {
    int byEpoch = Long.compare(epoch, other.epoch);
    return byEpoch != 0 ? byEpoch : Long.compare(sequence, other.sequence);
  }
}
