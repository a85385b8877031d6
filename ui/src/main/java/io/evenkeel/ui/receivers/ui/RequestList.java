package io.evenkeel.ui.receivers.ui;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.alerts.DeskAnswer;
import io.evenkeel.ui.control.OperatorActions.Sent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.security.access.AccessDeniedException;

/** What this page asked for, and what came of it: each line waits for the controller's answer. */
final class RequestList extends Div {
  private static final int MOST = 5;

  private final Map<String, Line> waiting = new LinkedHashMap<>();

  RequestList() {
    addClassName("requests");
    setId("requests");
    getElement().setAttribute("aria-live", "polite");
    setVisible(false);
  }

  /** Asks, and shows how it goes. */
  void ask(String what, Supplier<Sent> action) {
    var line = new Line(what);
    addComponentAsFirst(line);
    setVisible(true);
    while (getComponentCount() > MOST) {
      remove(getComponentAt(getComponentCount() - 1));
    }
    Sent sent;
    try {
      sent = action.get();
    } catch (AccessDeniedException e) {
      line.say("refused", "You may not do this. " + e.getMessage());
      return;
    } catch (IllegalArgumentException e) {
      line.say("refused", String.valueOf(e.getMessage()));
      return;
    }
    waiting.put(sent.answerId(), line);
    UI page = getUI().orElseThrow();
    sent.sent()
        .whenComplete(
            (done, failure) ->
                page.access(
                    () -> {
                      if (failure != null && waiting.remove(sent.answerId()) != null) {
                        line.say(
                            "failed",
                            ErrorId.KAFKA_UNAVAILABLE.line(
                                "Kafka cannot be reached, nothing was changed."));
                      }
                    }));
  }

  /** Looks for answers. */
  void hear(Map<String, DeskAnswer> answers) {
    waiting
        .entrySet()
        .removeIf(
            entry -> {
              DeskAnswer answer = answers.get(entry.getKey());
              if (answer == null) {
                return false;
              }
              entry.getValue().say(answer.isRefused() ? "refused" : "done", answer.line());
              return true;
            });
  }

  private static final class Line extends Div {
    private final Span state = new Span("waiting");
    private final Span answer = new Span("sent, waiting for the controller's answer");

    private Line(String what) {
      addClassName("request");
      state.addClassNames("badge", "badge-info");
      var text = new Span(what);
      text.addClassName("request-text");
      answer.addClassName("secondary");
      add(state, text, answer);
      getElement().setAttribute("data-state", "waiting");
    }

    private void say(String how, String words) {
      getElement().setAttribute("data-state", how);
      state.setText(how);
      state.setClassName("badge " + (how.equals("done") ? "badge-good" : "badge-bad"));
      answer.setText(words);
    }
  }
}
