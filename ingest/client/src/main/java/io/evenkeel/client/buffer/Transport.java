package io.evenkeel.client.buffer;

/**
 * Carries encoded records to a receiver. All methods are called on the publisher's sender thread.
 */
public interface Transport {

  /**
   * Connects; waits a second at most.
   *
   * @throws TransportException if the receiver cannot be reached; the publisher tries again
   */
  Connection connect() throws TransportException;

  /** A connection: keeps the order of the records of one destination and key. */
  interface Connection {

    /**
     * Takes a record for sending and returns, in general before it is sent; waits a second at most.
     *
     * @param destination kind of record
     * @param key key of the record
     * @param value the encoded record; not modified by either side
     * @param completion told once what became of the record, on any thread
     * @throws TransportException if the connection is of no more use; the publisher closes it and
     *     sends all that is unacknowledged again on another
     */
    void send(Destination destination, String key, byte[] value, Completion completion)
        throws TransportException;

    /** Gives the connection up at once; completions that come later are ignored. */
    void close();
  }

  /** Told what became of a record. */
  interface Completion {

    /** The receiver has it for good. */
    void acknowledged();

    /** The receiver will never take this record; others may pass. */
    void refused(String reason);

    /** The connection is of no more use. */
    void failed(String reason);
  }
}
