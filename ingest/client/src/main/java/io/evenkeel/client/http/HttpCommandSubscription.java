package io.evenkeel.client.http;

import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.SubscriptionStatistics;
import io.evenkeel.client.buffer.CommandInbox;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.wire.RecordBatches;
import io.evenkeel.contract.wire.WireException;
import java.util.List;

/** A run's commands by long poll. */
final class HttpCommandSubscription implements CommandSubscription {

  /** Most commands of one answer. */
  static final int MAX_COMMANDS = 100_000;

  private final CommandInbox inbox;
  private final LongPoll poll;

  HttpCommandSubscription(GatewayOptions options, String run, LongPoll.Pace pace) {
    inbox = new CommandInbox(run);
    poll =
        new LongPoll(
            new Endpoint(options), options.timeouts().poll(), new Commands(run, inbox), pace);
  }

  @Override
  public List<Command> poll() {
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

  /** Asks for what stands behind all that was heard. */
  static final class Commands implements LongPoll.Feed {
    private final String run;
    private final CommandInbox inbox;

    Commands(String run, CommandInbox inbox) {
      this.run = run;
      this.inbox = inbox;
    }

    @Override
    public String name() {
      return "commands-" + run;
    }

    @Override
    public boolean isFull() {
      return inbox.isFull();
    }

    @Override
    public String question() {
      CommandInbox.Heard heard = inbox.heard();
      return "/api/v1/runs/"
          + run
          + "/commands?after="
          + heard.sequence()
          + "&lease="
          + heard.leaseMicros()
          + "&";
    }

    @Override
    public boolean take(Reply reply) throws WireException {
      CommandInbox.Heard before = inbox.heard();
      RecordBatches.decode(reply.body(), MAX_COMMANDS).forEach(inbox::accept);
      return !inbox.heard().equals(before);
    }

    @Override
    public void answerUnreadable() {
      inbox.countUnreadable();
    }

    @Override
    public void questionRefused() {}
  }
}
