package io.evenkeel.gateway.app;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A Python interpreter, and the folder of the Python client. */
final class Python {

  /** The folder of the Python client. */
  static final Path FOLDER = Path.of("python").toAbsolutePath();

  private final String interpreter;

  private Python(String interpreter) {
    this.interpreter = interpreter;
  }

  /**
   * The interpreter that {@code EVENKEEL_PYTHON} names, else python3 on the path, else Debian's: of
   * these the first that can import {@code module}.
   */
  static Optional<Python> with(String module) throws Exception {
    String chosen = System.getenv().getOrDefault("EVENKEEL_PYTHON", "");
    List<String> candidates =
        chosen.isBlank() ? List.of("python3", "/usr/bin/python3") : List.of(chosen);
    for (String candidate : candidates) {
      Python python = new Python(candidate);
      try (Script probe = python.start(Map.of(), "-c", "import " + module)) {
        if (probe.end(60).status() == 0) {
          return Optional.of(python);
        }
      } catch (IOException e) {
        continue; // no such program
      }
    }
    return Optional.empty();
  }

  /** Starts it in the client's folder. */
  Script start(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(interpreter));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(FOLDER.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("EVENKEEL_"));
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    builder.environment().put("PYTHONIOENCODING", "utf-8");
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.environment().put("OPENBLAS_NUM_THREADS", "1");
    builder.environment().putAll(environment);
    return new Script(builder);
  }

  /**
   * What a script left.
   *
   * @param status its exit status
   * @param output standard output
   * @param errors standard error
   */
  record Ended(int status, String output, String errors) {

    /** The last line of the output. */
    String last() {
      return output.strip().substring(output.strip().lastIndexOf('\n') + 1);
    }

    @Override
    public String toString() {
      return "status " + status + "\n" + output + errors;
    }
  }

  /** A running script; killed when it is closed. */
  static final class Script implements AutoCloseable {
    private final Process process;
    private final Path output;
    private final Path errors;

    private Script(ProcessBuilder builder) throws IOException {
      output = Files.createTempFile("python", ".out");
      errors = Files.createTempFile("python", ".err");
      builder.redirectOutput(output.toFile()).redirectError(errors.toFile());
      try {
        process = builder.start();
      } catch (IOException e) {
        deleteFiles();
        throw e;
      }
    }

    /** What it has written so far. */
    String soFar() throws IOException {
      return Files.readString(output, StandardCharsets.UTF_8);
    }

    /** Gives it a line on its standard input. */
    void tell(String line) throws IOException {
      BufferedWriter writer = process.outputWriter(StandardCharsets.UTF_8);
      writer.write(line + "\n");
      writer.flush();
    }

    /** Closes its standard input, and waits for its end. */
    Ended end(int seconds) throws Exception {
      process.getOutputStream().close();
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        throw new AssertionError("has not ended: " + soFar() + Files.readString(errors));
      }
      return new Ended(process.exitValue(), soFar(), Files.readString(errors));
    }

    @Override
    public void close() throws IOException {
      process.destroyForcibly();
      deleteFiles();
    }

    private void deleteFiles() throws IOException {
      for (@Nullable Path file : List.of(output, errors)) {
        Files.deleteIfExists(file);
      }
    }
  }
}
