package io.evenkeel.ui.rundetail;

/**
 * One cell of the stability strip.
 *
 * @param id stable name
 * @param label what it is
 * @param value how it stands
 * @param limit what it is held against
 * @param state how that is
 */
public record Cell(String id, String label, String value, String limit, State state) {

  /** How a signal stands; each has a colour, a shape and a word. */
  public enum State {
    STEADY,
    WATCH,
    ALARM,
    UNKNOWN
  }
}
