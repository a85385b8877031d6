package io.evenkeel.ui.control;

import io.evenkeel.contract.command.OperatorRequest;
import java.util.concurrent.CompletableFuture;

/** Takes requests to the controller. Never blocks the caller. */
public interface RequestSender {

  /**
   * Sends a request.
   *
   * @return done when the request is safe on its topic; failed when it could not be brought there
   */
  CompletableFuture<Void> send(OperatorRequest request);
}
