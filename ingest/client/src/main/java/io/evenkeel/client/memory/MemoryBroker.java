package io.evenkeel.client.memory;

import io.evenkeel.client.AlertSubscription;
import io.evenkeel.client.BufferLimits;
import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.SubscriptionStatistics;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.client.buffer.AlertInbox;
import io.evenkeel.client.buffer.BufferedPublisher;
import io.evenkeel.client.buffer.CommandInbox;
import io.evenkeel.client.buffer.Destination;
import io.evenkeel.client.buffer.Transport;
import io.evenkeel.client.buffer.TransportException;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.wire.Codec;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A broker in this process: keeps the last records of each kind, in encoded form, and may be
 * stopped and started to see what a trainer does without one. Thread-safe.
 */
public final class MemoryBroker {

  private static final Duration STALL_LIMIT = Duration.ofSeconds(30);

  private final int retention;
  private final Map<Destination, Deque<byte[]>> records = new EnumMap<>(Destination.class);
  private final List<byte[]> commands = new ArrayList<>();
  private final List<MemorySubscription> subscriptions = new ArrayList<>();
  private final List<MemoryAlerts> alertSubscriptions = new ArrayList<>();
  private boolean running = true;

  /** Keeps the last {@code retention} records of each kind, and as many commands. */
  public MemoryBroker(int retention) {
    if (retention < 1) {
      throw new IllegalArgumentException("retention must be at least 1");
    }
    this.retention = retention;
    for (Destination destination : Destination.values()) {
      records.put(destination, new ArrayDeque<>());
    }
  }

  /** Keeps the last 100,000 records of each kind. */
  public MemoryBroker() {
    this(100_000);
  }

  /** A publisher to this broker. */
  public TelemetryPublisher publisher(BufferLimits limits) {
    return new BufferedPublisher(new MemoryTransport(), limits, STALL_LIMIT, "memory");
  }

  /** A publisher to this broker with the default limits. */
  public TelemetryPublisher publisher() {
    return publisher(BufferLimits.DEFAULT);
  }

  /** The commands of {@code run}, from the oldest kept. */
  public synchronized CommandSubscription subscription(String run) {
    MemorySubscription subscription = new MemorySubscription(run);
    subscriptions.add(subscription);
    if (running) {
      subscription.catchUp();
    }
    return subscription;
  }

  /** The alerts of {@code run}, from now on; what is sent while the broker is stopped is lost. */
  public synchronized AlertSubscription alerts(String run) {
    MemoryAlerts subscription = new MemoryAlerts(run);
    alertSubscriptions.add(subscription);
    return subscription;
  }

  /** Writes bytes that may be an alert, as analytics would. */
  public synchronized void sendAlert(byte[] alert) {
    if (running) {
      alertSubscriptions.forEach(subscription -> subscription.inbox.accept(alert));
    }
  }

  /** Writes a command, as the controller would. Works on a stopped broker too. */
  public void send(Command command) {
    sendRaw(Codecs.COMMAND.encode(command));
  }

  /** Writes bytes that may not be a command. */
  public synchronized void sendRaw(byte[] command) {
    if (commands.size() == retention) {
      commands.remove(0);
      subscriptions.forEach(MemorySubscription::shift);
    }
    commands.add(command.clone());
    if (running) {
      subscriptions.forEach(MemorySubscription::catchUp);
    }
  }

  /** The broker goes away: connections break, subscriptions hear nothing. */
  public synchronized void stop() {
    running = false;
  }

  /** The broker comes back with all it had. */
  public synchronized void start() {
    running = true;
    subscriptions.forEach(MemorySubscription::catchUp);
  }

  /** Telemetry in the order of its arrival. */
  public List<StepTelemetry> telemetry() {
    return decoded(Destination.TELEMETRY, Codecs.STEP_TELEMETRY);
  }

  /** Run declarations in the order of their arrival. */
  public List<RunSpec> runs() {
    return decoded(Destination.RUNS, Codecs.RUN_SPEC);
  }

  /** Acknowledgements in the order of their arrival. */
  public List<CommandAck> acks() {
    return decoded(Destination.ACKS, Codecs.COMMAND_ACK);
  }

  private <T> List<T> decoded(Destination destination, Codec<T> codec) {
    List<byte[]> copy;
    synchronized (this) {
      copy = List.copyOf(of(destination));
    }
    List<T> decoded = new ArrayList<>(copy.size());
    for (byte[] value : copy) {
      try {
        decoded.add(codec.decode(value));
      } catch (WireException e) {
        throw new IllegalStateException("a publisher sent what no codec reads", e);
      }
    }
    return decoded;
  }

  private Deque<byte[]> of(Destination destination) {
    Deque<byte[]> deque = records.get(destination);
    if (deque == null) {
      throw new AssertionError(destination);
    }
    return deque;
  }

  private synchronized boolean append(Destination destination, byte[] value) {
    if (running) {
      Deque<byte[]> kept = of(destination);
      if (kept.size() == retention) {
        kept.removeFirst();
      }
      kept.addLast(value);
    }
    return running;
  }

  private synchronized boolean isRunning() {
    return running;
  }

  private final class MemoryTransport implements Transport {

    @Override
    public Connection connect() throws TransportException {
      if (!isRunning()) {
        throw new TransportException("The memory broker is stopped");
      }
      return new Connection() {
        @Override
        public void send(Destination destination, String key, byte[] value, Completion completion) {
          if (append(destination, value)) {
            completion.acknowledged();
          } else {
            completion.failed("The memory broker was stopped");
          }
        }

        @Override
        public void close() {}
      };
    }
  }

  private final class MemorySubscription implements CommandSubscription {
    private final CommandInbox inbox;

    /** Guarded by the broker. */
    private int next;

    MemorySubscription(String run) {
      this.inbox = new CommandInbox(run);
    }

    void catchUp() {
      while (next < commands.size() && !inbox.isFull()) {
        inbox.accept(commands.get(next++));
      }
    }

    void shift() {
      next = Math.max(0, next - 1);
    }

    @Override
    public List<Command> poll() {
      List<Command> drained = inbox.drain();
      synchronized (MemoryBroker.this) {
        if (running) {
          catchUp();
        }
      }
      return drained;
    }

    @Override
    public SubscriptionStatistics statistics() {
      return inbox.statistics();
    }

    @Override
    public void close() {
      synchronized (MemoryBroker.this) {
        subscriptions.remove(this);
      }
    }
  }

  private final class MemoryAlerts implements AlertSubscription {
    private final AlertInbox inbox;

    MemoryAlerts(String run) {
      this.inbox = new AlertInbox(run);
    }

    @Override
    public List<AlertEvent> poll() {
      return inbox.drain();
    }

    @Override
    public SubscriptionStatistics statistics() {
      return inbox.statistics();
    }

    @Override
    public void close() {
      synchronized (MemoryBroker.this) {
        alertSubscriptions.remove(this);
      }
    }
  }
}
