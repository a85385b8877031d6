package io.evenkeel.ui.security;

import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Who is logged in, so that sessions end when the account is disabled, gets another role, or
 * another password. Knows this process's sessions alone. Thread-safe.
 */
@Component
public class Sessions implements HttpSessionListener {
  private final Map<String, Set<HttpSession>> byName = new HashMap<>();

  /** Somebody has logged in. */
  synchronized void remember(String name, HttpSession session) {
    byName.computeIfAbsent(name, key -> new HashSet<>()).add(session);
  }

  /** Ends all sessions of an account. */
  void end(String name) {
    endExcept(name, "");
  }

  /**
   * Ends the sessions of an account but one.
   *
   * @param kept id of the session that goes on
   */
  void endExcept(String name, String kept) {
    List<HttpSession> doomed;
    synchronized (this) {
      doomed = new ArrayList<>(byName.getOrDefault(name, Set.of()));
    }
    for (HttpSession session : doomed) {
      try {
        if (!session.getId().equals(kept)) {
          session.invalidate();
        }
      } catch (IllegalStateException e) {
        forget(session);
      }
    }
  }

  /** How many sessions an account has. */
  public synchronized int count(String name) {
    return byName.getOrDefault(name, Set.of()).size();
  }

  @Override
  public void sessionDestroyed(HttpSessionEvent event) {
    forget(event.getSession());
  }

  private synchronized void forget(HttpSession session) {
    byName.values().forEach(sessions -> sessions.removeIf(known -> isSame(known, session)));
    byName.values().removeIf(Set::isEmpty);
  }

  private static boolean isSame(HttpSession one, HttpSession other) {
    return one.getId().equals(other.getId());
  }
}
