package io.evenkeel.controller.steer;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.audit.Decision;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Approval;
import io.evenkeel.contract.command.ApprovalVerdict;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.HoldState;
import io.evenkeel.contract.command.KillSwitch;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.command.SetMode;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.controller.sim.SimulatedTrainer;
import io.evenkeel.controller.sim.Wire;
import io.evenkeel.controller.sim.Wire.Member;
import io.evenkeel.testing.SeededCases;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Trainers that lie, runs that end, people who change their mind: in virtual time. */
class ControlFaultSimulationTest {

  private static final Duration STEP = Duration.ofMillis(50);

  private final SimulatedTrainer trainer =
      new SimulatedTrainer("run", 5).with(Knobs.LOAD_BALANCE_ALPHA, 30);
  private final Wire wire = new Wire(trainer, 5);

  @Test
  void shouldDoubtAndLeaveTheKnobAloneWhenTrainerOnlySaysThatItApplies() {
    trainer.lie();
    wire.join("controller:a", Mode.AUTO).own(true);
    wire.steps(200, STEP);
    List<AuditEntry> doubts =
        wire.audit(Decision.REVIEWED).stream()
            .filter(e -> e.errorId().equals(ErrorId.CONTROL_ACK_UNTRUE.id()))
            .filter(e -> e.knob().equals(Knobs.LOAD_BALANCE_ALPHA))
            .toList();
    assertThat(doubts).hasSizeBetween(1, 3);
    assertThat(doubts).extracting(AuditEntry::command).doesNotHaveDuplicates();
    assertThat(sequencesFor(Knobs.LOAD_BALANCE_ALPHA)).hasSizeLessThanOrEqualTo(3);
  }

  @Test
  void shouldNotDoubtWhenTrainerTellsTheTruth() {
    SeededCases.forEach(
        10,
        random -> {
          long seed = random.nextLong();
          Wire honest =
              new Wire(new SimulatedTrainer("run", seed).with(Knobs.LOAD_BALANCE_ALPHA, 30), seed);
          honest.disturb(0.3, 0.3, 0.3);
          honest.join("controller:a", Mode.AUTO).own(true);
          honest.steps(400, STEP);
          assertThat(honest.audit())
              .noneMatch(e -> e.errorId().equals(ErrorId.CONTROL_ACK_UNTRUE.id()));
        });
  }

  @Test
  void shouldSteerOnWhenSomethingAcknowledgesWhatWasNeverSent() {
    wire.join("controller:a", Mode.AUTO).own(true);
    wire.steps(2, STEP);
    for (long sequence : new long[] {7, 1_000_000, Long.MAX_VALUE}) {
      wire.acknowledge(answer(new CommandPosition(Long.MAX_VALUE, sequence), AckStatus.APPLIED));
    }
    wire.steps(120, STEP);
    assertThat(trainer.ratio()).isLessThan(0.1);
    assertThat(wire.knobCommands())
        .allMatch(command -> command.position().sequence() < 1_000_000)
        .allMatch(command -> command.position().epoch() == 1);
  }

  @Test
  void shouldKeepToWhatWasAppliedWhenTrainerContradictsItself() {
    wire.join("controller:a", Mode.AUTO).own(true);
    while (trainer.applied().isEmpty()) {
      wire.steps(1, STEP);
    }
    wire.steps(1, STEP);
    CommandPosition first = wire.knobCommands().getFirst().position();
    wire.acknowledge(answer(first, AckStatus.REJECTED));
    wire.acknowledge(answer(first, AckStatus.APPLIED));
    wire.acknowledge(answer(first, AckStatus.EXPIRED));
    wire.steps(100, STEP);
    assertThat(trainer.ratio()).isLessThan(0.1);
    assertThat(wire.audit(Decision.REVIEWED)).noneMatch(e -> e.reason().contains("refused"));
  }

  @Test
  void shouldGiveUpTheCommandAndSaySoOnceWhenTheRunEndsBeforeItArrives() {
    Member first = wire.join("controller:a", Mode.AUTO).own(true);
    wire.disturb(1.0, 0, 0);
    wire.steps(10, STEP);
    assertThat(wire.knobCommands()).isNotEmpty();
    wire.declare(RunStatus.FINISHED);
    wire.pass(Duration.ofMillis(200));
    int sent = wire.knobCommands().size();
    wire.pass(Duration.ofSeconds(30));
    assertThat(wire.knobCommands()).hasSize(sent);
    List<CommandPosition> told = endedFirst();
    assertThat(told).isNotEmpty().doesNotHaveDuplicates();
    first.kill();
    wire.join("controller:b", Mode.AUTO).own(true);
    wire.pass(Duration.ofSeconds(30));
    assertThat(endedFirst()).isEqualTo(told);
    assertThat(wire.audit()).noneMatch(e -> e.errorId().equals(ErrorId.CONTROL_NO_ACK.id()));
  }

  private List<CommandPosition> endedFirst() {
    return wire.audit(Decision.BLOCKED).stream()
        .filter(e -> e.errorId().equals(ErrorId.CONTROL_RUN_ENDED.id()))
        .map(AuditEntry::command)
        .toList();
  }

  @Test
  void shouldSayNothingWhenTheLastAnswerComesAfterTheEnd() {
    wire.join("controller:a", Mode.AUTO).own(true);
    wire.disturb(0, 0, 1.0);
    while (trainer.applied().isEmpty()) {
      wire.steps(1, STEP);
    }
    wire.declare(RunStatus.FINISHED);
    wire.pass(Duration.ofMillis(500));
    for (Command command : wire.knobCommands()) {
      wire.acknowledge(answer(command.position(), AckStatus.APPLIED));
    }
    wire.pass(Duration.ofSeconds(30));
    assertThat(endedFirst()).isEmpty();
  }

