package io.evenkeel.gateway.cli;

import io.evenkeel.gateway.token.RunPattern;
import io.evenkeel.gateway.token.Token;
import io.evenkeel.gateway.token.TokenFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a token and shows it, this once. */
@Command(
    name = "create",
    mixinStandardHelpOptions = true,
    description = "Makes a token and shows it, this once.")
final class TokenCreate implements Callable<Integer> {
  private static final int ID_BYTES = 4;
  private static final long MAX_DAYS = 36_500;

  private final Clock clock;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private @Nullable TokenPlace place;

  @Option(
      names = "--runs",
      paramLabel = "PATTERN",
      required = true,
      description = "The runs it covers: '*', a run id, or the beginning of one with '*'.")
  private String runs = "";

  @Option(
      names = "--expires",
      paramLabel = "DAYS",
      description = "Days until it is refused (default: never).")
  private @Nullable Long expires;

  @Option(names = "--id", paramLabel = "ID", description = "Its name (default: made up).")
  private @Nullable String id;

  @Option(
      names = "--into",
      paramLabel = "FILE",
      description = "Write it into a new file of mode 0600 instead of showing it.")
  private @Nullable Path into;

  TokenCreate(Clock clock) {
    this.clock = clock;
  }

  /** Makes it. */
  @Override
  public Integer call() throws IOException {
    CommandSpec command = java.util.Objects.requireNonNull(spec);
    TokenFile file = java.util.Objects.requireNonNull(place).file();
    RunPattern pattern = new RunPattern(runs);
    Instant now = clock.instant();
    String name = id == null ? "token-" + HexFormat.of().formatHex(random()) : id;
    Path target = into;
    if (target != null) {
      // Before the token is made: one that cannot be shown must not be in force.
      Files.createDirectories(target.toAbsolutePath().getParent());
      Files.createFile(
          target,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    TokenFile.Created created;
    try {
      created = file.create(name, pattern, now, end(now));
    } catch (IOException | IllegalArgumentException e) {
      if (target != null) {
        Files.deleteIfExists(target);
      }
      throw e;
    }
    PrintWriter err = command.commandLine().getErr();
    if (target == null) {
      command.commandLine().getOut().println(created.secret());
    } else {
      Files.write(target, (created.secret() + "\n").getBytes(StandardCharsets.UTF_8));
      err.println("Written to " + target);
    }
    Token token = created.token();
    err.printf(
        "Token %s for runs %s%s. It cannot be shown again; its hash is in %s%n",
        token.id(),
        token.runs(),
        token.expires() == null ? "" : " until " + token.expires(),
        file.path());
    return 0;
  }

  private @Nullable Instant end(Instant now) {
    Long days = expires;
    if (days == null) {
      return null;
    }
    if (days < 1 || days > MAX_DAYS) {
      throw new IllegalArgumentException("--expires " + days + " is not in [1, " + MAX_DAYS + "]");
    }
    return now.plus(Duration.ofDays(days));
  }

  private static byte[] random() {
    byte[] bytes = new byte[ID_BYTES];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }
}
