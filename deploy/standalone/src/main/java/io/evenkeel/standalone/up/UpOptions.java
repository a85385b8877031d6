package io.evenkeel.standalone.up;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What {@code ./evenkeel up} was asked for.
 *
 * @param steps how many steps to train; empty: about an hour of them
 * @param scenario name of the scenario
 * @param backend auto, cpu or cuda
 * @param port of the dashboard
 * @param gatewayPort of the gateway
 * @param data folder of all data
 * @param end what happens after the last step
 * @param report where the report goes, if anywhere
 * @param training whether a trainer is started
 */
record UpOptions(
    OptionalLong steps,
    String scenario,
    String backend,
    int port,
    int gatewayPort,
    Path data,
    End end,
    Optional<Path> report,
    Training training) {
  /** What happens after the last step. */
  enum End {
    EXIT,
    KEEP_SERVING
  }

  /** Whether a trainer is started. */
  enum Training {
    BUILT_IN,
    NONE
  }
}
