package io.evenkeel.standalone.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bash launcher in a copied source tree, with fake JDKs and a fake Maven that say how they were
 * called.
 */
class LauncherTest {
  private static final List<String> MODULES =
      List.of(
          "ingest/writer",
          "ingest/gateway",
          "ingest/replay",
          "analytics",
          "controller",
          "ui",
          "gpu-trainer",
          "deploy/bench",
          "deploy/gym",
          "deploy/standalone");

  @TempDir Path dir;
  private Path tree;
  private Path path;
  private Path jvms;

  @BeforeEach
  void prepare() throws Exception {
    tree = Files.createDirectory(dir.resolve("tree"));
    path = Files.createDirectory(dir.resolve("path"));
    jvms = Files.createDirectory(dir.resolve("jvms"));
    Files.copy(Path.of("..", "..", "evenkeel"), tree.resolve("evenkeel"));
    executable(tree.resolve("evenkeel"));
    for (String module : MODULES) {
      Files.createDirectories(tree.resolve(module).resolve("src/main/java"));
      Files.writeString(tree.resolve(module).resolve("pom.xml"), "<project/>");
    }
    script(
        path.resolve("mvn"),
        """
        if [ "$1" = -v ]; then echo "Apache Maven 3.9.1 (sample)"; exit 0; fi
        echo "$JAVA_HOME" >> CALLS
        [ -e BROKEN ] && { echo "[ERROR] cannot compile"; exit 1; }
        echo "[INFO] Building evenkeel-sample 0.1.0    [3/12]"
        for m in %s; do mkdir -p TREE/$m/target/classes; echo CALLS > TREE/$m/target/classpath.txt; done
        """
            .formatted(String.join(" ", MODULES))
            .replace("CALLS", dir.resolve("calls").toString())
            .replace("BROKEN", dir.resolve("broken").toString())
            .replace("TREE", tree.toString()));
  }

  @Test
  void shouldFindTheJdk25WhenJavaIsAnother() throws Exception {
    jdk(path.resolve("jdk17"), "17.0.9");
    Files.createSymbolicLink(path.resolve("java"), path.resolve("jdk17/bin/java"));
    jdk(jvms.resolve("a-jdk-17"), "17.0.9");
    Path wanted = jdk(jvms.resolve("b-jdk-25"), "25.0.1");

    Result result =
        run(Map.of("JAVA_HOME", path.resolve("jdk17").toString()), "up", "--steps", "3");

    assertThat(result.status()).isZero();
    assertThat(result.output())
        .contains("building [3/12] evenkeel-sample")
        .contains(wanted + " runs io.evenkeel.standalone.EvenkeelMain up --steps 3");
    assertThat(Files.readAllLines(dir.resolve("calls"))).containsExactly(wanted.toString());
  }

