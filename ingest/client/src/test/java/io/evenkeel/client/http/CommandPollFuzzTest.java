package io.evenkeel.client.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.evenkeel.client.Await;
import io.evenkeel.client.SubscriptionStatistics;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.RecordBatches;
import io.evenkeel.testing.SeededCases;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever answers a question for commands: it is counted, no command that is sound is lost, and
 * the next question is asked.
 */
@Timeout(180)
class CommandPollFuzzTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String PATH = "/api/v1/runs/r/commands";
  private static final LongPoll.Pace SOON = new LongPoll.Pace(1, 2, 2);
  private static final int HUGE = 33 << 20;

  /** Answers one question. */
  private interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  private final Queue<Answer> script = new ConcurrentLinkedQueue<>();
  private FakeGateway gateway;
  private HttpCommandSubscription subscription;
  private final List<Command> heard = new ArrayList<>();
  private long sequence;

  @BeforeEach
  void open() throws IOException {
    gateway = new FakeGateway();
    gateway.handle(
        PATH,
        exchange -> {
          Answer next = script.poll();
          (next == null ? answer(200, PROTOBUF, new byte[0]) : next).to(exchange);
        });
    subscription = new HttpCommandSubscription(gateway.options(), "r", SOON);
  }

  @AfterEach
  void close() {
    subscription.close();
    gateway.close();
  }

  @Test
  void shouldHearTheNextCommandWhenAnAnswerIsDamaged() {
    SeededCases.forEach(
        150,
        random -> {
          byte[] valid = RecordBatches.encode(List.of(bytes(command()), bytes(command())));
          expectToGoOn(answer(200, PROTOBUF, damaged(valid, random)));
        });
  }

  @Test
  void shouldHearTheSoundCommandsWhenOneBesideThemIsDamaged() {
    SeededCases.forEach(
        100,
        random -> {
          Command before = command();
          Command after = command();
          byte[] noise = new byte[1 + random.nextInt(60)];
          random.nextBytes(noise);
          // A tag of field 0, which no message has.
          noise[0] = 0;
          long malformed = subscription.statistics().malformed();

          expectToGoOn(
              answer(
                  200,
                  PROTOBUF,
                  RecordBatches.encode(List.of(bytes(before), noise, bytes(after)))));

          assertThat(heard).contains(before, after);
          assertThat(subscription.statistics().malformed()).isEqualTo(malformed + 1);
        });
  }

  @Test
  void shouldCountAndAskAgainWhenTheAnswerIsOfAnotherKind() {
    byte[] json = "{\"commands\":[]}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    byte[] batch = RecordBatches.encode(List.of(bytes(command())));
    byte[] endless = {0x0A, -1, -1, -1, -1, 0x07, 1, 2};
    byte[] neverEnding = {0x0A, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1};
    byte[] otherField = {0x12, 0x01, 0x00};
    List<Answer> unreadable =
        List.of(
            answer(200, "application/json", json),
            answer(200, "text/html", batch),
            answer(200, "", batch),
            answer(200, PROTOBUF, json),
            answer(200, PROTOBUF, endless),
            answer(200, PROTOBUF, neverEnding),
            answer(200, PROTOBUF, otherField),
            answer(200, PROTOBUF, Arrays.copyOf(batch, batch.length - 1)));
    for (Answer each : unreadable) {
      long malformed = subscription.statistics().malformed();
      expectToGoOn(each);
      assertThat(subscription.statistics().malformed()).isEqualTo(malformed + 1);
    }
  }

  @Test
  void shouldAskAgainWhenThereIsNoAnswer() {
    byte[] batch = RecordBatches.encode(List.of(bytes(command())));
    expectToGoOn(
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", PROTOBUF);
          exchange.sendResponseHeaders(200, batch.length + 1_000);
          exchange.getResponseBody().write(batch);
          exchange.getResponseBody().flush();
          throw new IOException("the gateway was killed");
        });
    expectToGoOn(
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", PROTOBUF);
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream body = exchange.getResponseBody()) {
            body.write(new byte[HUGE]);
          }
        });
    for (int status : new int[] {204, 302, 400, 404, 418, 429, 500, 503, 599}) {
      expectToGoOn(answer(status, PROTOBUF, status == 204 ? new byte[0] : batch));
    }
    assertThat(subscription.statistics().malformed()).isZero();
  }

  @Test
  void shouldIgnoreCommandsOfOtherRuns() {
    Command foreign =
        new Command("other", 0, new CommandPosition(1, 99), NOW, NOW, 0, action(), "p", "reason");

    expectToGoOn(answer(200, PROTOBUF, RecordBatches.encode(List.of(bytes(foreign)))));

    assertThat(heard).doesNotContain(foreign);
    assertThat(subscription.statistics().malformed()).isZero();
  }

  /** Gives this answer, then a sound one, and waits for the command in it. */
  private void expectToGoOn(Answer bad) {
    Command next = command();
    script.add(bad);
    script.add(answer(200, PROTOBUF, RecordBatches.encode(List.of(bytes(next)))));
    Await.until(
        "command " + next.position().sequence(),
        () -> {
          heard.addAll(subscription.poll());
          return heard.contains(next);
        });
    SubscriptionStatistics statistics = subscription.statistics();
    assertThat(statistics.received()).isGreaterThanOrEqualTo(heard.size());
  }

  private Command command() {
    return new Command(
        "r", 0, new CommandPosition(1, ++sequence), NOW, NOW, 0, action(), "p", "reason");
  }

  private static RunAction action() {
    return new RunAction("pause", Map.of());
  }

  private static byte[] bytes(Command command) {
    return Codecs.COMMAND.encode(command);
  }

  private static byte[] damaged(byte[] valid, RandomGenerator random) {
    byte[] damaged = valid.clone();
    switch (random.nextInt(4)) {
      case 0 -> {
        return Arrays.copyOf(damaged, random.nextInt(damaged.length));
      }
      case 1 -> damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      case 2 -> {
        for (int i = 0; i < 10; i++) {
          damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
        }
      }
      default -> random.nextBytes(damaged);
    }
    return damaged;
  }

  private static Answer answer(int status, String contentType, byte[] body) {
    return exchange -> {
      if (!contentType.isEmpty()) {
        exchange.getResponseHeaders().add("Content-Type", contentType);
      }
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      if (body.length > 0) {
        exchange.getResponseBody().write(body);
      }
      exchange.close();
    };
  }
}
