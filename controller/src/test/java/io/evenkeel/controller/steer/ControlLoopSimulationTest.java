package io.evenkeel.controller.steer;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.audit.Decision;
import io.evenkeel.contract.command.Approval;
import io.evenkeel.contract.command.ApprovalVerdict;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.Hold;
import io.evenkeel.contract.command.HoldState;
import io.evenkeel.contract.command.KillSwitch;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.command.SetMode;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.controller.policy.Aim;
import io.evenkeel.controller.policy.Metric;
import io.evenkeel.controller.policy.Policy;
import io.evenkeel.controller.policy.Proposal;
import io.evenkeel.controller.policy.RunView;
import io.evenkeel.controller.sim.SimulatedTrainer;
import io.evenkeel.controller.sim.Wire;
import io.evenkeel.controller.sim.Wire.Member;
import io.evenkeel.testing.SeededCases;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The whole loop against a simulated trainer, in virtual time. */
class ControlLoopSimulationTest {

  private static final Duration STEP = Duration.ofMillis(50);

  @Test
  void shouldSendNoCommandWhenRunIsHealthy() {
    for (long seed = 0; seed < 10; seed++) {
      Wire wire = new Wire(new SimulatedTrainer("run", seed), seed);
      wire.join("controller:a", Mode.AUTO).own(true);
      wire.steps(1_500, STEP);
      assertThat(wire.knobCommands())
          .as("seed %d", seed)
          .allMatch(c -> ((SetKnob) c.body()).knob().equals(Knobs.EXPERT_BIAS_MU));
      assertThat(wire.knobCommands().size()).isBetween(1, 4);
      assertThat(wire.audit(Decision.BLOCKED)).isEmpty();
    }
  }

  @Test
  void shouldBringRatioUnderLimitWhenAlphaIsFarTooHigh() {
    for (double alpha : new double[] {0.02, 0.1, 1, 10, 30}) {
      for (long seed = 0; seed < 5; seed++) {
        SimulatedTrainer trainer =
            new SimulatedTrainer("run", seed).with(Knobs.LOAD_BALANCE_ALPHA, alpha);
        Wire wire = new Wire(trainer, seed);
        wire.join("controller:a", Mode.AUTO).own(true);
        wire.steps(100, STEP);
        assertThat(trainer.ratio()).as("alpha %s seed %d", alpha, seed).isLessThan(0.1);
        int settled = trainer.applied().size();
        wire.steps(600, STEP);
        assertThat(trainer.ratio()).isBetween(0.01, 0.1);
        long late =
            trainer.applied().stream()
                .skip(settled)
                .filter(s -> s.knob().equals(Knobs.LOAD_BALANCE_ALPHA))
                .count();
        assertThat(late).as("alpha %s seed %d", alpha, seed).isLessThanOrEqualTo(1);
      }
    }
  }

  @Test
  void shouldBringRatioUnderLimitWhenAlphaJumps() {
    SimulatedTrainer trainer = new SimulatedTrainer("run", 1);
    Wire wire = new Wire(trainer, 1);
    wire.join("controller:a", Mode.AUTO).own(true);
    wire.steps(200, STEP);
    trainer.disturb(Knobs.LOAD_BALANCE_ALPHA, 30);
    trainer.lossOffset(0.6);
    wire.steps(80, STEP);
    assertThat(trainer.ratio()).isLessThan(0.1);
  }

  @Test
  void shouldRestoreBalanceWhenNothingHoldsExperts() {
    SimulatedTrainer trainer =
        new SimulatedTrainer("run", 3)
            .with(Knobs.EXPERT_BIAS_MU, 0)
            .with(Knobs.LOAD_BALANCE_ALPHA, 1e-6);
    Wire wire = new Wire(trainer, 3);
    wire.join("controller:a", Mode.AUTO).own(true);
    wire.steps(400, STEP);
    assertThat(trainer.violation()).isLessThan(1.5);
    assertThat(trainer.ratio()).isLessThan(0.1);
  }

