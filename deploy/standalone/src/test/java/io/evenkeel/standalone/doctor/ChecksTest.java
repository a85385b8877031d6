package io.evenkeel.standalone.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.standalone.doctor.Finding.Level;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChecksTest {
  @TempDir Path dir;

  @Test
  void shouldSayWhatToDoWhenAPortIsInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Finding finding = InstallationChecks.port("Port", taken.getLocalPort());
      assertThat(finding.level()).isEqualTo(Level.NOTE);
      assertThat(finding.text()).contains("in use").contains("-> ").contains("--port");
    }
  }

  @Test
  void shouldCallItMissingWhenTheNamedDatabaseIsDown() {
    Finding finding =
        InstallationChecks.externalDatabase(
            Map.of("EVENKEEL_DB_URL", "jdbc:postgresql://127.0.0.1:1/evenkeel"));
    assertThat(finding.level()).isEqualTo(Level.MISSING);
    assertThat(finding.remedy()).contains("EVENKEEL_DB_URL");
    assertThat(InstallationChecks.externalDatabase(Map.of()).level()).isEqualTo(Level.OK);
  }

  @Test
  void shouldMeasureMemoryWhenTheKernelTells() throws Exception {
    Path meminfo = dir.resolve("meminfo");
    Files.writeString(meminfo, "MemTotal: 9 kB\nMemAvailable:    8388608 kB\n");
    assertThat(MachineChecks.memory(meminfo)).isEqualTo(Finding.ok("Memory", "8192 MiB available"));
    Files.writeString(meminfo, "MemAvailable:    1048576 kB\n");
    assertThat(MachineChecks.memory(meminfo).level()).isEqualTo(Level.NOTE);
    assertThat(MachineChecks.memory(dir.resolve("none")).level()).isEqualTo(Level.NOTE);
  }

  @Test
  void shouldFindOpenBlasWhenTheTrainersClassPathHasIt() throws Exception {
    Path list = dir.resolve("classpath.txt");
    Files.writeString(list, "/a/openblas-0.3.31-1.5.13.jar:/a/other.jar");
    assertThat(InstallationChecks.blas(list).level()).isEqualTo(Level.NOTE);
    Files.writeString(list, "/a/openblas-0.3.31-1.5.13-linux-x86_64.jar");
    assertThat(InstallationChecks.blas(list).level())
        .isEqualTo(System.getProperty("os.arch").equals("amd64") ? Level.OK : Level.NOTE);
    assertThat(InstallationChecks.blas(dir.resolve("none")).found()).contains("not built");
  }

  @Test
  void shouldNameTheCardWhenNvidiasToolDoes() {
    String card = "NVIDIA GeForce RTX 3060, 8.6, 11900 MiB, 550.54.14";
    assertThat(MachineChecks.gpu(Optional.of(card + "\nanother")))
        .isEqualTo(Finding.ok("GPU", card));
    Finding old = MachineChecks.gpu(Optional.of("Tesla P100, 6.0, 16000 MiB, 470.1"));
    assertThat(old.level()).isEqualTo(Level.NOTE);
    assertThat(old.remedy()).contains("7.0");
    assertThat(MachineChecks.gpu(Optional.empty()).remedy()).contains("CPU");
    assertThat(MachineChecks.gpu(Optional.of("No devices were found")).level())
        .isEqualTo(Level.NOTE);
  }
}
