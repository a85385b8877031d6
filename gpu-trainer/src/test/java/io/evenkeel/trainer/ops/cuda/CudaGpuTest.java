package io.evenkeel.trainer.ops.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.trainer.golden.GoldenCheck;
import io.evenkeel.trainer.golden.GoldenFiles;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.TensorOpsContract;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the emulation proves, on a real card; skipped, with the reason, where there is none. In a
 * process of its own.
 */
@Tag("gpu")
final class CudaGpuTest extends TensorOpsContract {
  private CudaTensorOps ops;

  @BeforeEach
  void open() {
    try {
      ops = CudaTensorOps.open(GemmPrecision.FP32, 0);
    } catch (CudaUnavailableException e) {
      System.out.println("No test on a real GPU: " + e.getMessage());
      Assumptions.abort(e.getMessage());
    }
    assertThat(ops.device().isEmulated()).isFalse();
  }

  @AfterEach
  void close() {
    if (ops != null) {
      ops.close();
    }
  }

  @Override
  protected TensorOps ops() {
    return ops;
  }

  @Test
  void shouldAgreeWithTheReferenceOnRowsLongerThanABlock() {
    try (ReferenceTensorOps reference = new ReferenceTensorOps()) {
      CudaDenseTest.close(
          CudaDenseTest.norm(reference, 300, 1000), CudaDenseTest.norm(ops, 300, 1000));
      CudaDenseTest.close(
          CudaDenseTest.embedding(reference, 3000, 200, 50),
          CudaDenseTest.embedding(ops, 3000, 200, 50));
    }
  }

  @Test
  void shouldComputeTheSameBitsTwice() {
    assertThat(CudaDenseTest.norm(ops, 1000, 500)).isEqualTo(CudaDenseTest.norm(ops, 1000, 500));
  }

  @Test
  void shouldPassTheGoldenCases(@TempDir Path folder) {
    List<Path> files = new ArrayList<>();
    for (String name : List.of("p1_tiny", "p2_small", "p3_groups")) {
      files.add(GoldenFiles.unpack(name, folder));
    }
    List<String> lines = new ArrayList<>();
    assertThat(new GoldenCheck(List.of(ops), lines::add).run(files).good())
        .as(String.join("\n", lines))
        .isTrue();
  }
}
