package io.evenkeel.ui.alerts;

/**
 * What the controller answered to a request.
 *
 * @param decision changed or refused
 * @param errorId EVK id when refused, otherwise empty
 * @param reason a sentence; text from outside
 */
public record DeskAnswer(String decision, String errorId, String reason) {

  /** Whether it was not carried out. */
  public boolean isRefused() {
    return decision.equals("refused");
  }

  /** One line: id and sentence. */
  public String line() {
    return errorId.isEmpty() ? reason : errorId + ": " + reason;
  }
}
