package io.evenkeel.ui.alerts;

import io.evenkeel.contract.rule.Runbook;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/**
 * The runbooks of built-in and of the controller's own rules, as they are in docs/runbooks, and the
 * list of them.
 */
@Component
public class Runbooks {
  private static final String OWN_FOLDER = "docs/runbooks/";
  private static final Pattern PAGE = Pattern.compile("\\]\\(([a-z0-9-]+)\\.md(#[^)]*)?\\)");
  private static final Pattern ELSEWHERE =
      Pattern.compile("\\[([^\\]]*)\\]\\((?:\\.\\.|#)[^)]*\\)");
  private static final String LIST = "README";

  private final ConcurrentHashMap<String, String> read = new ConcurrentHashMap<>();

  /**
   * The page of such a rule, in Markdown; links lead to other rules' pages in the dashboard.
   *
   * @return empty of a user's own rule
   */
  public Optional<String> page(String rule) {
    return isOurs(rule)
        ? Optional.of(read.computeIfAbsent(rule, Runbooks::load))
        : Optional.empty();
  }

  /** The list of all pages, in Markdown. */
  public String list() {
    return read.computeIfAbsent(LIST, Runbooks::load);
  }

  /**
   * Where a rule's runbook is shown in the dashboard: a path without a slash before it.
   *
   * @return empty of a user's own rule
   */
  public static Optional<String> path(String rule) {
    return isOurs(rule) ? Optional.of("runbooks/" + rule) : Optional.empty();
  }

  private static boolean isOurs(String rule) {
    return Runbook.page(rule).startsWith(OWN_FOLDER);
  }

  private static String load(String rule) {
    try (InputStream file = Runbooks.class.getResourceAsStream("/runbooks/" + rule + ".md")) {
      if (file == null) {
        throw new IllegalStateException("there is no runbook of " + rule);
      }
      String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      return ELSEWHERE.matcher(PAGE.matcher(text).replaceAll("](runbooks/$1)")).replaceAll("$1");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
