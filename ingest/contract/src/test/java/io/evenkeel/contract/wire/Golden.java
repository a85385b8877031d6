package io.evenkeel.contract.wire;

import java.nio.file.Path;

/** Where the golden files are, and how they come about. */
final class Golden {

  static final Path DIRECTORY = Path.of("src", "test", "resources", "golden");

  static final boolean REGENERATE = Boolean.getBoolean("evenkeel.golden.regenerate");

  static final String HINT =
      "If the change is meant and not yet released: mvn -pl ingest/contract test"
          + " -Dtest='*GoldenTest' -Devenkeel.golden.regenerate=true";

  private Golden() {}
}
