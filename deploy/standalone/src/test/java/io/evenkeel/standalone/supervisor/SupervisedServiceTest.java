package io.evenkeel.standalone.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.standalone.supervisor.ServiceSpec.Restart;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisedServiceTest {
  private static final Backoff QUICK =
      new Backoff(Duration.ofMillis(10), Duration.ofMillis(40), Duration.ofSeconds(60));
  private static final String WAIT_FOR_EVER = "while :; do sleep 0.05; done";

  @TempDir Path dir;
  private final RecordingListener heard = new RecordingListener();
  private SupervisedService service;

  @AfterEach
  void stop() {
    if (service != null) {
      service.stop(Duration.ofSeconds(1));
    }
  }

  @Test
  void shouldReportReadyWhenTheLineComes() throws Exception {
    service =
        start(
            "echo starting; echo \"$GREETING\"; " + WAIT_FOR_EVER,
            Restart.ALWAYS,
            ServiceSpec.NO_LIMIT);

    assertThat(service.awaitReady()).isTrue();
    assertThat(heard.next()).isEqualTo("sample ready");
    assertThat(service.pid()).isPresent();
    assertThat(Files.readAllLines(dir.resolve("sample.log")))
        .startsWith("starting", "EVENKEEL-READY sample");
  }

  @Test
  void shouldStartAgainWithGrowingBoundedDelaysWhenItKeepsDying() throws Exception {
    service = start("exit 3", Restart.ALWAYS, ServiceSpec.NO_LIMIT);

    assertThat(List.of(heard.next(), heard.next(), heard.next(), heard.next()))
        .containsExactly(
            "sample died 3 10", "sample died 3 20", "sample died 3 40", "sample died 3 40");
  }

  @Test
  void shouldRunAgainWhenKilled() throws Exception {
    service = start("echo \"$GREETING\"; " + WAIT_FOR_EVER, Restart.ALWAYS, ServiceSpec.NO_LIMIT);
    assertThat(heard.next()).isEqualTo("sample ready");
    long first = service.pid().orElseThrow();

    ProcessHandle.of(first).orElseThrow().destroyForcibly();

    assertThat(heard.next()).isEqualTo("sample died 137 10");
    assertThat(heard.next()).isEqualTo("sample ready");
    assertThat(service.pid().orElseThrow()).isNotEqualTo(first);
  }

  @Test
  void shouldEndWhenItsWorkIsDone() throws Exception {
    service = start("exit 0", Restart.ON_FAILURE, ServiceSpec.NO_LIMIT);

    service.awaitEnd();

    assertThat(heard.next()).isEqualTo("sample finished");
    assertThat(service.isWorkDone()).isTrue();
  }

  @Test
  void shouldGiveUpWhenItFailsTooOften() throws Exception {
    service = start("exit 2", Restart.ON_FAILURE, 1);

    service.awaitEnd();

    assertThat(heard.events).containsExactly("sample died 2 10", "sample given up 1");
    assertThat(service.isWorkDone()).isFalse();
  }

  @Test
  void shouldStartAgainForEverWhenItsLivesAreLongEnough() throws Exception {
    Backoff anyLifeIsHealthy =
        new Backoff(Duration.ofMillis(10), Duration.ofMillis(40), Duration.ZERO);
    service = start("exit 2", Restart.ON_FAILURE, 1, anyLifeIsHealthy);

    assertThat(List.of(heard.next(), heard.next(), heard.next()))
        .containsExactly("sample died 2 10", "sample died 2 10", "sample died 2 10");
  }

  @Test
  void shouldEndWhenItsWorkIsDoneButNotReported() throws Exception {
    service = start("exit 4", Restart.ON_FAILURE, 1);

    service.awaitEnd();

    assertThat(heard.next()).isEqualTo("sample finished");
    assertThat(service.isWorkDone()).isTrue();
  }

  @Test
  void shouldAskForAnotherPortWhenItsOwnIsTakenBeforeItIsReady() throws Exception {
    service = start("exit 98", Restart.ALWAYS, ServiceSpec.NO_LIMIT);

    assertThat(service.awaitReady()).isFalse();
    service.awaitEnd();

    assertThat(service.isPortTaken()).isTrue();
    assertThat(heard.events).isEmpty();
  }

  @Test
  void shouldKeepItsPortWhenThatIsTakenAfterItWasReady() throws Exception {
    service = start("echo \"$GREETING\"; exit 98", Restart.ALWAYS, ServiceSpec.NO_LIMIT);

    assertThat(List.of(heard.next(), heard.next(), heard.next()))
        .containsExactly("sample ready", "sample died 98 10", "sample ready");
    assertThat(service.isPortTaken()).isFalse();
  }

  @Test
  void shouldTellAndTryAgainWhenTheProgramIsMissing() throws Exception {
    ServiceSpec spec =
        new ServiceSpec(
            "sample",
            List.of(dir.resolve("no-such-program").toString()),
            Map.of(),
            Duration.ofSeconds(10),
            Restart.ALWAYS,
            ServiceSpec.NO_LIMIT);
    service = new SupervisedService(spec, dir, dir, QUICK, heard);
    service.start();

    // setpriv starts and cannot find it (127), or the start itself fails where there is no setpriv.
    assertThat(heard.next()).isIn("sample not started", "sample died 127 10");
    assertThat(heard.next()).isIn("sample not started", "sample died 127 20");
  }

  @Test
  void shouldStopCleanlyWhenTold() throws Exception {
    service =
        start(
            "trap 'echo bye; exit 0' TERM; echo \"$GREETING\"; " + WAIT_FOR_EVER,
            Restart.ALWAYS,
            ServiceSpec.NO_LIMIT);
    assertThat(heard.next()).isEqualTo("sample ready");

    service.stop(Duration.ofSeconds(10));

    assertThat(Files.readAllLines(dir.resolve("sample.log")))
        .contains("bye", "ended with status 0");
    assertThat(heard.events).isEmpty();
    assertThat(dir.resolve("sample.pid")).doesNotExist();
  }

  @Test
  void shouldKillWhenItDoesNotStop() throws Exception {
    service =
        start(
            "trap '' TERM; echo \"$GREETING\"; " + WAIT_FOR_EVER,
            Restart.ALWAYS,
            ServiceSpec.NO_LIMIT);
    assertThat(heard.next()).isEqualTo("sample ready");
    ProcessHandle process = ProcessHandle.of(service.pid().orElseThrow()).orElseThrow();

    service.stop(Duration.ofMillis(100));

    process.onExit().get(10, TimeUnit.SECONDS);
    assertThat(Files.readAllLines(dir.resolve("sample.log"))).contains("ended with status 137");
  }

  @Test
  void shouldStopWhatAKilledSupervisorLeft() throws Exception {
    Process orphan = new ProcessBuilder("sh", "-c", WAIT_FOR_EVER).start();
    new PidFile(dir.resolve("sample.pid")).write(orphan);
    Process stranger = new ProcessBuilder("sh", "-c", WAIT_FOR_EVER).start();
    try {
      // The id of a process that has ended may be somebody else's by now: only the start time
      // tells.
      Files.writeString(dir.resolve("other.pid"), stranger.pid() + "\n2001-01-01T00:00:00Z\n");

      SupervisedService.stopOrphans(dir);

      assertThat(orphan.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(stranger.isAlive()).isTrue();
      assertThat(dir.resolve("sample.pid")).doesNotExist();
    } finally {
      orphan.destroyForcibly();
      stranger.destroyForcibly();
    }
  }

  @Test
  void shouldEndWithItsParentWhenTheParentIsKilled() throws Exception {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SupervisorParent.class.getName(),
                dir.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String line = parent.inputReader().readLine();
    ProcessHandle child = ProcessHandle.of(Long.parseLong(line)).orElseThrow();
    assertThat(child.isAlive()).isTrue();

    parent.destroyForcibly();

    child.onExit().get(10, TimeUnit.SECONDS);
  }

  private SupervisedService start(String script, Restart restart, int limit) {
    return start(script, restart, limit, QUICK);
  }

  private SupervisedService start(String script, Restart restart, int limit, Backoff backoff) {
    ServiceSpec spec =
        new ServiceSpec(
            "sample",
            List.of("sh", "-c", script),
            Map.of("GREETING", "EVENKEEL-READY sample"),
            Duration.ofSeconds(20),
            restart,
            limit);
    SupervisedService started = new SupervisedService(spec, dir, dir, backoff, heard);
    started.start();
    return started;
  }
}
