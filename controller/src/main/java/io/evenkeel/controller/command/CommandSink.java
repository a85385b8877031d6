package io.evenkeel.controller.command;

import io.evenkeel.contract.command.Command;

/**
 * Where commands go. The edge; must not block, and may lose: commands are sent until acknowledged.
 */
public interface CommandSink {

  /** Sends. Returns at once; failure is seen as a missing acknowledgement. */
  void send(Command command);
}
