package io.evenkeel.ui.control;

import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.ui.outbox.RecordOutbox;
import java.util.concurrent.CompletableFuture;
import org.springframework.stereotype.Component;

/** Writes requests to {@link Topics#OPERATOR_REQUESTS}, one at a time and in order. */
@Component
class KafkaRequestSender implements RequestSender {
  private final RecordOutbox outbox;

  KafkaRequestSender(RecordOutbox outbox) {
    this.outbox = outbox;
  }

  @Override
  public CompletableFuture<Void> send(OperatorRequest request) {
    return outbox.send(
        Topics.OPERATOR_REQUESTS, request.run(), Codecs.OPERATOR_REQUEST.encode(request));
  }
}
