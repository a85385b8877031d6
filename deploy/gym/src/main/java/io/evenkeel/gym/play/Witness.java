package io.evenkeel.gym.play;

import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.gym.scenario.Outage;
import io.evenkeel.trainer.loop.LoopListener;
import io.evenkeel.trainer.loop.RunPosition;
import io.evenkeel.trainer.loop.StopRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sits beside the training loop: lets time pass, hands on what is told, and keeps the figures. */
final class Witness implements LoopListener {
  private static final int MOST_TRAINED = 4;
  private static final String SKIPPED = "update_skipped";

  private final Declaration declaration;
  private final VirtualTime time;
  private final StopRequest stop;
  private final @Nullable ControlRoom room;
  private final Uplink up;
  private final Downlink down = new Downlink();
  private final List<Double> losses = new ArrayList<>();
  private RunPosition begun = RunPosition.start(0);
  private Instant started;
  private int rollBacks;
  private long updatesLost;
  private long trained;

  Witness(Declaration declaration, VirtualTime time, StopRequest stop, Hand hand, Outage outage) {
    this.declaration = declaration;
    this.time = time;
    this.stop = stop;
    this.started = time.instant();
    this.room = hand == Hand.ON ? new ControlRoom(declaration.run(), time, down, outage) : null;
    this.up =
        new Uplink(
            ack -> {
              if (room != null) {
                room.answered(ack);
              }
            });
  }

  Optional<TelemetryPublisher> publisher() {
    return room == null ? Optional.empty() : Optional.of(up);
  }

  Optional<CommandSubscription> commands() {
    return room == null ? Optional.empty() : Optional.of(down);
  }

  /** The run begins. */
  void begins() {
    declare(RunStatus.RUNNING);
  }

  private void declare(RunStatus status) {
    if (room != null) {
      room.declared(declaration.at(status, begun, started, time.instant()));
    }
  }

  @Override
  public void stepped(StepResult result) {
    time.passStep(begun.incarnation(), result.step());
    int index = Math.toIntExact(result.step());
    double loss = result.losses().languageModel();
    if (index < losses.size()) {
      losses.set(index, loss);
    } else {
      losses.add(loss);
    }
    List<StepTelemetry> parts = up.take().stream().map(time::stamp).toList();
    if (parts.stream().anyMatch(part -> part.scalars().containsKey(SKIPPED))) {
      updatesLost++;
    }
    if (room != null) {
      room.stepped(trained, parts);
    }
    trained++;
    if (trained >= MOST_TRAINED * declaration.config().training().steps()) {
      stop.request();
    }
  }

  @Override
  public void changed(RunStatus status, RunPosition position) {
    if (position.incarnation() > begun.incarnation()) {
      rollBacks++;
      updatesLost += Math.max(0, losses.size() - position.step());
      while (losses.size() > position.step()) {
        losses.removeLast();
      }
      begun = position;
      started = time.instant();
    }
    declare(status);
  }

  @Override
  public void validated(long step, double heldOutLoss) {}

  @Override
  public void answered(CommandAck ack) {}

  Played played(double heldOut) {
    declare(RunStatus.FINISHED);
    return new Played(
        losses,
        heldOut,
        room == null ? List.of() : room.samples(),
        room == null ? List.of() : room.alerts(),
        room == null ? List.of() : room.orders(),
        room == null ? List.of() : room.audit(),
        rollBacks,
        updatesLost,
        trained);
  }
}
