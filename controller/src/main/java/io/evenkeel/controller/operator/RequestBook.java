package io.evenkeel.controller.operator;

import io.evenkeel.contract.command.OperatorRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One run's requests in the order of their topic, and which of them are answered: the same request
 * id is answered once. Requests and answers come from different topics, so either may be read
 * first.
 */
public final class RequestBook {

  /** How a request was answered. */
  public enum Answer {
    ACCEPTED,
    REFUSED
  }

  private static final int MAX_REQUESTS = 10_000;
  private static final String PREFIX = "request:";

  private final Map<String, OperatorRequest> requests = bounded();
  private final Map<String, Answer> answers = bounded();

  /** The audit id of a request's answer. */
  public static String auditId(String requestId) {
    String id = PREFIX + requestId;
    return id.length() <= 256 ? id : id.substring(0, 256);
  }

  /** Whether an audit id is that of an answer. */
  public static boolean isAnswer(String auditId) {
    return auditId.startsWith(PREFIX);
  }

  /** Folds a request; the first of an id counts. */
  public void request(OperatorRequest request) {
    requests.putIfAbsent(auditId(request.requestId()), request);
  }

  /** Folds an answer; the first of an id counts. */
  public void answer(String auditId, Answer answer) {
    answers.putIfAbsent(auditId, answer);
  }

  /** Whether an answer to a request is known. */
  public boolean isAnswered(OperatorRequest request) {
    return answers.containsKey(auditId(request.requestId()));
  }

  /** The request that an audit id answers; null if unknown. */
  public @Nullable OperatorRequest find(String auditId) {
    return requests.get(auditId);
  }

  /** Requests without an answer, oldest first. */
  public List<OperatorRequest> waiting() {
    List<OperatorRequest> waiting = new ArrayList<>();
    requests.forEach(
        (id, request) -> {
          if (!answers.containsKey(id)) {
            waiting.add(request);
          }
        });
    return waiting;
  }

  /** Accepted requests, oldest first. */
  public List<OperatorRequest> accepted() {
    List<OperatorRequest> accepted = new ArrayList<>();
    requests.forEach(
        (id, request) -> {
          if (answers.get(id) == Answer.ACCEPTED) {
            accepted.add(request);
          }
        });
    return accepted;
  }

  private static <V> Map<String, V> bounded() {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > MAX_REQUESTS;
      }
    };
  }
}
