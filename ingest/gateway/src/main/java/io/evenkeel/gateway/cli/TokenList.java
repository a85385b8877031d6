package io.evenkeel.gateway.cli;

import io.evenkeel.gateway.token.Token;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists the tokens by their ids. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description =
        "Lists the tokens: id, runs, when made, when it ends. Never the tokens themselves.")
final class TokenList implements Callable<Integer> {
  private static final String ROW = "%-24s %-24s %-20s %s%n";

  private final Clock clock;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private @Nullable TokenPlace place;

  TokenList(Clock clock) {
    this.clock = clock;
  }

  /** Prints one line a token, expired ones too. */
  @Override
  public Integer call() throws IOException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    out.printf(ROW, "ID", "RUNS", "CREATED", "EXPIRES");
    for (Token token : Objects.requireNonNull(place).file().read()) {
      out.printf(ROW, token.id(), token.runs(), seconds(token.created()), end(token));
    }
    return 0;
  }

  private String end(Token token) {
    Instant expires = token.expires();
    if (expires == null) {
      return "never";
    }
    return seconds(expires) + (token.isExpired(clock.instant()) ? " (expired)" : "");
  }

  private static String seconds(Instant instant) {
    return instant.truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString();
  }
}
