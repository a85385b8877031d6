package io.evenkeel.client.http;

import io.evenkeel.client.AlertSubscription;
import io.evenkeel.client.SubscriptionStatistics;
import io.evenkeel.client.buffer.AlertInbox;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.wire.RecordBatches;
import io.evenkeel.contract.wire.WireException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** A run's alerts by long poll. */
final class HttpAlertSubscription implements AlertSubscription {

  private static final int MAX_ALERTS = 100_000;

  private final AlertInbox inbox;
  private final LongPoll poll;

  HttpAlertSubscription(GatewayOptions options, String run) {
    inbox = new AlertInbox(run);
    poll =
        new LongPoll(
            new Endpoint(options),
            options.timeouts().poll(),
            new Alerts(run),
            LongPoll.Pace.STANDARD);
  }

  @Override
  public List<AlertEvent> poll() {
    return inbox.drain();
  }

  @Override
  public SubscriptionStatistics statistics() {
    return inbox.statistics();
  }

  @Override
  public void close() {
    poll.close();
  }

  /** Asks for the cursor of now, then for what stands behind the last cursor. */
  private final class Alerts implements LongPoll.Feed {
    private final String run;
    private Optional<String> cursor = Optional.empty();

    Alerts(String run) {
      this.run = run;
    }

    @Override
    public String name() {
      return "alerts-" + run;
    }

    @Override
    public boolean isFull() {
      return false;
    }

    @Override
    public String question() {
      return "/api/v1/runs/"
          + run
          + "/alerts?"
          + cursor
              .map(after -> "after=" + URLEncoder.encode(after, StandardCharsets.UTF_8) + "&")
              .orElse("");
    }

    @Override
    public boolean take(Reply reply) throws WireException {
      List<byte[]> alerts = RecordBatches.decode(reply.body(), MAX_ALERTS);
      alerts.forEach(inbox::accept);
      Optional<String> before = cursor;
      cursor = reply.next().or(() -> before);
      return !cursor.equals(before);
    }

    @Override
    public void answerUnreadable() {
      inbox.countUnreadable();
    }

    /** A cursor may be of a log that is gone. */
    @Override
    public void questionRefused() {
      cursor = Optional.empty();
    }
  }
}
