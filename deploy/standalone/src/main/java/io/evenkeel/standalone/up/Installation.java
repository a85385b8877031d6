package io.evenkeel.standalone.up;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the built modules are.
 *
 * @param home root of the source tree
 */
record Installation(Path home) {
  /** System property that the launcher sets to the root of the source tree. */
  static final String HOME_PROPERTY = "evenkeel.home";

  static Installation current() {
    return new Installation(
        Path.of(System.getProperty(HOME_PROPERTY, ".")).toAbsolutePath().normalize());
  }

  /** The {@code java} that runs this very process. */
  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /**
   * The class path of a module: its classes, then what its build wrote down.
   *
   * @param module folder below the root, such as {@code ingest/writer}
   * @throws IOException if it is not built
   */
  String classPath(String module) throws IOException {
    Path target = home.resolve(module).resolve("target");
    Path classes = target.resolve("classes");
    Path list = target.resolve("classpath.txt");
    if (!Files.isDirectory(classes) || !Files.isReadable(list)) {
      throw new IOException(module + " is not built (" + list + " is missing)");
    }
    return classes + File.pathSeparator + Files.readString(list).strip();
  }
}
