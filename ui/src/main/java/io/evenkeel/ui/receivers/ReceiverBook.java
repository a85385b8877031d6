package io.evenkeel.ui.receivers;

import io.evenkeel.ui.alerts.DeskAnswer;
import io.evenkeel.ui.alerts.NoticeLine;
import java.util.List;
import java.util.Map;

/**
 * Receivers and routes as they stand.
 *
 * @param newest the newest version
 * @param place what the controller allows and has
 * @param receivers channels, those in force first
 * @param notices the newest notices
 * @param answers answers of late, by their ids
 */
public record ReceiverBook(
    ConfigVersion newest,
    Place place,
    List<ReceiverLine> receivers,
    List<NoticeLine> notices,
    Map<String, DeskAnswer> answers) {

  /** Copies. */
  public ReceiverBook {
    receivers = List.copyOf(receivers);
    notices = List.copyOf(notices);
    answers = Map.copyOf(answers);
  }
}