  @Test
  void shouldLowerEpsilonWhenItNearsGradients() {
    SimulatedTrainer trainer = new SimulatedTrainer("run", 3).with(Knobs.ADAM_EPSILON, 1e-3);
    Wire wire = new Wire(trainer, 3);
    wire.join("controller:a", Mode.AUTO).own(true);
    wire.steps(150, STEP);
    assertThat(trainer.knob(Knobs.ADAM_EPSILON)).isBetween(1e-6, 4e-6);
  }

  @Test
  void shouldRaiseLambdaWhenActivationsGrowAndLetItDownWhenCalm() {
    SimulatedTrainer trainer = new SimulatedTrainer("run", 3);
    Wire wire = new Wire(trainer, 3);
    wire.join("controller:a", Mode.AUTO).own(true);
    trainer.heat(0.02);
    wire.steps(40, STEP);
    wire.alert(BuiltInRule.ACTIVATION_MAGNITUDE, AlertState.FIRING);
    wire.steps(200, STEP);
    double raised = trainer.knob(Knobs.HIDDEN_Z_LAMBDA);
    assertThat(raised).isGreaterThan(5e-5);
    trainer.heat(0);
    wire.alert(BuiltInRule.ACTIVATION_MAGNITUDE, AlertState.RESOLVED);
    wire.steps(2_000, STEP);
    assertThat(trainer.knob(Knobs.HIDDEN_Z_LAMBDA)).isEqualTo(1e-5);
  }

