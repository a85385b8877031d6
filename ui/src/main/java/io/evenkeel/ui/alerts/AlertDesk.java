package io.evenkeel.ui.alerts;

import io.evenkeel.ui.control.AuditLine;
import java.util.List;
import java.util.Map;

/**
 * Incidents, and what people and the controller did with them, at one tick.
 *
 * @param alerts incidents that match: open ones first, then the newest
 * @param acknowledged who has taken which on, by alert
 * @param silences those that hold now or are to come
 * @param notices notices to receivers, newest first
 * @param answers the newest lines of the audit trail, among them the controller's answers
 */
public record AlertDesk(
    List<AlertLine> alerts,
    Map<String, Acknowledgement> acknowledged,
    List<SilenceLine> silences,
    List<NoticeLine> notices,
    List<AuditLine> answers) {

  /** Nothing. */
  public static final AlertDesk EMPTY =
      new AlertDesk(List.of(), Map.of(), List.of(), List.of(), List.of());

  /** Copies. */
  public AlertDesk {
    alerts = List.copyOf(alerts);
    acknowledged = Map.copyOf(acknowledged);
    silences = List.copyOf(silences);
    notices = List.copyOf(notices);
    answers = List.copyOf(answers);
  }
}
