package io.evenkeel.writer.app;

import io.evenkeel.contract.topic.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** The ends of the writer's partitions at one moment, to compare a group's commits with. */
final class CommittedOffsets {

  private final Admin admin;
  private final Map<TopicPartition, Long> ends;

  private CommittedOffsets(Admin admin, Map<TopicPartition, Long> ends) {
    this.admin = admin;
    this.ends = ends;
  }

  static CommittedOffsets ofAllTopics(Admin admin) throws InterruptedException, ExecutionException {
    List<String> unread = List.of(Topics.RULES, Topics.OPERATOR_REQUESTS);
    Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
    for (Topics.Definition topic : Topics.ALL) {
      for (int i = 0; i < topic.partitions() && !unread.contains(topic.name()); i++) {
        partitions.put(new TopicPartition(topic.name(), i), OffsetSpec.latest());
      }
    }
    Map<TopicPartition, Long> ends = new HashMap<>();
    admin.listOffsets(partitions).all().get().forEach((at, end) -> ends.put(at, end.offset()));
    ends.values().removeIf(end -> end == 0);
    return new CommittedOffsets(admin, ends);
  }

  boolean reachedBy(String group) throws InterruptedException, ExecutionException {
    var committed = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    return ends.entrySet().stream()
        .allMatch(
            end ->
                committed.get(end.getKey()) != null
                    && committed.get(end.getKey()).offset() >= end.getValue());
  }
}
