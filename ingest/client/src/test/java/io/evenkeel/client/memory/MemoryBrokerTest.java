package io.evenkeel.client.memory;

import io.evenkeel.client.AlertSubscription;
import io.evenkeel.client.BufferLimits;
import io.evenkeel.client.ClientContract;
import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.telemetry.StepTelemetry;
import java.util.List;

class MemoryBrokerTest extends ClientContract {

  private final MemoryBroker memory = new MemoryBroker();

  @Override
  protected Broker broker() {
    return new Broker() {
      @Override
      public TelemetryPublisher publisher(BufferLimits limits) {
        return memory.publisher(limits);
      }

      @Override
      public CommandSubscription subscription(String run) {
        return memory.subscription(run);
      }

      @Override
      public void send(String run, byte[] command) {
        memory.sendRaw(command);
      }

      @Override
      public AlertSubscription alerts(String run) {
        return memory.alerts(run);
      }

      @Override
      public void sendAlert(String run, byte[] alert) {
        memory.sendAlert(alert);
      }

      @Override
      public void stop() {
        memory.stop();
      }

      @Override
      public void start() {
        memory.start();
      }

      @Override
      public List<StepTelemetry> telemetry(String run) {
        return memory.telemetry().stream().filter(t -> t.key().run().equals(run)).toList();
      }

      @Override
      public List<RunSpec> runs(String run) {
        return memory.runs().stream().filter(spec -> spec.run().equals(run)).toList();
      }

      @Override
      public List<CommandAck> acks(String run) {
        return memory.acks().stream().filter(ack -> ack.run().equals(run)).toList();
      }
    };
  }
}
