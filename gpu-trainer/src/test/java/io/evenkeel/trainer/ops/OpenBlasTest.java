package io.evenkeel.trainer.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.trainer.ops.cpu.CpuTensorOps;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

final class OpenBlasTest {
  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void shouldLoadOpenBlasWhereItsNativesAreBundled() {
    assertThat(CpuTensorOps.create(1).gemmDescription())
        .startsWith("OpenBLAS ")
        .endsWith("threads 1")
        .doesNotContain("Prescott");
  }
}
