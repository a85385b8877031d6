package io.evenkeel.standalone.up;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.embedded.ChildLauncher;
import io.evenkeel.embedded.ChildLauncher.DeathSignal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The gateway's token for the first use, made once while the services start. Later starts make
 * none: who has revoked it does not get another.
 */
final class FirstToken {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final GatewayFolder gateway;
  private final Path log;
  private final Optional<Process> maker;

  private FirstToken(GatewayFolder gateway, Path log, Optional<Process> maker) {
    this.gateway = gateway;
    this.log = log;
    this.maker = maker;
  }

  /**
   * Begins to make it where there is none.
   *
   * @param log what the program that makes it says; never the token
   * @throws IOException if that program cannot be started
   */
  static FirstToken begin(GatewayFolder gateway, Services services, Path log) throws IOException {
    if (!gateway.wantsFirstToken()) {
      return new FirstToken(gateway, log, Optional.empty());
    }
    // Of a token file that is gone; the token in it opens nothing.
    Files.deleteIfExists(gateway.firstToken());
    ProcessBuilder builder =
        new ProcessBuilder(ChildLauncher.bound(DeathSignal.KILL, services.firstToken(gateway)))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    return new FirstToken(gateway, log, Optional.of(ChildLauncher.start(builder)));
  }

  /** Waits until it is made and says where it is; says nothing when this start makes none. */
  void tell(Console console) throws InterruptedException {
    if (maker.isEmpty()) {
      return;
    }
    Process process = maker.get();
    if (process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) && process.exitValue() == 0) {
      console.line("gateway", "its first token, for all runs, is in " + gateway.firstToken());
      return;
    }
    process.destroyForcibly();
    console.problem(
        ErrorId.START_SERVICE_FAILED,
        "The gateway's first token was not made (log: %s); ./evenkeel token create makes one."
            .formatted(log));
  }
}
