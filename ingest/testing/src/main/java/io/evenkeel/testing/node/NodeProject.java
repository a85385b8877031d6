package io.evenkeel.testing.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * JavaScript that a test runs under Node, with the packages that its lock file names. They are
 * installed once, outside the sources, and again when the lock file changes.
 */
public final class NodeProject {

  private static final String LOCK = "package-lock.json";
  private static final String NEWEST_ENOUGH =
      "process.exit(+process.versions.node.split('.')[0] < 20 ? 1 : 0)";
  private static final long NPM_MINUTES = 3;

  private final Path source;
  private final Path home;
  private final List<String> scripts;

  /**
   * A project that is not installed yet.
   *
   * @param source folder of package.json, package-lock.json and the scripts
   * @param home folder that it is installed into; made where needed
   * @param scripts names of the files in {@code source} that are run
   */
  public NodeProject(Path source, Path home, List<String> scripts) {
    this.source = source;
    this.home = home;
    this.scripts = List.copyOf(scripts);
  }

  /** The folder that its scripts are run in. */
  public Path home() {
    return home;
  }

  /**
   * Installs it where that has not been done.
   *
   * @return why it cannot be had on this machine; empty when it is installed
   * @throws IOException if files cannot be read or written
   */
  public Optional<String> install() throws IOException, InterruptedException {
    Optional<String> lacking = nodeIsLacking();
    if (lacking.isPresent()) {
      return lacking;
    }
    Files.createDirectories(home);
    boolean current =
        Files.exists(home.resolve("node_modules").resolve(".package-lock.json"))
            && Files.exists(home.resolve(LOCK))
            && Files.mismatch(source.resolve(LOCK), home.resolve(LOCK)) < 0;
    copy("package.json");
    copy(LOCK);
    for (String script : scripts) {
      copy(script);
    }
    return current ? Optional.empty() : npmFails();
  }

  private void copy(String file) throws IOException {
    Files.copy(source.resolve(file), home.resolve(file), StandardCopyOption.REPLACE_EXISTING);
  }

  private static Optional<String> nodeIsLacking() throws InterruptedException {
    try {
      Process node = new ProcessBuilder("node", "-e", NEWEST_ENOUGH).start();
      return node.waitFor() == 0 ? Optional.empty() : Optional.of("Node 20 or newer is needed");
    } catch (IOException e) {
      return Optional.of("there is no Node on the PATH (" + e.getMessage() + ")");
    }
  }

  private Optional<String> npmFails() throws IOException, InterruptedException {
    Path log = home.resolve("npm.log");
    Process npm;
    try {
      npm =
          new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund")
              .directory(home.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      return Optional.of("there is no npm on the PATH (" + e.getMessage() + ")");
    }
    if (npm.waitFor(NPM_MINUTES, TimeUnit.MINUTES) && npm.exitValue() == 0) {
      return Optional.empty();
    }
    npm.destroyForcibly();
    return Optional.of("npm ci failed: " + Files.readString(log));
  }
}
