package io.evenkeel.bench.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.bench.BenchException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TorchInstallationTest {
  @Test
  void shouldNameThePackagesWhenThereIsNoPyTorch() {
    Map<String, String> environment = Map.of("EVENKEEL_PYTHON", "/nowhere/python3");

    assertThatThrownBy(() -> TorchInstallation.find(environment))
        .isInstanceOfSatisfying(
            BenchException.class,
            e ->
                assertThat(e.line())
                    .startsWith("EVK-BENCH-PYTORCH: /nowhere/python3 has no torch and numpy.")
                    .contains("python3-torch python3-numpy libopenblas0"));
  }

  @Test
  void shouldGiveEachWorkerItsThreadsAndItsBuildOfBlas() {
    TorchInstallation.BlasBuild build =
        new TorchInstallation.BlasBuild("openblas-openmp", Optional.of(Path.of("/usr/lib/omp")));

    assertThat(TorchInstallation.environment(build, 2))
        .containsEntry("OPENBLAS_NUM_THREADS", "2")
        .containsEntry("OMP_NUM_THREADS", "2")
        .containsEntry("OMP_WAIT_POLICY", "passive")
        .containsEntry("LD_LIBRARY_PATH", "/usr/lib/omp");
  }
}
