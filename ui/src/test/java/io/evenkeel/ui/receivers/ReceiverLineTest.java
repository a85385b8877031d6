package io.evenkeel.ui.receivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.ui.receivers.ReceiverLine.Health;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ReceiverLineTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static ReceiverLine line(int pending, int failed, String error, Instant delivered) {
    return new ReceiverLine(
        "team/alertmanager-0a1b", "https://am", true, "", pending, failed, delivered, error, null);
  }

  @Test
  void shouldSayHowAChannelFares() {
    assertThat(line(0, 0, "", null).health()).isEqualTo(Health.QUIET);
    assertThat(line(0, 0, "", NOW).health()).isEqualTo(Health.GOOD);
    assertThat(line(3, 0, "", NOW).health()).as("they wait for their turn").isEqualTo(Health.GOOD);
    assertThat(line(1, 0, "HTTP 500", NOW).health()).isEqualTo(Health.TROUBLED);
    assertThat(line(0, 1, "HTTP 500", NOW).health()).isEqualTo(Health.TROUBLED);
    assertThat(line(0, 0, "HTTP 500", NOW).health()).as("taken in the end").isEqualTo(Health.GOOD);
    ReceiverLine refused =
        new ReceiverLine(
            "a", "u", true, "", 0, 0, NOW, "", new ReceiverLine.Test(NOW, false, "HTTP 403"));
    assertThat(refused.health()).isEqualTo(Health.TROUBLED);
    assertThat(new ReceiverLine("a", "u", true, "410", 0, 0, NOW, "", null).health())
        .isEqualTo(Health.DISABLED);
    assertThat(new ReceiverLine("a", "u", false, "410", 0, 9, NOW, "", null).health())
        .isEqualTo(Health.REMOVED);
  }

  @Test
  void shouldNameReceiverAndKind() {
    assertThat(line(0, 0, "", null).receiver()).isEqualTo("team");
    assertThat(line(0, 0, "", null).kind()).isEqualTo("alertmanager");
    ReceiverLine environment = new ReceiverLine("webhook-0a1b", "u", true, "", 0, 0, NOW, "", null);
    assertThat(environment.receiver()).isEqualTo("webhook-0a1b");
    assertThat(environment.kind()).isEqualTo("webhook");
  }
}
