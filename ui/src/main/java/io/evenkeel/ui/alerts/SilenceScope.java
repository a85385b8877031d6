package io.evenkeel.ui.alerts;

import io.evenkeel.alerting.route.LabelMatcher;
import io.evenkeel.contract.error.ErrorId;
import java.util.List;
import java.util.Map;

/** How much a silence that begins at an alert hides. */
public enum SilenceScope {
  /** This rule in this place of this run. */
  SAME_PLACE("this rule, here: same run and scope"),
  /** This rule in all of this run. */
  SAME_RUN("this rule in this run"),
  /** This rule in every run. */
  SAME_RULE("this rule in all runs"),
  /** Everything of this run. */
  WHOLE_RUN("everything of this run");

  private final String words;

  SilenceScope(String words) {
    this.words = words;
  }

  /** For people. */
  public String words() {
    return words;
  }

  /** The matchers of such a silence. */
  public List<String> matchers(AlertLine alert) {
    String run = matcher("run", alert.run());
    String rule = matcher("rule", alert.rule());
    return switch (this) {
      case SAME_PLACE -> List.of(run, rule, matcher("scope", alert.scope()));
      case SAME_RUN -> List.of(run, rule);
      case SAME_RULE -> List.of(rule);
      case WHOLE_RUN -> List.of(run);
    };
  }

  /** Whether a silence hides an alert; one that cannot be read hides none. */
  public static boolean hides(SilenceLine silence, AlertLine alert) {
    Map<String, String> labels =
        Map.of(
            "alertname",
            alert.rule(),
            "rule",
            alert.rule(),
            "run",
            alert.run(),
            "scope",
            alert.scope(),
            "severity",
            alert.severity(),
            "incarnation",
            Integer.toString(alert.incarnation()));
    try {
      return LabelMatcher.all(LabelMatcher.parseAll(silence.matchers()), labels);
    } catch (IllegalArgumentException e) {
      org.slf4j.LoggerFactory.getLogger(SilenceScope.class)
          .debug(ErrorId.SILENCE_INVALID.line(silence.id()), e);
      return false;
    }
  }

  private static String matcher(String label, String value) {
    return LabelMatcher.equal(label, value).toString();
  }
}
