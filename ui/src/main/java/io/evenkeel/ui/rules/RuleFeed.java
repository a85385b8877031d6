package io.evenkeel.ui.rules;

import io.evenkeel.analytics.rule.RuleVocabulary;
import io.evenkeel.ui.livefeed.Listener;
import io.evenkeel.ui.livefeed.SharedFeed;
import io.evenkeel.ui.livefeed.Source;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.stereotype.Component;

/** Follows the rules in force, and knows the words that a rule may use. */
@Component
public class RuleFeed {
  private static final Duration PERIOD = Duration.ofMillis(500);

  private final RuleTopic topic;
  private final SharedFeed<String, RuleShelf, Source<RuleShelf>> feed;
  private final List<Word> words;

  RuleFeed(RuleTopic topic, ScheduledExecutorService pollers) {
    this.topic = topic;
    this.feed = new SharedFeed<>(all -> topic::shelf, pollers, PERIOD);
    this.words =
        RuleVocabulary.words().stream()
            .map(
                word ->
                    new Word(
                        word.owner(),
                        word.name(),
                        word.kind().name().toLowerCase(Locale.ROOT),
                        word.type(),
                        word.meaning()))
            .toList();
  }

  /**
   * A word that an expression may use.
   *
   * @param owner empty, or the record or type that it belongs to
   * @param name as it is written
   * @param kind variable, field or function
   * @param type its type, for people
   * @param meaning a clause for people
   */
  public record Word(String owner, String name, String kind, String type, String meaning) {}

  /**
   * Follows the rules.
   *
   * @return ends it
   */
  public Runnable follow(Listener<RuleShelf> listener) {
    return feed.follow("", listener);
  }

  /** What is known now; never blocks. */
  public RuleShelf now() {
    return topic.shelf();
  }

  /** The words that an expression may use. */
  public List<Word> words() {
    return words;
  }
}
