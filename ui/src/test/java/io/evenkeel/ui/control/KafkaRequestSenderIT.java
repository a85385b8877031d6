package io.evenkeel.ui.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.contract.command.HoldState;
import io.evenkeel.contract.command.KillSwitch;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.embedded.EmbeddedKafka;
import io.evenkeel.ui.outbox.RecordOutbox;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaRequestSenderIT {

  @Test
  void shouldWriteRequestsInOrderByRunWhenTheBrokerIsThere(@TempDir Path folder) throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(folder)) {
      kafka.createTopics(List.of(new NewTopic(Topics.OPERATOR_REQUESTS, 2, (short) 1)));
      var outbox = new RecordOutbox(kafka.bootstrap());
      var sender = new KafkaRequestSender(outbox);
      OperatorRequest first = request("a", new SetKnob("load_balance.alpha", "", 0.02, null));
      OperatorRequest second = request("b", new KillSwitch(HoldState.HELD));

      sender.send(first).get(30, TimeUnit.SECONDS);
      sender.send(second).get(30, TimeUnit.SECONDS);

      List<ConsumerRecord<String, byte[]>> records = read(kafka.bootstrap(), 2);
      assertThat(records).extracting(ConsumerRecord::key).containsOnly("r");
      assertThat(Codecs.OPERATOR_REQUEST.decode(records.get(0).value())).isEqualTo(first);
      assertThat(Codecs.OPERATOR_REQUEST.decode(records.get(1).value())).isEqualTo(second);
      outbox.destroy();
    }
  }

  @Test
  void shouldFailWithoutBlockingTheCallerWhenTheBrokerIsAway() {
    var outbox = new RecordOutbox("127.0.0.1:1");
    var sender = new KafkaRequestSender(outbox);

    var sent = sender.send(request("a", new KillSwitch(HoldState.HELD)));

    assertThat(sent).isNotDone();
    assertThatThrownBy(() -> sent.get(30, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
    outbox.destroy();
  }

  private static List<ConsumerRecord<String, byte[]>> read(String bootstrap, int count) {
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers", bootstrap, "group.id", "it", "auto.offset.reset", "earliest"),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(Topics.OPERATOR_REQUESTS));
      for (int i = 0; i < 60 && records.size() < count; i++) {
        consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
      }
    }
    return records;
  }

  private static OperatorRequest request(String id, io.evenkeel.contract.command.RequestBody body) {
    return new OperatorRequest(id, "r", "ada", Instant.EPOCH, body, "why");
  }
}
