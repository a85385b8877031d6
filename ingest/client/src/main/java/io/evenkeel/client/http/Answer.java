package io.evenkeel.client.http;

import java.time.Duration;
import java.util.Map;

/** What a gateway's reply means for the records of a batch. */
sealed interface Answer {

  /**
   * Every record was answered for.
   *
   * @param refused why a record was refused, by its index; all others were accepted
   * @param later why a record must be sent again, by its index
   */
  record Settled(Map<Integer, String> refused, Map<Integer, String> later) implements Answer {}

  /** No record of this sender is welcome. */
  record Refused(String reason) implements Answer {}

  /** The body as a whole was not taken: too large, or one record spoils it. */
  record Indigestible(String reason) implements Answer {}

  /**
   * Not now; nothing is known of any record.
   *
   * @param retryAfter what the gateway asks for; 0 if it asks for nothing
   */
  record Later(String reason, Duration retryAfter) implements Answer {}
}
