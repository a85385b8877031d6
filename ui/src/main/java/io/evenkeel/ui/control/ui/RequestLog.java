package io.evenkeel.ui.control.ui;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.control.AuditLine;
import io.evenkeel.ui.control.OperatorActions;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.security.access.AccessDeniedException;

/** What this page asked for, and what came of it: each line waits for the controller's answer. */
public final class RequestLog extends Div {
  private static final int MOST = 6;

  private final Map<String, Line> waiting = new LinkedHashMap<>();

  /** A log with nothing in it. */
  public RequestLog() {
    addClassName("requests");
    setId("requests");
    getElement().setAttribute("aria-live", "polite");
    setVisible(false);
  }

  /** Asks, and shows how it goes. */
  public void ask(String what, Supplier<OperatorActions.Sent> action) {
    var line = new Line(what);
    addComponentAsFirst(line);
    setVisible(true);
    while (getComponentCount() > MOST) {
      remove(getComponentAt(getComponentCount() - 1));
    }
    OperatorActions.Sent sent;
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
                      if (!waiting.containsKey(sent.answerId())) {
                        return; // Answered already.
                      }
                      if (failure == null) {
                        line.say("waiting", "sent, waiting for the controller's answer");
                      } else {
                        waiting.remove(sent.answerId());
                        line.say(
                            "failed",
                            ErrorId.KAFKA_UNAVAILABLE.line(
                                "Kafka cannot be reached, nothing was changed."));
                      }
                    }));
  }

  /**
   * What the controller says to a request.
   *
   * @param state done or refused
   * @param words a sentence
   */
  public record Answer(String state, String words) {}

  /** Looks for answers in the audit trail. */
  public void hear(List<AuditLine> audit) {
    if (waiting.isEmpty()) {
      return;
    }
    Map<String, Answer> answers = new HashMap<>();
    for (AuditLine entry : audit) {
      String id = entry.errorId().isEmpty() ? "" : entry.errorId() + ": ";
      String state = entry.decision().equals("refused") ? "refused" : "done";
      answers.put(entry.auditId(), new Answer(state, id + entry.reason()));
    }
    hear(id -> Optional.ofNullable(answers.get(id)));
  }

  /** Looks for answers, by the ids that they have. */
  public void hear(Function<String, Optional<Answer>> answers) {
    waiting
        .entrySet()
        .removeIf(
            entry -> {
              Optional<Answer> answer = answers.apply(entry.getKey());
              answer.ifPresent(found -> entry.getValue().say(found.state(), found.words()));
              return answer.isPresent();
            });
  }

  private static final class Line extends Div {
    private final Span state = new Span("sending");
    private final Span answer = new Span();

    private Line(String what) {
      addClassName("request");
      state.addClassName("badge");
      var text = new Span(what);
      text.addClassName("request-text");
      answer.addClassName("secondary");
      add(state, text, answer);
      getElement().setAttribute("data-state", "sending");
    }

    private void say(String how, String words) {
      getElement().setAttribute("data-state", how);
      state.setText(how);
      state.setClassName("badge");
      state.addClassName(
          switch (how) {
            case "done" -> "badge-good";
            case "refused", "failed" -> "badge-bad";
            default -> "badge-info";
          });
      answer.setText(words);
    }
  }
}
