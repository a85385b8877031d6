package io.evenkeel.ui.rules;

import io.evenkeel.contract.rule.AlertRule;
import java.util.List;

/**
 * The rules of the topic, as far as they are known.
 *
 * @param rules records, by rule and run
 * @param reach whether they are the topic's now
 */
public record RuleShelf(List<AlertRule> rules, Reach reach) {

  /** How current it is. */
  public enum Reach {
    /** The topic is being read for the first time. */
    READING,
    /** All there is, as of now. */
    FOLLOWED,
    /** Kafka is away; this is the last that was read. */
    AWAY
  }

  /** Copies. */
  public RuleShelf {
    rules = List.copyOf(rules);
  }
}
