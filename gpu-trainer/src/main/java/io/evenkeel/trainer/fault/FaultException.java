package io.evenkeel.trainer.fault;

import io.evenkeel.contract.error.ErrorId;

/** A fault that cannot be: which field is wrong, and why. */
public final class FaultException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final ErrorId id;
  private final String field;

  /**
   * Names a field.
   *
   * @param id of the catalogue
   * @param field of the fault, as the configuration calls it
   * @param reason what is wrong with it
   */
  public FaultException(ErrorId id, String field, String reason) {
    super(field + " " + reason);
    this.id = id;
    this.field = field;
  }

  /** Id of the catalogue. */
  public ErrorId id() {
    return id;
  }

  /** The field, as the configuration calls it. */
  public String field() {
    return field;
  }

  /** One line: id, what is wrong, remedy. */
  public String line() {
    return id.line(getMessage() + ".");
  }
}
