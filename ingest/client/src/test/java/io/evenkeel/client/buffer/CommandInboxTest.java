package io.evenkeel.client.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandBody;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.wire.Codecs;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandInboxTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final CommandInbox inbox = new CommandInbox("r");

  @Test
  void shouldKeepALeaseOfEachLeader() {
    Command old = command(1, 0, 0, new Lease(NOW));
    Command renewed = command(2, 0, 0, new Lease(NOW.plusSeconds(1)));
    Command again = command(2, 0, 0, new Lease(NOW.plusSeconds(2)));
    Command restarted = command(2, 0, 1, new Lease(NOW.plusSeconds(3)));

    accept(old, renewed, again, restarted);

    assertThat(inbox.drain()).containsExactly(old, again, restarted);
    assertThat(inbox.statistics().received()).isEqualTo(4);
  }

  @Test
  void shouldAskItsReaderToStopWhenNobodyPolls() {
    assertThat(inbox.isFull()).isFalse();
    for (int i = 1; i <= CommandInbox.CAPACITY; i++) {
      accept(command(1, i, 0, new RunAction("pause", Map.of())));
    }
    assertThat(inbox.isFull()).isTrue();

    assertThat(inbox.drain()).hasSize(CommandInbox.CAPACITY);

    assertThat(inbox.isFull()).isFalse();
    assertThat(inbox.drain()).isEmpty();
  }

  @Test
  void shouldNeverFillUpWithLeasesAlone() {
    for (int i = 0; i < 2 * CommandInbox.CAPACITY; i++) {
      accept(command(1, 0, 0, new Lease(NOW.plusSeconds(i))));
    }
    assertThat(inbox.statistics().waiting()).isOne();
  }

  private void accept(Command... commands) {
    for (Command command : commands) {
      inbox.accept(Codecs.COMMAND.encode(command));
    }
  }

  private static Command command(long epoch, long sequence, int incarnation, CommandBody body) {
    return new Command(
        "r", incarnation, new CommandPosition(epoch, sequence), NOW, NOW, 0, body, "p", "");
  }
}