  @Test
  void shouldSayWhoApprovedAndStillCountItAsThePolicysOwn() {
    wire.join("controller:a", Mode.ADVISE).own(true);
    wire.steps(20, STEP);
    String proposal = wire.audit(Decision.PROPOSED).getFirst().auditId();
    wire.ask(new Approval(proposal, ApprovalVerdict.APPROVED));
    assertThat(wire.knobCommands().getFirst().origin())
        .isEqualTo("operator:ann for load-balance-alpha");
    wire.steps(100, STEP);
    // It is judged by its effect as the policy's own change is.
    assertThat(wire.audit(Decision.REVIEWED))
        .anyMatch(e -> e.actor().equals("load-balance-alpha") && e.reason().startsWith("Kept: "));
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void shouldWithdrawWhatWasProposedWhenAModeIsSet(Mode next) {
    Member first = wire.join("controller:a", Mode.ADVISE).own(true);
    wire.steps(20, STEP);
    String proposal = wire.audit(Decision.PROPOSED).getFirst().auditId();
    wire.ask(new SetMode(Knobs.LOAD_BALANCE_ALPHA, next));
    first.kill();
    wire.join("controller:b", Mode.ADVISE).own(true);
    wire.pass(Duration.ofSeconds(1));
    String late = wire.ask(new Approval(proposal, ApprovalVerdict.APPROVED));
    assertThat(wire.answers(late).getFirst().errorId())
        .isEqualTo(ErrorId.CONTROL_PROPOSAL_UNKNOWN.id());
    wire.steps(120, STEP);
    // In auto the policy does not wait for an answer that nobody will give.
    assertThat(trainer.ratio() < 0.1).isEqualTo(next == Mode.AUTO);
    assertThat(wire.audit(Decision.PROPOSED)).hasSize(next == Mode.ADVISE ? 2 : 1);
  }

  @Test
  void shouldBeginNothingNewWhenModeIsSetToObserveWhileACommandIsUnderWay() {
    wire.join("controller:a", Mode.AUTO).own(true);
    wire.disturb(0, 0, 1.0);
    while (trainer.applied().isEmpty()) {
      wire.steps(1, STEP);
    }
    wire.ask(new SetMode("", Mode.OBSERVE));
    List<Long> before = wire.knobCommands().stream().map(c -> c.position().sequence()).toList();
    wire.disturb(0, 0, 0);
    wire.steps(200, STEP);
    assertThat(wire.knobCommands())
        .extracting(c -> c.position().sequence())
        .allMatch(before::contains);
    assertThat(wire.audit(Decision.OBSERVED)).isNotEmpty();
  }

  @Test
  void shouldNotActWhenSignalsComeTooLate() {
    wire.delay(Duration.ofSeconds(20));
    wire.join("controller:a", Mode.AUTO).own(true);
    wire.steps(100, STEP);
    assertThat(wire.knobCommands()).isEmpty();
    assertThat(wire.audit(Decision.BLOCKED))
        .extracting(AuditEntry::errorId)
        .containsOnly(ErrorId.CONTROL_STALE.id());
    wire.delay(Duration.ZERO);
    wire.steps(150, STEP);
    assertThat(trainer.ratio()).isLessThan(0.1);
  }

  @Test
  void shouldStandStillWhenTheKillSwitchOfAllRunsIsOn() {
    Member first = wire.join("controller:a", Mode.AUTO).own(true);
    String held = wire.askAll(new KillSwitch(HoldState.HELD));
    assertThat(wire.answers(held)).singleElement();
    assertThat(wire.answers(held).getFirst().decision()).isEqualTo(Decision.CHANGED);
    wire.steps(50, STEP);
    // The run's own switch is another: releasing it changes nothing.
    wire.ask(new KillSwitch(HoldState.RELEASED));
    wire.steps(20, STEP);
    first.kill();
    wire.join("controller:b", Mode.AUTO).own(true);
    wire.steps(50, STEP);
    assertThat(wire.knobCommands()).isEmpty();
    assertThat(wire.answers(held)).singleElement();
    wire.askAll(new KillSwitch(HoldState.RELEASED));
    wire.steps(120, STEP);
    assertThat(trainer.ratio()).isLessThan(0.1);
  }

  @Test
  void shouldKeepTheRunsOwnKillSwitchWhenThatOfAllRunsIsReleased() {
    wire.join("controller:a", Mode.AUTO).own(true);
    wire.ask(new KillSwitch(HoldState.HELD));
    wire.askAll(new KillSwitch(HoldState.HELD));
    wire.askAll(new KillSwitch(HoldState.RELEASED));
    wire.steps(100, STEP);
    assertThat(wire.knobCommands()).isEmpty();
  }

  private List<Long> sequencesFor(String knob) {
    return wire.knobCommands().stream()
        .filter(c -> ((SetKnob) c.body()).knob().equals(knob))
        .map(c -> c.position().sequence())
        .distinct()
        .toList();
  }

  private CommandAck answer(CommandPosition position, AckStatus status) {
    return new CommandAck(
        "run",
        0,
        position,
        status,
        trainer.nextStep(),
        "",
        "",
        null,
        null,
        status == AckStatus.APPLIED ? "" : ErrorId.KNOB_BOUNDS.id(),
        status == AckStatus.APPLIED ? "" : "refused",
        wire.clock().instant());
  }
}
