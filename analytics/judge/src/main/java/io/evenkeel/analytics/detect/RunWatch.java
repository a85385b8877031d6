package io.evenkeel.analytics.detect;

import io.evenkeel.analytics.signal.SampleWindow;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.contract.signal.StepSignals;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a run's progress: where it is, when it was last heard of, and whether it says
 * that it runs. Immutable.
 *
 * @param incarnation newest incarnation seen; -1 before any
 * @param lastStep last step judged; -1 before any of this incarnation
 * @param lastWallTime wall time of that step
 * @param lastSeenMillis processing time at which it came, ms
 * @param lastActivityMillis processing time of the last step or declaration, ms
 * @param stepTimesMillis step times of the last steps
 * @param status what the run declares; null if it has declared nothing
 * @param declaredIncarnation the incarnation that declared it
 * @param stalledStep the step after which telemetry stopped, if it is an open incident; -1 if not
 */
public record RunWatch(
    int incarnation,
    long lastStep,
    Instant lastWallTime,
    long lastSeenMillis,
    long lastActivityMillis,
    SampleWindow stepTimesMillis,
    @Nullable RunStatus status,
    int declaredIncarnation,
    long stalledStep) {

  private static final byte FORMAT = 1;
  private static final int STEP_TIMES = 33;

  /** A run that has not been heard of. */
  public static final RunWatch UNKNOWN =
      new RunWatch(-1, -1, Instant.EPOCH, 0, 0, SampleWindow.ofCapacity(STEP_TIMES), null, -1, -1);

  /**
   * Whether a newer incarnation has declared itself, and none of its steps has come. Steps of this
   * one may still be on their way: a declaration travels by another topic and overtakes them.
   */
  public boolean superseded() {
    return declaredIncarnation > incarnation;
  }

  /** Whether the newest incarnation has declared its end. */
  public boolean ended() {
    return status != null && !status.isLive() && declaredIncarnation >= incarnation;
  }

  /** Whether the run declares that it runs, and has sent a step. */
  boolean running() {
    return status == RunStatus.RUNNING && lastStep >= 0 && !superseded();
  }

  boolean stalled() {
    return stalledStep >= 0;
  }

  RunWatch observed(StepSignals signals, long nowMillis) {
    boolean newer = signals.key().incarnation() > incarnation;
    return new RunWatch(
        signals.key().incarnation(),
        signals.key().step(),
        signals.wallTime(),
        nowMillis,
        nowMillis,
        (newer ? UNKNOWN.stepTimesMillis : stepTimesMillis).with(signals.stepTimeMillis()),
        status,
        declaredIncarnation,
        -1);
  }

  RunWatch declared(RunSpec spec, long nowMillis) {
    // The silence of a pause is no stall, nor does it count once the run goes on.
    boolean resumed = status == RunStatus.PAUSED && spec.status() == RunStatus.RUNNING;
    RunWatch declared =
        new RunWatch(
            incarnation,
            lastStep,
            lastWallTime,
            resumed ? nowMillis : lastSeenMillis,
            nowMillis,
            stepTimesMillis,
            spec.status(),
            spec.incarnation(),
            stalledStep);
    return lastStep < 0 ? declared.begun(spec.started()) : declared;
  }

  /** The declared incarnation is the newest now, and has no steps. */
  RunWatch begun(Instant started) {
    return new RunWatch(
        declaredIncarnation,
        -1,
        started,
        lastSeenMillis,
        lastActivityMillis,
        UNKNOWN.stepTimesMillis,
        status,
        declaredIncarnation,
        -1);
  }

  RunWatch stalledNow() {
    return new RunWatch(
        incarnation,
        lastStep,
        lastWallTime,
        lastSeenMillis,
        lastActivityMillis,
        stepTimesMillis,
        status,
        declaredIncarnation,
        lastStep);
  }

  /** Writes the watch; {@link #read} reads it back. */
  public void write(DataOutput out) throws IOException {
    out.writeByte(FORMAT);
    out.writeInt(incarnation);
    out.writeLong(lastStep);
    out.writeLong(lastWallTime.getEpochSecond());
    out.writeInt(lastWallTime.getNano());
    out.writeLong(lastSeenMillis);
    out.writeLong(lastActivityMillis);
    stepTimesMillis.write(out);
    out.writeByte(status == null ? -1 : status.ordinal());
    out.writeInt(declaredIncarnation);
    out.writeLong(stalledStep);
  }

  /** Reads what {@link #write} wrote. */
  public static RunWatch read(DataInput in) throws IOException {
    byte format = in.readByte();
    if (format != FORMAT) {
      throw new IOException("run watch of unknown format " + format);
    }
    int incarnation = in.readInt();
    long lastStep = in.readLong();
    Instant lastWallTime = Instant.ofEpochSecond(in.readLong(), in.readInt());
    long lastSeenMillis = in.readLong();
    long lastActivityMillis = in.readLong();
    SampleWindow stepTimes = SampleWindow.read(in);
    byte status = in.readByte();
    return new RunWatch(
        incarnation,
        lastStep,
        lastWallTime,
        lastSeenMillis,
        lastActivityMillis,
        stepTimes,
        status < 0 ? null : RunStatus.values()[status],
        in.readInt(),
        in.readLong());
  }
}
