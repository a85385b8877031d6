package io.evenkeel.trainer.ops.cuda;

/** There is no GPU that can be used, and why; the message is one line. */
public final class CudaUnavailableException extends Exception {
  private static final long serialVersionUID = 1;

  private final Reason reason;

  /** What is missing. */
  public enum Reason {
    /** No NVIDIA driver library could be loaded. */
    NO_DRIVER,
    /** The driver is older than the oldest PTX needs. */
    DRIVER_TOO_OLD,
    /** A driver, but no card that it may use. */
    NO_DEVICE,
    /** The card's compute capability is below 7.0. */
    CARD_TOO_OLD,
    /** Less memory is free than was asked for. */
    TOO_LITTLE_MEMORY
  }

  CudaUnavailableException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** What is missing. */
  public Reason reason() {
    return reason;
  }
}
