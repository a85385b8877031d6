package io.evenkeel.ui.health;

import java.util.List;

/**
 * How far the services have come with what is on Kafka.
 *
 * @param services one a service, in the order of the flow
 */
public record Pipeline(List<Service> services) {

  /** Copies. */
  public Pipeline {
    services = List.copyOf(services);
  }

  /** How a service stands. */
  public enum Standing {
    /** It has read all, or nearly. */
    CURRENT,
    /** It has much to read. */
    BEHIND,
    /** It has never said how far it is. */
    UNSEEN
  }

  /**
   * A service that reads from Kafka.
   *
   * @param name for people
   * @param does what it does, for people
   * @param behind records that it has still to read
   * @param standing how it stands
   */
  public record Service(String name, String does, long behind, Standing standing) {}
}