  @Test
  void shouldHoldStillWhileTheLossIsUpAndSayThatItCannotGoBack() {
    SimulatedTrainer trainer = new SimulatedTrainer("run", 3);
    Wire wire = new Wire(trainer, 3);
    wire.join("controller:a", Mode.AUTO).own(true);
    wire.steps(100, STEP);
    trainer.lossOffset(3);
    trainer.gradientNorm(7);
    wire.steps(1, STEP);
    trainer.lossOffset(0);
    trainer.gradientNorm(1);
    wire.steps(50, STEP);
    assertThat(trainer.taken()).extracting(RunAction::action).containsExactly("skip_update");
    trainer.lossOffset(3);
    trainer.gradientNorm(7);
    wire.steps(40, STEP);
    // This trainer cannot go back: that is told once, not at every step.
    assertThat(trainer.taken()).hasSize(16);
    assertThat(wire.audit(Decision.BLOCKED))
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.errorId()).isEqualTo(ErrorId.COMMAND_ACTION_UNKNOWN.id());
              assertThat(entry.reason()).contains("roll_back", "go back");
            });
  }

  /** Wants epsilon to be a value at step 30, and nothing else. */
  private record Wants(String name, double epsilon) implements Policy {
    @Override
    public Optional<Proposal> evaluate(RunView view) {
      return view.latest().step() != 30
          ? Optional.empty()
          : Optional.of(
              new Proposal(
                  name,
                  new SetKnob(Knobs.ADAM_EPSILON, "", epsilon, 1e-8),
                  name + " wants it so.",
                  Map.of(),
                  new Aim(Metric.LOSS, 2, 10)));
    }
  }

  @Test
  void shouldLetThePolicyOfHigherPriorityGoFirstAndSaySoWhenTwoWantOneKnob() {
    SimulatedTrainer trainer = new SimulatedTrainer("run", 3);
    Wire wire = new Wire(trainer, 3);
    wire.join(
            "controller:a", Mode.AUTO, List.of(new Wants("first", 2e-8), new Wants("second", 5e-9)))
        .own(true);
    wire.steps(60, STEP);
    assertThat(trainer.applied()).extracting(SetKnob::value).containsExactly(2e-8);
    assertThat(wire.audit(Decision.BLOCKED))
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.actor()).isEqualTo("second");
              assertThat(entry.knob()).isEqualTo(Knobs.ADAM_EPSILON);
              assertThat(entry.to()).isEqualTo(5e-9);
              assertThat(entry.reason())
                  .contains("first goes first, as its priority is higher (1 before 2)")
                  .contains("second wants it so.");
              assertThat(entry.evidence())
                  .containsEntry("priority", 2.0)
                  .containsEntry("priority_of_first", 1.0);
            });
  }

  @Test
  void shouldOnlyRecordActionsWhenModeIsNotAuto() {
    for (Mode mode : List.of(Mode.OBSERVE, Mode.ADVISE)) {
      SimulatedTrainer trainer = new SimulatedTrainer("run", 3);
      Wire wire = new Wire(trainer, 3);
      wire.join("controller:a", mode).own(true);
      wire.steps(100, STEP);
      trainer.lossOffset(3);
      trainer.gradientNorm(7);
      wire.steps(10, STEP);
      assertThat(trainer.taken()).isEmpty();
      assertThat(wire.audit(Decision.OBSERVED)).hasSize(1);
    }
  }

  @Test
  void shouldApplyEachDecisionOnceWhenMessagesAreLostAndDoubled() {
    SeededCases.forEach(
        30,
        random -> {
          long seed = random.nextLong();
          SimulatedTrainer trainer =
              new SimulatedTrainer("run", seed).with(Knobs.LOAD_BALANCE_ALPHA, 10);
          Wire wire = new Wire(trainer, seed);
          wire.disturb(0.3, 0.3, 0.3);
          wire.join("controller:a", Mode.AUTO).own(true);
          wire.steps(600, STEP);
          assertThat(trainer.ratio()).isLessThan(0.1);
          assertOneValueASequence(wire);
          assertLimitsKept(wire);
        });
  }

  @Test
  void shouldGoOnWithoutDoublingWhenControllersAreKilled() {
    SeededCases.forEach(
        30,
        random -> {
          long seed = random.nextLong();
          SimulatedTrainer trainer =
              new SimulatedTrainer("run", seed).with(Knobs.LOAD_BALANCE_ALPHA, 30);
          Wire wire = new Wire(trainer, seed);
          Member member = wire.join("controller:0", Mode.AUTO).own(true);
          for (int i = 1; i <= 6; i++) {
            wire.steps(1 + random.nextInt(25), STEP);
            member.kill();
            member = wire.join("controller:" + i, Mode.AUTO).own(true);
          }
          wire.steps(450, STEP);
          assertThat(trainer.ratio()).isLessThan(0.1);
          assertOneValueASequence(wire);
          assertLimitsKept(wire);
          assertThat(new HashSet<>(trainer.applied())).hasSameSizeAs(trainer.applied());
          // Nothing that was acknowledged is ever reported as unanswered by a later controller.
          assertThat(wire.audit()).noneMatch(e -> e.errorId().equals(ErrorId.CONTROL_NO_ACK.id()));
        });
  }

  @Test
  void shouldRefuseFormerLeaderWhenAnotherHasTakenOver() {
    SimulatedTrainer trainer = new SimulatedTrainer("run", 5).with(Knobs.LOAD_BALANCE_ALPHA, 30);
    Wire wire = new Wire(trainer, 5);
    wire.join("controller:a", Mode.AUTO).own(true);
    Member second = wire.join("controller:b", Mode.AUTO);
    wire.steps(3, STEP);
    // The first one does not know that it has lost the run.
    second.own(true);
    wire.steps(120, STEP);
    assertThat(trainer.ratio()).isLessThan(0.1);
    long epochs = wire.leases().stream().map(c -> c.position().epoch()).distinct().count();
    assertThat(epochs).isEqualTo(2);
    assertOneValueASequence(wire);
  }

  @Test
  void shouldNeverActWhenModeIsObserve() {
    SimulatedTrainer trainer = new SimulatedTrainer("run", 5).with(Knobs.LOAD_BALANCE_ALPHA, 30);
    Wire wire = new Wire(trainer, 5);
    wire.join("controller:a", Mode.OBSERVE).own(true);
    wire.steps(250, STEP);
    assertThat(wire.knobCommands()).isEmpty();
    assertThat(wire.audit(Decision.OBSERVED)).hasSizeBetween(2, 4);
    wire.ask(new SetMode("", Mode.AUTO));
    wire.steps(200, STEP);
    assertThat(trainer.ratio()).isLessThan(0.1);
  }

  @Test
  void shouldActOnApprovalAloneWhenModeIsAdvise() {
    SimulatedTrainer trainer = new SimulatedTrainer("run", 5).with(Knobs.LOAD_BALANCE_ALPHA, 30);
    Wire wire = new Wire(trainer, 5);
    Member first = wire.join("controller:a", Mode.ADVISE).own(true);
    wire.steps(50, STEP);
    assertThat(wire.knobCommands()).isEmpty();
    assertThat(wire.audit(Decision.PROPOSED)).hasSize(1);
    // A proposal outlives the controller that made it.
    first.kill();
    wire.join("controller:b", Mode.ADVISE).own(true);
    wire.pass(Duration.ofSeconds(1));
    AuditEntry proposal = wire.audit(Decision.PROPOSED).getFirst();
    String id = wire.ask(new Approval(proposal.auditId(), ApprovalVerdict.APPROVED));
    wire.steps(2, STEP);
    assertThat(wire.answers(id)).hasSize(1);
    assertThat(wire.answers(id).getFirst().decision()).isEqualTo(Decision.ACTED);
    assertThat(trainer.knob(Knobs.LOAD_BALANCE_ALPHA)).isEqualTo(3.0);
    String again = wire.ask(new Approval(proposal.auditId(), ApprovalVerdict.APPROVED));
    assertThat(wire.answers(again).getFirst().errorId())
        .isEqualTo(ErrorId.CONTROL_PROPOSAL_UNKNOWN.id());
  }

  @Test
  void shouldKeepProposalOfLaterIncarnationWhenControllerIsReplaced() {
    SeededCases.forEach(
        10,
        random -> {
          long seed = random.nextLong();
          SimulatedTrainer trainer =
              new SimulatedTrainer("run", seed).with(Knobs.LOAD_BALANCE_ALPHA, 30);
          Wire wire = new Wire(trainer, seed);
          Member first = wire.join("controller:a", Mode.ADVISE).own(true);
          trainer.restart(5);
          wire.declare(RunStatus.RUNNING);
          wire.steps(20, STEP);
          first.kill();
          wire.join("controller:b", Mode.ADVISE).own(true);
          wire.pass(Duration.ofSeconds(1));
          String proposal = wire.audit(Decision.PROPOSED).getLast().auditId();
          String id = wire.ask(new Approval(proposal, ApprovalVerdict.APPROVED));
          assertThat(wire.answers(id).getFirst().decision()).isEqualTo(Decision.ACTED);
        });
  }

  @Test
  void shouldActForOneKnobAloneWhenOnlyThatKnobIsAuto() {
    SimulatedTrainer trainer =
        new SimulatedTrainer("run", 5)
            .with(Knobs.LOAD_BALANCE_ALPHA, 30)
            .with(Knobs.ADAM_EPSILON, 1e-3);
    Wire wire = new Wire(trainer, 5);
    wire.join("controller:a", Mode.OBSERVE).own(true);
    wire.ask(new SetMode(Knobs.LOAD_BALANCE_ALPHA, Mode.AUTO));
    wire.steps(120, STEP);
    assertThat(trainer.ratio()).isLessThan(0.1);
    assertThat(trainer.knob(Knobs.ADAM_EPSILON)).isEqualTo(1e-3);
    assertThat(wire.audit(Decision.OBSERVED)).isNotEmpty();
    wire.ask(new SetMode("", Mode.OBSERVE));
    int applied = trainer.applied().size();
    trainer.disturb(Knobs.LOAD_BALANCE_ALPHA, 30);
    wire.steps(120, STEP);
    assertThat(trainer.applied()).hasSize(applied);
  }

  @Test
  void shouldLeaveKnobAloneForAWhileWhenProposalIsRejected() {
    SimulatedTrainer trainer = new SimulatedTrainer("run", 5).with(Knobs.LOAD_BALANCE_ALPHA, 30);
    Wire wire = new Wire(trainer, 5);
    wire.join("controller:a", Mode.ADVISE).own(true);
    wire.steps(10, STEP);
    String proposal = wire.audit(Decision.PROPOSED).getFirst().auditId();
    wire.ask(new Approval(proposal, ApprovalVerdict.REJECTED));
    wire.steps(80, STEP);
    assertThat(wire.audit(Decision.PROPOSED)).hasSize(1);
    wire.steps(40, STEP);
    assertThat(wire.audit(Decision.PROPOSED)).hasSize(2);
    assertThat(wire.knobCommands()).isEmpty();
  }

  @Test
  void shouldExpireProposalWhenNobodyAnswers() {
    Wire wire = new Wire(new SimulatedTrainer("run", 5).with(Knobs.LOAD_BALANCE_ALPHA, 30), 5);
    wire.join("controller:a", Mode.ADVISE).own(true);
    wire.steps(20, STEP);
    String proposal = wire.audit(Decision.PROPOSED).getFirst().auditId();
    wire.pass(Duration.ofMinutes(11));
    String id = wire.ask(new Approval(proposal, ApprovalVerdict.APPROVED));
    assertThat(wire.answers(id).getFirst().errorId())
        .isEqualTo(ErrorId.CONTROL_PROPOSAL_UNKNOWN.id());
    assertThat(wire.knobCommands()).isEmpty();
  }

  @Test
  void shouldLeaveKnobAloneWhenHeldAndAllWhenKilled() {
    SimulatedTrainer trainer = new SimulatedTrainer("run", 5).with(Knobs.LOAD_BALANCE_ALPHA, 30);
    Wire wire = new Wire(trainer, 5);
    Member first = wire.join("controller:a", Mode.AUTO).own(true);
    wire.ask(new Hold(Knobs.LOAD_BALANCE_ALPHA, HoldState.HELD));
    wire.steps(50, STEP);
    assertThat(wire.knobCommands()).isEmpty();
    assertThat(wire.audit(Decision.BLOCKED))
        .singleElement()
        .extracting(AuditEntry::errorId)
        .isEqualTo(ErrorId.KNOB_HELD.id());
    wire.ask(new KillSwitch(HoldState.HELD));
    wire.ask(new Hold(Knobs.LOAD_BALANCE_ALPHA, HoldState.RELEASED));
    int leases = wire.leases().size();
    wire.steps(50, STEP);
    assertThat(wire.knobCommands()).isEmpty();
    assertThat(wire.leases()).hasSize(leases);
    // What people set outlives the controller too.
    first.kill();
    wire.join("controller:b", Mode.AUTO).own(true);
    wire.steps(50, STEP);
    assertThat(wire.knobCommands()).isEmpty();
    wire.ask(new KillSwitch(HoldState.RELEASED));
    wire.steps(100, STEP);
    assertThat(trainer.ratio()).isLessThan(0.1);
  }

  @Test
  void shouldAnswerEachRequestOnceWithReasonWhenOperatorAsks() {
    SimulatedTrainer trainer = new SimulatedTrainer("run", 5);
    Wire wire = new Wire(trainer, 5);
    wire.join("controller:a", Mode.OBSERVE).own(true);
    wire.steps(5, STEP);
    String alpha = Knobs.LOAD_BALANCE_ALPHA;
    assertRefused(wire, new SetKnob(alpha, "", 1e6, null), ErrorId.KNOB_BOUNDS);
    assertRefused(wire, new SetKnob(alpha, "", 0.5, null), ErrorId.KNOB_FACTOR);
    assertRefused(wire, new SetKnob(alpha, "", Double.NaN, null), ErrorId.KNOB_NOT_FINITE);
    assertRefused(wire, new SetKnob("no.such", "", 1, null), ErrorId.KNOB_UNKNOWN);
    assertRefused(wire, new SetMode("no.such", Mode.AUTO), ErrorId.KNOB_UNKNOWN);
    assertRefused(wire, new RunAction("fly", Map.of()), ErrorId.COMMAND_ACTION_UNKNOWN);
    wire.ask("same", new SetKnob(alpha, "", 2e-3, null));
    wire.steps(3, STEP);
    wire.ask("same", new SetKnob(alpha, "", 3e-3, null));
    wire.steps(3, STEP);
    assertThat(trainer.knob(alpha)).isEqualTo(2e-3);
    assertThat(wire.answers("same")).hasSize(1);
    // An operator may pass the cool-down.
    wire.ask(new SetKnob(alpha, "", 4e-3, null));
    wire.steps(1, STEP);
    assertThat(trainer.knob(alpha)).isEqualTo(4e-3);
    wire.ask(new RunAction("save_checkpoint", Map.of()));
    assertThat(wire.audit(Decision.ACTED)).hasSize(3);
  }

  @Test
  void shouldNotActWhenSignalsAreStaleOrPartial() {
    SimulatedTrainer trainer = new SimulatedTrainer("run", 5).with(Knobs.LOAD_BALANCE_ALPHA, 30);
    trainer.ranks(2);
    Wire wire = new Wire(trainer, 5);
    wire.join("controller:a", Mode.AUTO).own(true);
    wire.steps(30, STEP);
    assertThat(wire.knobCommands()).isEmpty();
    assertThat(wire.audit(Decision.BLOCKED).getFirst().errorId())
        .isEqualTo(ErrorId.CONTROL_STALE.id());
    trainer.ranks(4);
    wire.steps(100, STEP);
    assertThat(trainer.ratio()).isLessThan(0.1);
  }

  @Test
  void shouldUndoAndStandDownWhenChangeMadeThingsWorse() {
    SimulatedTrainer trainer = new SimulatedTrainer("run", 5).with(Knobs.LOAD_BALANCE_ALPHA, 0.01);
    Wire wire = new Wire(trainer, 5);
    wire.join("controller:a", Mode.AUTO).own(true);
    while (trainer.applied().isEmpty()) {
      wire.steps(1, STEP);
    }
    // The plant turns against the controller: R_g rises twentyfold although alpha fell.
    trainer.gain(20 * SimulatedTrainer.GAIN);
    wire.steps(40, STEP);
    AuditEntry review =
        wire.audit(Decision.REVIEWED).stream()
            .filter(e -> e.errorId().equals(ErrorId.CONTROL_STOOD_DOWN.id()))
            .findFirst()
            .orElseThrow();
    assertThat(review.actor()).isEqualTo("load-balance-alpha");
    assertThat(wire.audit(Decision.ACTED)).anyMatch(e -> e.actor().equals("guard"));
    assertThat(wire.alerts())
        .singleElement()
        .satisfies(
            alert -> {
              assertThat(alert.rule()).isEqualTo("policy-stood-down");
              assertThat(alert.state()).isEqualTo(AlertState.FIRING);
              assertThat(alert.severity()).isEqualTo(Severity.WARNING);
              assertThat(alert.summary()).contains("load-balance-alpha", review.reason());
              assertThat(alert.value()).isGreaterThan(alert.threshold());
            });
    int applied = trainer.applied().size();
    wire.steps(100, STEP);
    assertThat(trainer.applied()).hasSize(applied);
    wire.ask(new SetMode("", Mode.AUTO));
    wire.steps(200, STEP);
    assertThat(trainer.ratio()).isLessThan(0.1);
    assertThat(wire.alerts()).hasSize(2);
    assertThat(wire.alerts().getLast().state()).isEqualTo(AlertState.RESOLVED);
    assertThat(wire.alerts().getLast().alertId()).isEqualTo(wire.alerts().getFirst().alertId());
  }

  @Test
  void shouldOweNoAlertWhenControllerIsKilledBeforeItsAlertArrives() {
    SimulatedTrainer trainer = new SimulatedTrainer("run", 5).with(Knobs.LOAD_BALANCE_ALPHA, 0.01);
    Wire wire = new Wire(trainer, 5);
    Wire.Member first = wire.join("controller:a", Mode.AUTO).own(true);
    while (trainer.applied().isEmpty()) {
      wire.steps(1, STEP);
    }
    wire.loseAlerts();
    trainer.gain(20 * SimulatedTrainer.GAIN);
    wire.steps(40, STEP);
    assertThat(wire.audit(Decision.REVIEWED))
        .anyMatch(e -> e.errorId().equals(ErrorId.CONTROL_STOOD_DOWN.id()));
    first.kill();
    wire.keepAlerts();
    assertThat(wire.alerts()).isEmpty();
    wire.join("controller:b", Mode.AUTO).own(true);
    wire.steps(10, STEP);
    assertThat(wire.alerts()).singleElement().matches(a -> a.state() == AlertState.FIRING);
    wire.declare(RunStatus.FINISHED);
    wire.pass(Duration.ofSeconds(20));
    assertThat(wire.alerts()).hasSize(2);
    assertThat(wire.alerts().getLast().state()).isEqualTo(AlertState.RESOLVED);
    assertThat(wire.alerts().getLast().summary()).isEqualTo("The run has ended.");
  }

  @Test
  void shouldTellAndWaitWhenTrainerNeverAcknowledges() {
    SimulatedTrainer trainer = new SimulatedTrainer("run", 5).with(Knobs.LOAD_BALANCE_ALPHA, 30);
    Wire wire = new Wire(trainer, 5);
    wire.join("controller:a", Mode.AUTO).own(true);
    wire.disturb(1.0, 0, 0);
    wire.steps(500, STEP);
    assertThat(wire.audit(Decision.BLOCKED))
        .anyMatch(e -> e.errorId().equals(ErrorId.CONTROL_NO_ACK.id()));
    assertThat(
            wire.knobCommands().stream()
                .filter(c -> ((SetKnob) c.body()).knob().equals(Knobs.LOAD_BALANCE_ALPHA))
                .map(c -> c.position().sequence())
                .distinct()
                .count())
        .isLessThanOrEqualTo(2);
    wire.disturb(0, 0, 0);
    wire.steps(200, STEP);
    assertThat(trainer.ratio()).isLessThan(0.1);
  }

  @Test
  void shouldRenewLeaseWhileSteeringAndStopWhenRunEnds() {
    Wire wire = new Wire(new SimulatedTrainer("run", 5), 5);
    wire.join("controller:a", Mode.ADVISE).own(true);
    wire.steps(200, STEP);
    assertThat(wire.trainer().leaseUntil()).isAfter(wire.clock().instant());
    assertThat(wire.leases().size()).isBetween(9, 14);
    wire.declare(RunStatus.FINISHED);
    wire.pass(Duration.ofSeconds(1));
    int leases = wire.leases().size();
    wire.pass(Duration.ofSeconds(30));
    assertThat(wire.leases()).hasSize(leases);
  }

  @Test
  void shouldStartAfreshWhenRunRestartsFromCheckpoint() {
    SimulatedTrainer trainer = new SimulatedTrainer("run", 5).with(Knobs.LOAD_BALANCE_ALPHA, 30);
    Wire wire = new Wire(trainer, 5);
    wire.join("controller:a", Mode.AUTO).own(true);
    wire.steps(60, STEP);
    long before = trainer.last().sequence();
    trainer.restart(10);
    trainer.disturb(Knobs.LOAD_BALANCE_ALPHA, 30);
    wire.declare(RunStatus.RUNNING);
    wire.steps(120, STEP);
    assertThat(trainer.ratio()).isLessThan(0.1);
    assertThat(trainer.last().sequence()).isGreaterThan(before);
  }

  private static void assertRefused(
      Wire wire, io.evenkeel.contract.command.RequestBody body, ErrorId id) {
    String request = wire.ask(body);
    assertThat(wire.answers(request)).singleElement();
    assertThat(wire.answers(request).getFirst().decision()).isEqualTo(Decision.REFUSED);
    assertThat(wire.answers(request).getFirst().errorId()).isEqualTo(id.id());
  }

  /** A sequence names one command and no other, over all controllers. */
  private static void assertOneValueASequence(Wire wire) {
    Map<Long, Command> bySequence = new HashMap<>();
    for (Command command : wire.knobCommands()) {
      Command former = bySequence.putIfAbsent(command.position().sequence(), command);
      assertThat(former == null || former.equals(command)).as("%s", command).isTrue();
    }
    Set<Long> epochs = new HashSet<>();
    List<Command> leases = wire.leases();
    for (Command lease : leases) {
      epochs.add(lease.position().epoch());
    }
    for (long epoch : epochs) {
      assertThat(
              leases.stream()
                  .filter(l -> l.position().epoch() == epoch)
                  .map(Command::origin)
                  .distinct()
                  .count())
          .isEqualTo(1);
    }
  }

  private static void assertLimitsKept(Wire wire) {
    for (Command command : wire.knobCommands()) {
      SetKnob set = (SetKnob) command.body();
      KnobDeclaration knob = wire.trainer().declaration(set.knob());
      assertThat(set.value()).isBetween(knob.minimum(), knob.maximum());
    }
  }
}
