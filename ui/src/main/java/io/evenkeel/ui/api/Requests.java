package io.evenkeel.ui.api;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.control.OperatorActions.Sent;
import io.evenkeel.ui.problem.Refusal;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/** Answers to what goes to the controller. */
final class Requests {
  private Requests() {}

  /** 202 once it is safe on its topic, with the id of the controller's answer. */
  static CompletableFuture<ResponseEntity<ControlApi.Accepted>> sent(Sent sent) {
    return sent.sent()
        .handle(
            (done, failure) -> {
              if (failure != null) {
                throw Refusal.unavailable(
                    ErrorId.KAFKA_UNAVAILABLE, "Kafka cannot be reached, nothing was changed.");
              }
              return ResponseEntity.status(HttpStatus.ACCEPTED)
                  .body(new ControlApi.Accepted(sent.answerId()));
            });
  }
}
