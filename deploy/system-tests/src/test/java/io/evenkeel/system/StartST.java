package io.evenkeel.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Starting and stopping: what is there already, what is in the way, and what must not be left
 * behind.
 */
class StartST {
  private static final Duration START = Duration.ofMinutes(2);

  @TempDir Path dir;

  @Test
  void shouldFindTheFirstRunsDataAndPasswordWhenStartedAgain() throws Exception {
    String password;
    try (Evenkeel first = Evenkeel.up(dir, "--steps", "5", "--scenario", "healthy", "--exit")) {
      assertThat(first.awaitExit(Duration.ofMinutes(3))).as(first.console()).isZero();
      password = first.awaitLine("Password", START);
    }
    try (Evenkeel second = Evenkeel.up(dir, "--no-trainer")) {
      assertThat(second.awaitLine("Password", START)).isEqualTo(password);
      assertThat(second.number("select count(*) from ui_v1_run_steps")).isEqualTo(5);

      try (Evenkeel third = Evenkeel.up(dir, "--no-trainer")) {
        assertThat(third.awaitExit(START)).isEqualTo(1);
        assertThat(third.console()).contains("EVK-START-ALREADY-RUNNING");
      }
      List<ProcessHandle> parts = second.parts();
      assertThat(parts).hasSizeGreaterThanOrEqualTo(6);

      second.interrupt();

      assertThat(second.awaitExit(Duration.ofSeconds(60))).isEqualTo(130);
      assertThat(second.console()).endsWith("Stopped.");
      assertThat(parts).noneMatch(ProcessHandle::isAlive);
    }
  }

  @Test
  void shouldSayWhatToDoWhenThePortIsInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Evenkeel evenkeel =
            Evenkeel.up(dir, "--no-trainer", "--port", Integer.toString(taken.getLocalPort()))) {
      assertThat(evenkeel.awaitExit(START)).isEqualTo(1);
      assertThat(evenkeel.console()).contains("EVK-START-PORT-IN-USE").contains("--port");
    }
  }

  @Test
  void shouldLeaveNothingRunningWhenTheSupervisorIsKilled() throws Exception {
    try (Evenkeel evenkeel = Evenkeel.up(dir, "--no-trainer")) {
      evenkeel.awaitLine("Password", START);
      List<ProcessHandle> parts = evenkeel.parts();
      assertThat(parts).hasSizeGreaterThanOrEqualTo(6);

      evenkeel.killSupervisor();

      for (ProcessHandle part : parts) {
        part.onExit().get(30, TimeUnit.SECONDS);
      }
    }
  }
}
