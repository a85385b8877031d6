package io.evenkeel.controller.sim;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.command.RequestBody;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A simulated trainer, with analytics, on a real broker. Single-threaded. */
public final class KafkaTrainer implements AutoCloseable {

  private final SimulatedTrainer trainer;
  private final KafkaProducer<String, byte[]> producer;
  private final KafkaConsumer<String, byte[]> consumer;
  private final List<Command> commands = new ArrayList<>();
  private final List<AuditEntry> audit = new ArrayList<>();
  private final List<CommandAck> acks = new ArrayList<>();
  private final List<Long> latenciesMicros = new ArrayList<>();
  private Instant signalSent = Instant.EPOCH;

  /** Connects, and declares the run. */
  public KafkaTrainer(String bootstrap, SimulatedTrainer trainer) {
    this.trainer = trainer;
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap, "acks", "all", "linger.ms", 0),
            new StringSerializer(),
            new ByteArraySerializer());
    this.consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest"),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : List.of(Topics.COMMANDS, Topics.AUDIT)) {
      consumer
          .partitionsFor(topic)
          .forEach(p -> partitions.add(new TopicPartition(topic, p.partition())));
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    declare(RunStatus.RUNNING);
  }

  /** Declares the run. */
  public void declare(RunStatus status) {
    send(Topics.RUNS, Codecs.RUN_SPEC.encode(trainer.spec(Instant.now(), status)));
  }

  /** Declares that the run has ended so long ago. */
  public void declareEnded(Duration ago) {
    send(
        Topics.RUNS,
        Codecs.RUN_SPEC.encode(trainer.spec(Instant.now().minus(ago), RunStatus.FINISHED)));
  }

  /** Publishes an alert event. */
  public void alert(AlertEvent alert) {
    send(Topics.ALERTS, Codecs.ALERT_EVENT.encode(alert));
  }

  /** Asks as an operator. */
  public void ask(String id, RequestBody body) {
    send(
        Topics.OPERATOR_REQUESTS,
        Codecs.OPERATOR_REQUEST.encode(
            new OperatorRequest(id, trainer.run(), "ann", Instant.now(), body, "")));
  }

  private void send(String topic, byte[] value) {
    producer.send(new ProducerRecord<>(topic, trainer.run(), value));
    producer.flush();
  }

  /** Trains until {@code done}; false if that took longer than {@code limit}. */
  public boolean trainUntil(BooleanSupplier done, Duration limit) {
    Instant end = Instant.now().plus(limit);
    while (Instant.now().isBefore(end)) {
      step();
      if (done.getAsBoolean()) {
        return true;
      }
    }
    return false;
  }

  /** One step: measure, then take what commands arrive within the step's time. */
  public void step() {
    signalSent = Instant.now();
    send(Topics.SIGNALS, Codecs.STEP_SIGNALS.encode(trainer.step(signalSent)));
    poll(Duration.ofMillis(40));
  }

  /** Reads commands and audit entries for about {@code time}. */
  public void poll(Duration time) {
    Instant end = Instant.now().plus(time);
    do {
      for (ConsumerRecord<String, byte[]> item : consumer.poll(Duration.ofMillis(10))) {
        read(item);
      }
    } while (Instant.now().isBefore(end));
  }

  private void read(ConsumerRecord<String, byte[]> item) {
    if (!trainer.run().equals(item.key())) {
      return;
    }
    try {
      if (item.topic().equals(Topics.AUDIT)) {
        audit.add(Codecs.AUDIT_ENTRY.decode(item.value()));
        return;
      }
      Command command = Codecs.COMMAND.decode(item.value());
      commands.add(command);
      CommandAck ack = trainer.take(command, Instant.now());
      if (ack != null) {
        acks.add(ack);
        latenciesMicros.add(Duration.between(signalSent, Instant.now()).toNanos() / 1_000);
        send(Topics.ACKS, Codecs.COMMAND_ACK.encode(ack));
      }
    } catch (WireException e) {
      throw new AssertionError(e);
    }
  }

  /** Knob commands seen. */
  public List<Command> knobCommands() {
    return commands.stream().filter(c -> c.body() instanceof SetKnob).toList();
  }

  /** All commands seen. */
  public List<Command> commands() {
    return List.copyOf(commands);
  }

  /** Answers given, in order. */
  public List<CommandAck> acks() {
    return List.copyOf(acks);
  }

  /** Knob commands seen that have no answer. */
  public List<Command> unanswered() {
    return knobCommands().stream()
        .filter(
            command -> acks.stream().noneMatch(ack -> ack.position().equals(command.position())))
        .toList();
  }

  /** Audit entries seen. */
  public List<AuditEntry> audit() {
    return List.copyOf(audit);
  }

  /** From signals sent to command taken, microseconds, in order. */
  public List<Long> latenciesMicros() {
    return List.copyOf(latenciesMicros);
  }

  /** The trainer. */
  public SimulatedTrainer trainer() {
    return trainer;
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(1));
    consumer.close();
  }
}
