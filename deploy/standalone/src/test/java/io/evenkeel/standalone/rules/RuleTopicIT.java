package io.evenkeel.standalone.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.embedded.EmbeddedKafka;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuleTopicIT {

  @TempDir Path folder;

  @Test
  void shouldKeepTheLastOfEachKeyWhenRulesAreWrittenAndDeleted() throws Exception {
    List<AlertRule> rules =
        RuleFileTest.rules(
            """
            rules:
              - {rule: mine, expression: loss > 3}
              - {rule: mine, expression: loss > 4, run: r1}
              - {rule: loss-spike, threshold: 9}
            """);
    try (EmbeddedKafka kafka = EmbeddedKafka.start(folder)) {
      kafka.createTopics(List.of(new NewTopic(Topics.RULES, 1, (short) 1)));
      RuleTopic topic = new RuleTopic(kafka.bootstrap());
      assertThat(topic.read()).isEmpty();
      topic.write(rules);
      assertThat(topic.read())
          .containsOnlyKeys("mine", "mine#r1", "loss-spike")
          .containsEntry("mine", rules.get(0));
      topic.delete(RuleTopic.key("mine", "r1"));
      assertThat(topic.read().values()).containsExactlyInAnyOrder(rules.get(0), rules.get(2));
    }
  }
}