  @Test
  void shouldSayOneClearLineWhenThereIsNoJdk25() throws Exception {
    jdk(jvms.resolve("jdk-17"), "17.0.9");
    jdk(jvms.resolve("jdk-250"), "250.0.1");
    Files.createDirectories(jvms.resolve("jre-25/bin"));

    Result result = run(Map.of(), "up");

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output().strip().lines()).hasSize(1);
    assertThat(result.output()).startsWith("EVK-BUILD-JDK: no JDK 25");
    assertThat(run(Map.of(), "doctor").output())
        .contains("missing  JDK 25")
        .contains("EVK-BUILD-JDK");
  }

  @Test
  void shouldBuildAgainOnlyWhenASourceIsNewer() throws Exception {
    jdk(jvms.resolve("jdk-25"), "25.0.1");
    run(Map.of(), "up");
    run(Map.of(), "up");
    assertThat(Files.readAllLines(dir.resolve("calls"))).hasSize(1);

    Files.writeString(tree.resolve("controller/src/main/java/New.java"), "class New {}");
    run(Map.of(), "up");

    assertThat(Files.readAllLines(dir.resolve("calls"))).hasSize(2);
  }

  @Test
  void shouldShowTheErrorAndTheLogWhenTheBuildFails() throws Exception {
    jdk(jvms.resolve("jdk-25"), "25.0.1");
    Files.createFile(dir.resolve("broken"));

    Result result = run(Map.of(), "up");

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output())
        .contains("[ERROR] cannot compile")
        .contains("EVK-BUILD-FAILED")
        .contains(tree.resolve("target/build.log").toString());
  }

  @Test
  void shouldStartTheTrainerWhenAskedForIt() throws Exception {
    jdk(jvms.resolve("jdk-25"), "25.0.1");

    assertThat(run(Map.of(), "golden", "some folder").output())
        .contains("runs io.evenkeel.trainer.app.TrainerMain golden some folder");
  }

  @Test
  void shouldBuildTheEmulatedGpuWhenItIsAskedFor() throws Exception {
    jdk(jvms.resolve("jdk-25"), "25.0.1");
    script(path.resolve("g++"), "exit 0");
    Path emulator = Files.createDirectories(tree.resolve("gpu-trainer/src/test/emulator"));
    script(
        emulator.resolve("build.sh"),
        "[ -e BROKEN ] && exit 1; echo $1 >> CALLS; echo $1/libcuda.so.1"
            .replace("BROKEN", dir.resolve("broken").toString())
            .replace("CALLS", dir.resolve("emulators").toString()));

    String[] command = {"golden", "folder", "--backend", "cuda-emulated"};
    assertThat(run(Map.of(), command).output())
        .contains("TrainerMain golden folder --backend cuda-emulated");
    run(Map.of(), "golden", "folder");
    assertThat(Files.readAllLines(dir.resolve("emulators")))
        .containsExactly(tree.resolve("target/emulator").toString());

    Result without = run(Map.of("CXX", "no-such-compiler"), command);
    assertThat(without.status()).isEqualTo(1);
    assertThat(without.output().strip())
        .startsWith("EVK-TRAINER-NO-EMULATOR: no-such-compiler is not on PATH")
        .hasLineCount(1);
    Files.createFile(dir.resolve("broken"));
    assertThat(run(Map.of(), command).output())
        .contains("EVK-TRAINER-NO-EMULATOR: the emulated GPU does not compile")
        .doesNotContain("TrainerMain");
  }

  @Test
  void shouldStartAMeasurementWhenAskedForOne() throws Exception {
    jdk(jvms.resolve("jdk-25"), "25.0.1");

    assertThat(run(Map.of(), "bench", "trainer", "--report", "a b.json").output())
        .contains("runs io.evenkeel.bench.BenchMain trainer --report a b.json");
  }

  @Test
  void shouldHandTokensToTheGatewaysOwnProgramWhenAskedForThem() throws Exception {
    jdk(jvms.resolve("jdk-25"), "25.0.1");

    assertThat(run(Map.of(), "token", "create", "--runs", "team-a-*").output())
        .contains("runs io.evenkeel.gateway.cli.TokenMain create --runs team-a-*");
  }

  @Test
  void shouldListTheCommandsWhenAskedOrMistaken() throws Exception {
    assertThat(run(Map.of(), "--help").status()).isZero();
    Result mistaken = run(Map.of(), "upp");
    assertThat(mistaken.status()).isEqualTo(1);
    assertThat(mistaken.output())
        .contains("EVK-CONFIG-INVALID: there is no command 'upp'.")
        .contains("doctor");
  }

  @Test
  void shouldRunTheFastStagesFirstAndCountWhenTesting() throws Exception {
    prepareTests();

    Result result = run(Map.of(), "test");

    assertThat(result.status()).as(result.output()).isZero();
    assertThat(result.output().strip().lines()).last().isEqualTo("15 passed, 0 failed");
    assertThat(Files.readAllLines(dir.resolve("stages")))
        .satisfiesExactly(
            unit -> assertThat(unit).endsWith("verify"),
            integration ->
                assertThat(integration).contains("-DskipITs=false", "!deploy/system-tests"),
            system -> assertThat(system).contains("-DskipITs=false", "-pl deploy/system-tests"));
  }

  @Test
  void shouldStopAtTheFirstFailingStageAndCountItsFailuresWhenTesting() throws Exception {
    prepareTests();
    Files.createFile(dir.resolve("red"));

    Result result = run(Map.of(), "test");

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output()).contains("failed  unit tests");
    assertThat(result.output().strip().lines()).last().isEqualTo("3 passed, 2 failed");
    assertThat(Files.readAllLines(dir.resolve("stages"))).hasSize(1);
  }

  @Test
  void shouldCountAFailureWhenAStageFailsWithoutAFailedTest() throws Exception {
    prepareTests();
    Files.createFile(dir.resolve("broken"));

    Result result = run(Map.of(), "test");

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output()).contains("[ERROR] cannot compile");
    assertThat(result.output().strip().lines()).last().isEqualTo("0 passed, 1 failed");
  }

  /**
   * A Maven that writes one report of five tests a stage, two of them failed while a file "red" is
   * there.
   */
  private void prepareTests() throws IOException {
    jdk(jvms.resolve("jdk-25"), "25.0.1");
    script(path.resolve("chromium"), "exit 0");
    script(path.resolve("chromedriver"), "exit 0");
    script(path.resolve("g++"), "exit 0");
    script(path.resolve("python3"), "exit 0");
    script(path.resolve("prometheus-alertmanager"), "exit 0");
    script(path.resolve("node"), "echo v20.1.0");
    script(path.resolve("npm"), "exit 0");
    Path stages = tree.resolve("deploy/standalone/src/main/bash/test-stages.sh");
    Files.createDirectories(stages.getParent());
    Files.copy(Path.of("src/main/bash/test-stages.sh"), stages);
    script(
        path.resolve("mvn"),
        """
        if [ "$1" = -v ]; then echo "Apache Maven 3.9.1 (sample)"; exit 0; fi
        echo "$*" >> DIR/stages
        [ -e DIR/broken ] && { echo "[ERROR] cannot compile"; exit 1; }
        r=DIR/tree/analytics/target/surefire-reports; mkdir -p $r
        f=0; [ -e DIR/red ] && f=1
        printf '<testsuite name="S" tests="5" errors="%s" skipped="0" failures="%s">' $f $f > $r/TEST-$$.xml
        exit $f
        """
            .replace("DIR", dir.toString()));
  }

  private record Result(int status, String output) {}

  private Result run(Map<String, String> environment, String... arguments) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of(tree.resolve("evenkeel").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> clean = new TreeMap<>(environment);
    clean.put("PATH", path + ":/usr/bin:/bin");
    clean.put("HOME", dir.toString());
    clean.put("EVENKEEL_JVM_DIR", jvms.toString());
    builder.environment().clear();
    builder.environment().putAll(clean);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }

  private static Path jdk(Path home, String version) throws IOException {
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    script(home.resolve("bin/javac"), "exit 0");
    script(
        home.resolve("bin/java"),
        """
        while [ $# -gt 0 ] && [ "$1" != -cp ]; do shift; done
        shift 2
        echo "%s runs $*"
        """
            .formatted(home));
    return home;
  }

  private static void script(Path file, String body) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + body);
    executable(file);
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
