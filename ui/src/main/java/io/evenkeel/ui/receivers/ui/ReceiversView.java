package io.evenkeel.ui.receivers.ui;

import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import io.evenkeel.ui.alerts.AlertActions;
import io.evenkeel.ui.control.ui.RequestLog;
import io.evenkeel.ui.livefeed.ui.LivePage;
import io.evenkeel.ui.receivers.ReceiverActions;
import io.evenkeel.ui.receivers.ReceiverBook;
import io.evenkeel.ui.receivers.ReceiverReader;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Role;
import jakarta.annotation.security.PermitAll;
import java.time.Clock;
import java.util.Optional;

/** Who is told of alerts: how it fares, where alerts go, the text to edit, and what was told. */
@Route("receivers")
@PageTitle("Receivers · Evenkeel")
@PermitAll
public final class ReceiversView extends LivePage<ReceiverBook> {
  private final RequestLog requests = new RequestLog();
  private final ReceiverCard receivers;
  private final RouteCard routes = new RouteCard();
  private final ConfigEditor editor;
  private final NoticeCard notices;

  /** Builds the page. */
  public ReceiversView(
      ReceiverReader reader,
      ReceiverActions actions,
      AlertActions alerts,
      Access access,
      Clock clock) {
    addClassName("page");
    boolean operator = access.has(Role.OPERATOR);
    receivers =
        new ReceiverCard(
            operator ? ReceiverCard.Testing.ALLOWED : ReceiverCard.Testing.LOOK_ONLY,
            receiver -> requests.ask("Test " + receiver, () -> actions.test(receiver)),
            clock);
    editor =
        new ConfigEditor(
            access.has(Role.ADMIN) ? ConfigEditor.Saving.ALLOWED : ConfigEditor.Saving.LOOK_ONLY,
            wish ->
                requests.ask(
                    "Save on top of version " + wish.baseVersion(),
                    () -> actions.save(wish.baseVersion(), wish.text(), wish.comment())),
            routes::show,
            clock);
    notices =
        new NoticeCard(
            operator ? NoticeCard.Replaying.ALLOWED : NoticeCard.Replaying.LOOK_ONLY,
            line ->
                requests.ask(
                    "Replay " + line.noticeId() + " to " + line.receiver(),
                    () -> alerts.replay(line.noticeId(), line.receiver())),
            clock);
    add(requests, receivers, routes, editor, notices);
    follow(reader::follow);
  }

  @Override
  protected void show(ReceiverBook book) {
    receivers.show(book.receivers());
    editor.show(book);
    notices.show(book.notices());
    requests.hear(
        id ->
            Optional.ofNullable(book.answers().get(id))
                .map(
                    answer ->
                        new RequestLog.Answer(
                            answer.isRefused() ? "refused" : "done", answer.line())));
  }
}
