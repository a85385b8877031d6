package io.evenkeel.trainer.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.CommandBody;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.run.Knobs;
import io.evenkeel.testing.FakeClock;
import io.evenkeel.testing.SeededCases;
import io.evenkeel.trainer.config.ConfigException;
import io.evenkeel.trainer.config.ConfigReader;
import io.evenkeel.trainer.config.TrainerConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CommandDeskTest {
  private static final String ALPHA = Knobs.LOAD_BALANCE_ALPHA;

  private final FakeClock clock = FakeClock.atNewYear();
  private final List<CommandAck> acks = new ArrayList<>();
  private final FakeActions actions = new FakeActions();
  private TrainerConfig config;
  private KnobBoard board;
  private CommandDesk desk;

  /** Carries out what it offers, unless it is told to refuse. */
  private static final class FakeActions implements RunActions {
    final List<RunAction> performed = new ArrayList<>();
    Optional<Refusal> refusal = Optional.empty();
    Runnable then = () -> {};

    @Override
    public List<String> offered() {
      return List.of(PAUSE, ROLL_BACK);
    }

    @Override
    public Optional<Refusal> perform(RunAction action, long step) {
      performed.add(action);
      then.run();
      return refusal;
    }
  }

  @BeforeEach
  void open() throws ConfigException {
    config = ConfigReader.read("tiny");
    board = new KnobBoard(config, Map.of(ALPHA, 10.0));
    desk = new CommandDesk("run", 1, board, actions, Duration.ofSeconds(30), clock, acks::add);
  }

  private Command command(int incarnation, long epoch, long sequence, CommandBody body) {
    return new Command(
        "run",
        incarnation,
        new CommandPosition(epoch, sequence),
        clock.instant(),
        clock.instant().plusSeconds(10),
        0,
        body,
        "test",
        "");
  }

  private static SetKnob alpha(double value) {
    return new SetKnob(ALPHA, "", value, null);
  }

  private CommandAck handle(long step, Command command) {
    desk.handle(List.of(command), step);
    return acks.getLast();
  }

  private static void isRefused(CommandAck ack, ErrorId error) {
    assertThat(ack.status()).isEqualTo(AckStatus.REJECTED);
    assertThat(ack.errorId()).isEqualTo(error.id());
    assertThat(ack.reason()).isNotBlank();
  }

  @Test
  void shouldApplyAndTellFromAndToWhenAllIsInOrder() {
    CommandAck ack = handle(7, command(1, 1, 1, alpha(2)));

    assertThat(ack.status()).isEqualTo(AckStatus.APPLIED);
    assertThat(ack.step()).isEqualTo(7);
    assertThat(ack.from()).isEqualTo(10);
    assertThat(ack.to()).isEqualTo(2);
    assertThat(board.value(ALPHA)).isEqualTo(2);
    assertThat(board.objective().alpha(1)).isEqualTo(2);
    assertThat(desk.lastApplied()).isEqualTo(new CommandPosition(1, 1));
  }

  @Test
  void shouldSetOneLayerAloneWhenItIsTheScope() {
    handle(0, command(1, 1, 1, new SetKnob(ALPHA, "layers/1", 5, null)));

    assertThat(board.objective().alpha(0)).isEqualTo(10);
    assertThat(board.objective().alpha(1)).isEqualTo(5);
  }

  @Test
  void shouldApplyOnceAndAnswerAlikeWhenACommandComesTwice() {
    Command command = command(1, 1, 1, alpha(2));
    CommandAck first = handle(3, command);
    CommandAck second = handle(9, command);

    assertThat(second).isEqualTo(first);
    assertThat(acks).hasSize(2);
  }

  @Test
  void shouldRefuseWhatTheDeclarationForbids() {
    isRefused(handle(0, command(1, 1, 1, alpha(0.5))), ErrorId.KNOB_FACTOR);
    isRefused(handle(0, command(1, 1, 2, alpha(101))), ErrorId.KNOB_BOUNDS);
    isRefused(handle(0, command(1, 1, 3, alpha(-1))), ErrorId.KNOB_BOUNDS);
    isRefused(handle(0, command(1, 1, 4, alpha(Double.NaN))), ErrorId.KNOB_NOT_FINITE);
    isRefused(
        handle(0, command(1, 1, 5, new SetKnob("no.such", "", 1, null))), ErrorId.KNOB_UNKNOWN);
    isRefused(
        handle(0, command(1, 1, 6, new SetKnob(ALPHA, "layers/9", 5, null))), ErrorId.KNOB_UNKNOWN);
    isRefused(
        handle(0, command(1, 1, 7, new RunAction("dance", Map.of()))),
        ErrorId.COMMAND_ACTION_UNKNOWN);
    assertThat(board.value(ALPHA)).isEqualTo(10);
    assertThat(desk.lastApplied()).isEqualTo(CommandPosition.NONE);
  }

  @Test
  void shouldAllowTheLargestFactorWhenRoundingExceedsIt() {
    assertThat(handle(0, command(1, 1, 1, alpha(10 * 0.1 - 1e-16))).status())
        .isEqualTo(AckStatus.APPLIED);
    assertThat(handle(9, command(1, 1, 2, alpha(1 * 0.1))).status()).isEqualTo(AckStatus.APPLIED);
  }

  @Test
  void shouldRefuseWhenTheCooldownHasNotPassed() {
    handle(10, command(1, 1, 1, alpha(5)));
    isRefused(handle(14, command(1, 1, 2, alpha(4))), ErrorId.KNOB_COOLDOWN);
    assertThat(handle(15, command(1, 1, 3, alpha(4))).status()).isEqualTo(AckStatus.APPLIED);
  }

  @Test
  void shouldLetAPersonActAgainBeforeTheCooldownHasPassed() {
    handle(10, command(1, 1, 1, alpha(5)));
    Command byHand =
        new Command(
            "run",
            1,
            new CommandPosition(1, 2),
            clock.instant(),
            clock.instant().plusSeconds(10),
            0,
            alpha(4),
            "operator:ada",
            "");

    assertThat(handle(11, byHand).status()).isEqualTo(AckStatus.APPLIED);
    isRefused(handle(12, command(1, 1, 3, alpha(3))), ErrorId.KNOB_COOLDOWN);
  }

  @Test
  void shouldPerformAnActionOnceAndAnswerAlikeWhenItComesTwice() {
    Command pause = command(1, 1, 1, new RunAction(RunActions.PAUSE, Map.of()));
    CommandAck first = handle(3, pause);
    CommandAck second = handle(4, pause);

    assertThat(first.status()).isEqualTo(AckStatus.APPLIED);
    assertThat(second).isEqualTo(first);
    assertThat(actions.performed).hasSize(1);
    assertThat(desk.lastApplied()).isEqualTo(new CommandPosition(1, 1));
  }

  @Test
  void shouldRefuseWhatTheTrainerCannotDoOrDoesNotOffer() {
    actions.refusal =
        Optional.of(new Refusal(ErrorId.COMMAND_ACTION_IMPOSSIBLE, "There is no checkpoint."));

    isRefused(
        handle(3, command(1, 1, 1, new RunAction(RunActions.ROLL_BACK, Map.of()))),
        ErrorId.COMMAND_ACTION_IMPOSSIBLE);
    isRefused(
        handle(3, command(1, 1, 2, new RunAction(RunActions.SKIP_UPDATE, Map.of()))),
        ErrorId.COMMAND_ACTION_UNKNOWN);
    assertThat(actions.performed).hasSize(1);
    assertThat(desk.lastApplied()).isEqualTo(CommandPosition.NONE);
  }

  @Test
  void shouldAnswerARollBackUnderTheIncarnationThatWasToldAndRefuseItsOtherCommands() {
    actions.then = () -> desk.reincarnate(2);
    Command rollBack = command(1, 1, 1, new RunAction(RunActions.ROLL_BACK, Map.of()));
    desk.handle(List.of(rollBack, command(1, 1, 2, alpha(5))), 9);

    assertThat(acks.getFirst().status()).isEqualTo(AckStatus.APPLIED);
    assertThat(acks.getFirst().incarnation()).isEqualTo(1);
    isRefused(acks.getLast(), ErrorId.COMMAND_INCARNATION);
    assertThat(handle(4, rollBack)).isEqualTo(acks.getFirst());
    isRefused(handle(4, command(2, 1, 1, alpha(5))), ErrorId.COMMAND_SEQUENCE);
    assertThat(handle(4, command(2, 1, 3, alpha(5))).status()).isEqualTo(AckStatus.APPLIED);
  }

  @Test
  void shouldFallBackAfterARestartUnlessALeaseComes() {
    handle(0, command(1, 1, 1, new SetKnob(Knobs.LEARNING_RATE_SCALE, "", 0.5, null)));
    KnobBoard restarted = new KnobBoard(config, Map.of());
    restarted.restore(board.snapshot(), board.commanded());
    CommandDesk after =
        new CommandDesk("run", 2, restarted, actions, Duration.ofSeconds(30), clock, acks::add);

    clock.advance(Duration.ofSeconds(29));
    after.handle(List.of(), 5);
    assertThat(restarted.value(Knobs.LEARNING_RATE_SCALE)).isEqualTo(0.5);
    clock.advance(Duration.ofSeconds(1));
    after.handle(List.of(), 5);
    assertThat(restarted.value(Knobs.LEARNING_RATE_SCALE)).isEqualTo(1);
  }

  @Test
  void shouldRefuseAnOlderEpochAnOlderSequenceAndAnotherIncarnation() {
    handle(0, command(1, 3, 8, alpha(5)));
    isRefused(handle(9, command(1, 2, 9, alpha(4))), ErrorId.COMMAND_EPOCH);
    isRefused(handle(9, command(1, 3, 7, alpha(4))), ErrorId.COMMAND_SEQUENCE);
    isRefused(handle(9, command(1, 4, 8, alpha(4))), ErrorId.COMMAND_SEQUENCE);
    isRefused(handle(9, command(0, 3, 9, alpha(4))), ErrorId.COMMAND_INCARNATION);
    isRefused(handle(9, command(2, 3, 9, alpha(4))), ErrorId.COMMAND_INCARNATION);
    assertThat(board.value(ALPHA)).isEqualTo(5);
  }

  @Test
  void shouldAnswerExpiredWhenTheTimeIsUp() {
    Command command = command(1, 1, 1, alpha(5));
    clock.advance(Duration.ofSeconds(10));

    CommandAck ack = handle(0, command);

    assertThat(ack.status()).isEqualTo(AckStatus.EXPIRED);
    assertThat(ack.errorId()).isEqualTo(ErrorId.COMMAND_EXPIRED.id());
    assertThat(board.value(ALPHA)).isEqualTo(10);
  }

  @Test
  void shouldPassOverTheHistoryOfAnEarlierIncarnationInSilence() {
    Command old = command(0, 1, 1, alpha(5));
    clock.advance(Duration.ofMinutes(1));

    desk.handle(List.of(old), 0);

    assertThat(acks).isEmpty();
  }

  @Test
  void shouldHoldOrFallBackAsDeclaredWhenTheLeaseLapses() {
    SetKnob slow = new SetKnob(Knobs.LEARNING_RATE_SCALE, "", 0.5, null);
    desk.handle(List.of(command(1, 1, 1, alpha(5)), command(1, 1, 2, slow)), 0);
    clock.advance(Duration.ofSeconds(20));
    desk.handle(List.of(command(1, 1, 0, new Lease(clock.instant().plusSeconds(20)))), 1);
    clock.advance(Duration.ofSeconds(19));
    desk.handle(List.of(), 2);
    assertThat(board.value(Knobs.LEARNING_RATE_SCALE)).isEqualTo(0.5);

    clock.advance(Duration.ofSeconds(1));
    desk.handle(List.of(), 3);

    assertThat(board.value(Knobs.LEARNING_RATE_SCALE)).isEqualTo(1);
    assertThat(board.value(ALPHA)).isEqualTo(5);
  }

  @Test
  void shouldDecayMuFromTheValueThatACommandSet() {
    handle(0, command(1, 1, 1, new SetKnob(Knobs.EXPERT_BIAS_MU, "", 0.04, null)));
    handle(0, command(1, 1, 2, new SetKnob(Knobs.EXPERT_BIAS_MU_DECAY, "", 0.9, null)));
    board.endStep();
    board.endStep();

    assertThat(board.value(Knobs.EXPERT_BIAS_MU)).isEqualTo(0.04 * 0.9 * 0.9);
  }

  @Test
  void shouldNeverLeaveTheDeclaredBoundsWhateverArrives() {
    SeededCases.forEach(
        200,
        random -> {
          open();
          acks.clear();
          Map<String, Long> changedAt = new HashMap<>();
          for (long step = 0; step < 40; step++) {
            Map<String, Double> before = board.snapshot();
            desk.handle(List.of(anyCommand(random)), step);
            checkBounds(before, changedAt, step);
          }
          assertThat(acks.stream().filter(a -> a.status() == AckStatus.APPLIED).distinct())
              .extracting(CommandAck::position)
              .isSorted();
        });
  }

  private Command anyCommand(RandomGenerator random) {
    List<KnobDeclaration> knobs = board.declarations();
    KnobDeclaration knob = knobs.get(random.nextInt(knobs.size()));
    double value =
        switch (random.nextInt(5)) {
          case 0 -> Double.NaN;
          case 1 -> random.nextDouble(-1e3, 1e3);
          case 2 -> knob.maximum();
          default -> Math.max(1e-9, knob.initial()) * Math.exp(random.nextGaussian() * 2);
        };
    return command(
        random.nextInt(4) == 0 ? 0 : 1,
        1 + random.nextInt(3),
        1 + random.nextInt(200),
        new SetKnob(knob.knob(), knob.scope(), value, null));
  }

  private void checkBounds(Map<String, Double> before, Map<String, Long> changedAt, long step) {
    for (KnobDeclaration knob : board.declarations()) {
      if (!knob.scope().isEmpty()) {
        continue; // a layer's alpha follows the whole model's
      }
      double value = board.value(knob.knob());
      double old = before.get(knob.knob());
      assertThat(value).isBetween(knob.minimum(), knob.maximum());
      if (value != old) {
        if (value != 0 && old != 0) {
          assertThat(Math.max(value / old, old / value))
              .isLessThanOrEqualTo(knob.maxFactor() * (1 + 1e-9));
        }
        Long last = changedAt.put(knob.knob(), step);
        assertThat(last == null || step - last >= knob.cooldownSteps()).isTrue();
      }
    }
  }
}
