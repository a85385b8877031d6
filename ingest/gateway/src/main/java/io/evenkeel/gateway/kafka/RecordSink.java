package io.evenkeel.gateway.kafka;

import io.evenkeel.gateway.problem.GatewayException;
import java.util.List;

/** Where valid records go. */
public interface RecordSink {

  /**
   * A record that Kafka refused for its own sake, such as one too large for the topic.
   *
   * @param index its place among the records sent
   * @param reason why
   */
  record Refusal(int index, String reason) {}

  /**
   * Requires that Kafka is there, as far as is known; before a body is read for nothing.
   *
   * @throws GatewayException 503 if it is away
   */
  void require();

  /**
   * Sends records in their order and waits until all replicas have them.
   *
   * @return the refused ones; all others are acknowledged
   * @throws GatewayException 503 if Kafka is away or has not acknowledged all of them in time; some
   *     of them may have arrived, and sending them again is harmless
   */
  List<Refusal> send(List<Outgoing> records);
}
