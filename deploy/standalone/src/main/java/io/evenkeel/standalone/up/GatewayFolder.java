package io.evenkeel.standalone.up;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The gateway's part of the data folder, {@code gateway}: {@code tokens.json} (hashes of the
 * tokens), {@code first-token} (the one made at the first start, mode 0600), {@code port}.
 *
 * @param root the data folder
 * @param given the environment that {@code up} was started in
 */
record GatewayFolder(Path root, Map<String, String> given) {
  private static final String TOKENS = "EVENKEEL_GATEWAY_TOKENS";

  /** Copies the environment. */
  GatewayFolder {
    given = Map.copyOf(given);
  }

  /** What tells the gateway where its folder is. */
  Map<String, String> environment() {
    return Map.of("EVENKEEL_DATA", root.toString());
  }

  /** Whether nobody has made a token yet, and the user keeps none elsewhere. */
  boolean wantsFirstToken() {
    return given.getOrDefault(TOKENS, "").isBlank()
        && !Files.exists(root.resolve("gateway").resolve("tokens.json"));
  }

  /** Where the first token is written. */
  Path firstToken() {
    return root.resolve("gateway").resolve("first-token");
  }

  /** What the gateway's own program makes it with. */
  List<String> firstTokenArguments() {
    return List.of(
        "create",
        "--id",
        "first",
        "--runs",
        "*",
        "--data",
        root.toString(),
        "--into",
        firstToken().toString());
  }
}
