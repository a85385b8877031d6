package io.evenkeel.alerting.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * While a source fires, targets of the same labels are not told.
 *
 * @param source what silences
 * @param target what is silenced
 * @param equal labels that both must have with the same values
 */
public record InhibitRule(
    List<LabelMatcher> source, List<LabelMatcher> target, List<String> equal) {

  /**
   * What holds where nothing is said: numbers that are no numbers silence the spikes of the same
   * run, which follow from them; the alert of a whole run silences its layers' of the same rule.
   */
  public static final List<InhibitRule> DEFAULT =
      List.of(
          new InhibitRule(
              LabelMatcher.parseAll(List.of("rule=\"non-finite\"")),
              LabelMatcher.parseAll(List.of("rule=~\"loss-spike|gradient-norm-spike\"")),
              List.of(AlertLabels.RUN)),
          new InhibitRule(
              LabelMatcher.parseAll(List.of("scope=\"run\"")),
              LabelMatcher.parseAll(List.of("scope=~\"layers/.*\"")),
              List.of(AlertLabels.RUN, AlertLabels.RULE)));

  /** Copies, and validates. */
  public InhibitRule {
    source = List.copyOf(source);
    target = List.copyOf(target);
    equal = List.copyOf(equal);
    if (source.isEmpty() || target.isEmpty()) {
      throw new IllegalArgumentException("source_matchers and target_matchers must both be given");
    }
  }

  /** Whether sources are to be sought in the target's own run alone. */
  boolean withinRun() {
    return equal.contains(AlertLabels.RUN);
  }

  /** The values that must be the same. */
  List<String> values(Map<String, String> labels) {
    List<String> values = new ArrayList<>(equal.size());
    for (String name : equal) {
      values.add(labels.getOrDefault(name, ""));
    }
    return values;
  }
}
