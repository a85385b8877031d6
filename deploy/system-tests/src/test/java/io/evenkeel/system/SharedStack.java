package io.evenkeel.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One {@code ./evenkeel up --no-trainer} for all test classes that can share it, since a start
 * costs twenty seconds: {@code @ExtendWith(SharedStack.class)}, and a parameter of type {@link
 * Evenkeel}.
 *
 * <p>Such a class uses run ids of its own, leaves every part running, and carries {@code @Order(n)}
 * with a small n: sharing classes come first, and the stack ends as soon as a class starts one of
 * its own. It runs the scenario alpha-too-high: mode auto, notices to a sink.
 */
final class SharedStack implements ParameterResolver {
  private static final Duration START = Duration.ofMinutes(3);

  private static Running running;

  /** The stack and its folder. */
  private record Running(Evenkeel evenkeel, Path folder) {
    void end() throws InterruptedException, IOException {
      evenkeel.close();
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /** Ends it where it runs: before another stack wants the machine, and after the last test. */
  static synchronized void end() throws IOException {
    if (running == null) {
      return;
    }
    Running ended = running;
    running = null;
    try {
      ended.end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a stack was ended", e);
    }
  }

  private static synchronized Evenkeel begin() throws IOException, InterruptedException {
    if (running == null) {
      Path folder = Files.createTempDirectory("evenkeel-shared");
      running = new Running(Evenkeel.shared(folder.resolve("data")), folder);
      running.evenkeel().awaitLine("Dashboard", START);
    }
    return running.evenkeel();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Evenkeel.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    context
        .getRoot()
        .getStore(ExtensionContext.Namespace.GLOBAL)
        .computeIfAbsent(SharedStack.class, key -> (AutoCloseable) SharedStack::end);
    try {
      return begin();
    } catch (IOException e) {
      throw new AssertionError("the shared stack does not start", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
