package io.evenkeel.trainer.ops.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.trainer.ops.cuda.EmulatedGpu.Ended;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import jcuda.CudaException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The emulated GPU finds what it is for. */
final class EmulatorTest {
  private static final Path SOURCES = Path.of("src/main/cuda");
  private static final Path EMULATOR = Path.of("src/test/emulator");

  @Test
  void shouldFindFaultyKernelsAndProveTheMathematics(@TempDir Path folder) {
    Assumptions.assumeTrue(EmulatedGpu.hasCompiler(), "g++ is not installed: no emulated GPU");
    String program = folder.resolve("check").toString();
    EmulatedGpu.run(
        "g++",
        "-std=c++17",
        "-O2",
        "-mfma",
        "-U_FORTIFY_SOURCE",
        "-fno-strict-aliasing",
        "-DGPU_EMULATED",
        "-I" + EMULATOR,
        "-I" + SOURCES,
        EMULATOR.resolve("emulator_check.cpp").toString(),
        EMULATOR.resolve("fibers.cpp").toString(),
        "-o",
        program);
    assertThat(EmulatedGpu.run(program)).startsWith("largest error");
  }

  /**
   * Takes the barrier of that number out of a copy of the sources, and answers how a probe ends.
   */
  private static Ended probeWithout(Path copies, String file, int barrier) throws IOException {
    try (Stream<Path> sources = Files.list(SOURCES)) {
      for (Path source : sources.toList()) {
        Files.copy(source, copies.resolve(source.getFileName()));
      }
    }
    Path changed = copies.resolve(file);
    String text = Files.readString(changed);
    int at = -1;
    for (int i = 0; i < barrier; i++) {
      at = text.indexOf("__syncthreads();", at + 1);
      assertThat(at).as("barrier %d of %s", i + 1, file).isNotNegative();
    }
    if (barrier > 0) {
      Files.writeString(changed, text.substring(0, at) + text.substring(at + 16));
    }
    Path library = EmulatedGpu.buildFromObjects(copies.resolve("build"), copies);
    return EmulatedGpu.execute(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED",
        "-D" + EmulatedGpu.LIBRARY + "=" + library,
        "-cp",
        System.getProperty("java.class.path"),
        BarrierProbe.class.getName());
  }

  @ParameterizedTest(name = "barrier {1} of {0}")
  @CsvSource({"embedding.cu, 1", "rms_norm.cu, 1"})
  void shouldFailWhenABarrierIsTakenOut(String file, int barrier, @TempDir Path copies)
      throws IOException {
    Assumptions.assumeTrue(EmulatedGpu.hasCompiler(), "g++ is not installed: no emulated GPU");
    Ended ended = probeWithout(copies, file, barrier);
    assertThat(ended.status()).as(ended.output()).isEqualTo(BarrierProbe.DISAGREES);
  }

  @Test
  void shouldPassWhenNoBarrierIsTakenOut(@TempDir Path copies) throws IOException {
    Assumptions.assumeTrue(EmulatedGpu.hasCompiler(), "g++ is not installed: no emulated GPU");
    Ended ended = probeWithout(copies, "embedding.cu", 0);
    assertThat(ended.status()).as(ended.output()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"6", "5000", "100000000"})
  void shouldFailTheNextCallWhenAKernelWritesOutsideAnAllocation(int size)
      throws CudaUnavailableException {
    EmulatedGpu gpu = EmulatedGpu.get();
    gpu.configure("quiet", 1);
    try (CudaRuntime runtime = CudaRuntime.open(0)) {
      CudaMemory memory = new CudaMemory(runtime);
      Tensor x = memory.allocate(Shape.of(5));
      runtime.kernel("add").stride(size, 256).tensor(x).tensor(x).tensor(x).integer(size).launch();
      assertThatThrownBy(runtime::synchronize)
          .isInstanceOf(CudaException.class)
          .hasMessageContaining("CUDA_ERROR_ILLEGAL_ADDRESS");
      assertThatThrownBy(() -> memory.toArray(x)).isInstanceOf(CudaException.class);
    }
    assertThat(gpu.counter("live-allocations")).isZero();
    assertThat(gpu.counter("live-contexts")).isZero();
  }

  @Test
  void shouldRefusePtxOfOtherSources() throws CudaUnavailableException {
    EmulatedGpu.get().configure("quiet", 1);
    try (CudaRuntime runtime = CudaRuntime.open(0)) {
      String ptx = PtxLibrary.read("elementwise.sm_70.ptx");
      runtime.load(ptx);
      assertThatThrownBy(() -> runtime.load(ptx.replaceFirst("sha256: ....", "sha256: beef")))
          .isInstanceOf(CudaException.class)
          .hasMessageContaining("CUDA_ERROR_INVALID_PTX");
      assertThatThrownBy(() -> runtime.load(ptx.replaceFirst("u32 add_param_3", "f32 add_param_3")))
          .isInstanceOf(CudaException.class)
          .hasMessageContaining("CUDA_ERROR_INVALID_PTX");
      assertThatThrownBy(() -> runtime.load("not PTX")).isInstanceOf(CudaException.class);
    }
  }
}
