package io.evenkeel.gateway.command;

import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.gateway.poll.Waiters;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest commands of each run, and its newest lease. Bounded: at most {@value #MAX_COMMANDS} a
 * run and {@value #MAX_BYTES} bytes over all; beyond it the runs that nobody has written to or
 * asked for longest are forgotten.
 */
public final class CommandBoard {

  /** Commands kept of a run. */
  public static final int MAX_COMMANDS = 1_024;

  /** Bytes of all commands kept. */
  public static final long MAX_BYTES = 64L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(CommandBoard.class);

  private final Waiters waiters;
  private final Object lock = new Object();

  /** The run that nobody has written to or asked for longest comes first. */
  private final Map<String, OfRun> runs = new LinkedHashMap<>(16, 0.75f, true);

  private long bytes;

  /** Wakes {@code waiters} when something is new. */
  public CommandBoard(Waiters waiters) {
    this.waiters = waiters;
  }

  private record Kept(long order, Command command, byte[] encoded) {}

  private static final class OfRun {
    private final Deque<Kept> commands = new ArrayDeque<>();
    private @Nullable Kept lease;
  }

  /** Takes a record of the topic. */
  public void accept(long order, byte[] encoded) {
    Command command;
    try {
      command = Codecs.COMMAND.decode(encoded);
    } catch (WireException e) {
      LOG.warn("{}", e.errorId().line("A command was passed over: " + e.getMessage() + "."));
      return;
    }
    synchronized (lock) {
      keep(new Kept(order, command, encoded));
      forget();
    }
    waiters.wake(command.run());
  }

  private void keep(Kept kept) {
    OfRun run = runs.computeIfAbsent(kept.command().run(), name -> new OfRun());
    bytes += kept.encoded().length;
    if (kept.command().body() instanceof Lease) {
      Kept before = run.lease;
      if (before != null
          && before.command().position().epoch() > kept.command().position().epoch()) {
        // A leader that was replaced: no trainer would take it.
        bytes -= kept.encoded().length;
        return;
      }
      bytes -= before == null ? 0 : before.encoded().length;
      run.lease = kept;
    } else {
      run.commands.addLast(kept);
      if (run.commands.size() > MAX_COMMANDS) {
        bytes -= run.commands.removeFirst().encoded().length;
      }
    }
  }

  private void forget() {
    while (bytes > MAX_BYTES && runs.size() > 1) {
      var eldest = runs.entrySet().iterator();
      OfRun run = eldest.next().getValue();
      eldest.remove();
      run.commands.forEach(kept -> bytes -= kept.encoded().length);
      bytes -= run.lease == null ? 0 : run.lease.encoded().length;
      LOG.warn("There is no room: Commands of the run asked for least recently are forgotten.");
    }
  }

  /**
   * A run's commands, encoded, in the order in which the controller wrote them.
   *
   * @param after only those with a sequence above it
   * @param leaseMicros only a lease that is valid beyond it, microseconds since the epoch
   */
  List<byte[]> commands(String name, long after, long leaseMicros) {
    synchronized (lock) {
      OfRun run = runs.get(name);
      if (run == null) {
        return List.of();
      }
      List<Kept> found = new ArrayList<>();
      Kept lease = run.lease;
      boolean wanted = lease != null && isBeyond(lease.command(), leaseMicros);
      for (Kept kept : run.commands) {
        if (wanted && lease != null && lease.order() < kept.order()) {
          found.add(lease);
          wanted = false;
        }
        if (kept.command().position().sequence() > after) {
          found.add(kept);
        }
      }
      if (wanted && lease != null) {
        found.add(lease);
      }
      return found.stream().map(Kept::encoded).toList();
    }
  }

  private static boolean isBeyond(Command command, long leaseMicros) {
    return command.body() instanceof Lease(Instant validUntil)
        && ChronoUnit.MICROS.between(Instant.EPOCH, validUntil) > leaseMicros;
  }
}
