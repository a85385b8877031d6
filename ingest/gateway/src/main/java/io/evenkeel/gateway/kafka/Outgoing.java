package io.evenkeel.gateway.kafka;

/** A record on its way to a topic. */
public final class Outgoing {

  private final String topic;
  private final String key;
  private final byte[] value;

  /**
   * A record.
   *
   * @param topic one of {@link io.evenkeel.contract.topic.Topics}
   * @param key its key there
   * @param value the encoded record; not copied, and not to be changed any more
   */
  public Outgoing(String topic, String key, byte[] value) {
    this.topic = topic;
    this.key = key;
    this.value = value;
  }

  /** Topic. */
  public String topic() {
    return topic;
  }

  /** Key. */
  public String key() {
    return key;
  }

  /** The encoded record; not a copy. */
  public byte[] value() {
    return value;
  }
}
