package io.evenkeel.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Starts child processes that end when this process does, however it ends.
 *
 * <p>Linux sends a child its parent-death signal when the <em>thread</em> that started it ends, so
 * every child is started from one thread that lives as long as the JVM. A child leads its own
 * session: a Ctrl-C in the terminal reaches the parent alone, which then stops its children in
 * order.
 */
public final class ChildLauncher {
  private static final ExecutorService THREAD =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "evenkeel-child-launcher");
            thread.setDaemon(true);
            return thread;
          });

  private ChildLauncher() {}

  /** The signal a child receives when its parent has died. */
  public enum DeathSignal {
    /** What a PostgreSQL postmaster takes for "disconnect everybody and stop cleanly". */
    INT,
    /** What a JVM takes for "run the shutdown hooks". */
    TERM,
    /** For children that hold nothing worth a clean stop. */
    KILL
  }

  /**
   * Starts a command as it stands.
   *
   * @param builder the command with its redirects and environment
   * @return the running process
   * @throws IOException if the program cannot be started
   */
  public static Process start(ProcessBuilder builder) throws IOException {
    try {
      return THREAD.submit(builder::start).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IOException("cannot start " + builder.command().get(0), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while starting " + builder.command().get(0), e);
    }
  }

  /**
   * The command wrapped so that it leads its own session and is signalled when the parent dies.
   * Where util-linux is missing the command is returned as it is; orphans are then found by their
   * pid files at the next start.
   *
   * @param signal what the child receives when the parent dies
   * @param command program and arguments
   * @return the command to run; the process id stays that of the program
   */
  public static List<String> bound(DeathSignal signal, List<String> command) {
    List<String> wrapped = new ArrayList<>(sessionLeader());
    if (onPath("setpriv")) {
      wrapped.addAll(List.of("setpriv", "--pdeathsig", signal.name(), "--"));
    }
    wrapped.addAll(command);
    return wrapped;
  }

  static List<String> sessionLeader() {
    return onPath("setsid") ? List.of("setsid") : List.of();
  }

  /** True when a program of this name is on the PATH. */
  static boolean onPath(String program) {
    String path = System.getenv("PATH");
    if (path == null) {
      return false;
    }
    for (String folder : path.split(":")) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }
}
