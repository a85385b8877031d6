package io.evenkeel.gateway.cli;

import io.evenkeel.gateway.token.TokenFile;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which token file is meant. */
final class TokenPlace {
  private static final String TOKENS = "EVENKEEL_GATEWAY_TOKENS";
  private static final String HOME_PROPERTY = "evenkeel.home";

  private final Map<String, String> environment;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder of all data, as given to up: the file is DIR/gateway/tokens.json."
              + " Without it "
              + TOKENS
              + " names the file, or it is that of .evenkeel in the source tree.")
  private @Nullable Path data;

  TokenPlace(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  TokenFile file() {
    Path folder = data;
    String named = environment.getOrDefault(TOKENS, "");
    if (folder == null && !named.isBlank()) {
      return new TokenFile(Path.of(named));
    }
    Path root =
        folder == null ? Path.of(System.getProperty(HOME_PROPERTY, "."), ".evenkeel") : folder;
    return new TokenFile(root.toAbsolutePath().normalize().resolve("gateway/tokens.json"));
  }
}
