package io.evenkeel.trainer.ops.cuda;

/** The device has no room for what is to be allocated; the message is one line. */
public final class DeviceMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  DeviceMemoryException(String message) {
    super(message);
  }
}
