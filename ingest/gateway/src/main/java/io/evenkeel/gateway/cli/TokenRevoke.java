package io.evenkeel.gateway.cli;

import io.evenkeel.gateway.token.TokenFile;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes a token out of force. */
@Command(
    name = "revoke",
    mixinStandardHelpOptions = true,
    description = "Takes a token out of force; gateways refuse it within a second.")
final class TokenRevoke implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private @Nullable TokenPlace place;

  @Parameters(paramLabel = "ID", description = "As token list shows it.")
  private String id = "";

  /** Revokes it; refuses an id that is not there. */
  @Override
  public Integer call() throws IOException {
    TokenFile file = Objects.requireNonNull(place).file();
    if (!file.revoke(id)) {
      throw new IllegalArgumentException("there is no token " + id + " in " + file.path());
    }
    Objects.requireNonNull(spec).commandLine().getErr().println("Token " + id + " is revoked.");
    return 0;
  }
}
