package io.evenkeel.controller.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.command.HoldState;
import io.evenkeel.contract.command.KillSwitch;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.controller.sim.SimulatedTrainer;
import io.evenkeel.testing.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ReplayMarksTest {

  private static final TopicPartition COMMANDS = new TopicPartition("commands", 0);
  private static final TopicPartition AUDIT = new TopicPartition("audit", 1);
  private static final Map<TopicPartition, Long> READ = Map.of(COMMANDS, 900L, AUDIT, 700L);
  private static final Instant NOW = FakeClock.atNewYear().instant();

  private final ReplayMarks marks = new ReplayMarks();

  private void declare(String run, RunStatus status, Instant at) {
    RunSpec spec = new SimulatedTrainer(run, 1).spec(at, status);
    marks.declared(spec);
  }

  private Map<TopicPartition, Long> now() {
    return marks.at(READ, NOW);
  }

  @Test
  void shouldBeginWithTheFirstRecordOfAnyRunThatGoesOn() {
    declare("over", RunStatus.FINISHED, NOW.minus(Duration.ofHours(2)));
    declare("old", RunStatus.RUNNING, NOW.minus(Duration.ofDays(30)));
    declare("young", RunStatus.RUNNING, NOW.minus(Duration.ofHours(1)));
    marks.read(COMMANDS, "over", 3, NOW.minus(Duration.ofHours(3)));
    marks.read(COMMANDS, "old", 20, NOW.minus(Duration.ofDays(29)));
    marks.read(COMMANDS, "old", 500, NOW.minusSeconds(5));
    marks.read(COMMANDS, "young", 400, NOW.minusSeconds(9));
    marks.read(AUDIT, "young", 650, NOW.minusSeconds(9));
    marks.read(AUDIT, "over", 5, NOW.minus(Duration.ofHours(3)));
    assertThat(now()).containsExactlyInAnyOrderEntriesOf(Map.of(COMMANDS, 20L, AUDIT, 650L));
  }

  @Test
  void shouldLeaveOutAllThatWasReadWhenNoRunGoesOn() {
    declare("over", RunStatus.FAILED, NOW.minus(Duration.ofHours(2)));
    marks.read(COMMANDS, "over", 3, NOW.minus(Duration.ofHours(2)));
    marks.read(AUDIT, "", 2, NOW);
    marks.read(AUDIT, null, 2, NOW);
    marks.read(AUDIT, "nobody", 4, NOW.minus(Duration.ofHours(2)));
    assertThat(now()).isEqualTo(READ);
  }

  @Test
  void shouldKeepARunForAWhileAfterItsEndAndAfterItsLastWord() {
    declare("justOver", RunStatus.FINISHED, NOW.minus(Duration.ofMinutes(50)));
    declare("silent", RunStatus.RUNNING, NOW.minus(Duration.ofDays(20)));
    declare("dead", RunStatus.RUNNING, NOW.minus(Duration.ofDays(20)));
    marks.read(AUDIT, "dead", 1, NOW.minus(Duration.ofDays(8)));
    marks.read(COMMANDS, "justOver", 70, NOW.minus(Duration.ofHours(5)));
    marks.read(AUDIT, "silent", 60, NOW.minus(Duration.ofDays(6)));
    assertThat(now()).containsExactlyInAnyOrderEntriesOf(Map.of(COMMANDS, 70L, AUDIT, 60L));
  }

  @Test
  void shouldKeepARunThatGoesOnInANewIncarnation() {
    SimulatedTrainer trainer = new SimulatedTrainer("again", 1);
    marks.declared(trainer.spec(NOW.minus(Duration.ofHours(3)), RunStatus.FAILED));
    marks.read(COMMANDS, "again", 8, NOW.minus(Duration.ofHours(3)));
    trainer.restart(10);
    marks.declared(trainer.spec(NOW.minusSeconds(1), RunStatus.RUNNING));
    assertThat(now()).containsEntry(COMMANDS, 8L);
  }

  @Test
  void shouldKeepTheKillSwitchOfAllRunsAsLongAsItIsOn() {
    marks.readForAll(AUDIT, forAll(HoldState.HELD), 11);
    assertThat(now()).containsEntry(AUDIT, 11L);
    marks.readForAll(AUDIT, forAll(HoldState.RELEASED), 12);
    assertThat(now()).isEqualTo(READ);
  }

  private static OperatorRequest forAll(HoldState state) {
    return new OperatorRequest("id", "", "ann", NOW, new KillSwitch(state), "");
  }
}
