package io.evenkeel.ui.activity;

import java.time.Instant;

/**
 * One thing that somebody did, or tried to.
 *
 * @param id grows with time
 * @param at when
 * @param actor who: an account, {@code token:NAME}, {@code oidc:NAME}, or the name typed at a
 *     refused login; text from outside
 * @param action what, such as {@code login} or {@code account.create}
 * @param subject to what; may be empty; text from outside
 * @param outcome done or refused
 * @param detail a sentence, may be empty; text from outside
 * @param address network address of the caller, empty if it was the dashboard itself
 */
public record Activity(
    long id,
    Instant at,
    String actor,
    String action,
    String subject,
    Outcome outcome,
    String detail,
    String address) {

  /** How it went. */
  public enum Outcome {
    /** It was done. */
    DONE,
    /** It was refused. */
    REFUSED
  }
}
