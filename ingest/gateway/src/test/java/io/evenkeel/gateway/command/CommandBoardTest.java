package io.evenkeel.gateway.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandBody;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.gateway.poll.Waiters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandBoardTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final CommandBody KNOB = new SetKnob("load_balance.alpha", "", 0.1, null);

  private final CommandBoard board = new CommandBoard(new Waiters(1));
  private long order;

  private Command put(String run, long epoch, long sequence, CommandBody body, String reason) {
    Command command =
        new Command(
            run, 0, new CommandPosition(epoch, sequence), NOW, NOW, 0, body, "test", reason);
    board.accept(++order, Codecs.COMMAND.encode(command));
    return command;
  }

  private List<Command> read(String run, long after, long lease) throws Exception {
    List<Command> commands = new ArrayList<>();
    for (byte[] encoded : board.commands(run, after, lease)) {
      commands.add(Codecs.COMMAND.decode(encoded));
    }
    return commands;
  }

  @Test
  void shouldIgnoreALeaseOfALeaderThatWasReplaced() throws Exception {
    Command newer = put("r", 2, 0, new Lease(NOW.plusSeconds(5)), "");
    put("r", 1, 0, new Lease(NOW.plusSeconds(50)), "");

    assertThat(read("r", 0, 0)).containsExactly(newer);
  }

  @Test
  void shouldKeepTheNewestWhenARunHasMoreThanItsShare() throws Exception {
    for (int i = 1; i <= CommandBoard.MAX_COMMANDS + 10; i++) {
      put("r", 1, i, KNOB, "");
    }

    List<Command> kept = read("r", 0, 0);
    assertThat(kept).hasSize(CommandBoard.MAX_COMMANDS);
    assertThat(kept.getFirst().position().sequence()).isEqualTo(11);
  }

  @Test
  void shouldForgetTheRunsNobodyAsksForWhenThereIsNoRoom() throws Exception {
    String text = "x".repeat(8_000);
    put("asked", 1, 1, KNOB, text);
    put("silent", 1, 1, KNOB, text);
    long sent = 0;
    for (int run = 0; sent < CommandBoard.MAX_BYTES; run++) {
      for (int i = 1; i <= 1_000; i++) {
        put("filler-" + run, 1, i, KNOB, text);
        sent += text.length();
      }
      assertThat(read("asked", 0, 0)).hasSize(1);
    }

    assertThat(read("silent", 0, 0)).isEmpty();
    assertThat(read("asked", 0, 0)).hasSize(1);
  }

  @Test
  void shouldPassOverWhatIsNoCommand() throws Exception {
    board.accept(1, new byte[] {1, 2, 3});
    Command command = put("r", 1, 1, KNOB, "");

    assertThat(read("r", 0, 0)).containsExactly(command);
  }
}
