package io.evenkeel.trainer.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.trainer.app.Backends.Options;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.cuda.EmulatedGpu;
import io.evenkeel.trainer.ops.cuda.GemmPrecision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BackendsTest {
  private static final Options EXACT = Options.exact(1);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          devices | 0     | EVK-TRAINER-NO-DEVICE: The NVIDIA driver finds no card: CUDA_ERROR_NO_DEVICE. Use --backend cpu.
          driver  | 9020  | EVK-TRAINER-OLD-DRIVER: The NVIDIA driver speaks CUDA 9.2; 10.0 is needed. Update NVIDIA's driver, or use --backend cpu.
          major   | 6     | EVK-TRAINER-OLD-DEVICE: Emulated GPU has compute capability 6.0; 7.0 is needed. Use a GPU of compute capability 7.0 or newer, or --backend cpu.
          memory  | 1000  | EVK-TRAINER-DEVICE-MEMORY: The run needs 1.50 GiB; 0.00 of the 0.00 GiB of Emulated GPU are free. Stop what else uses the GPU, make the model or the batch smaller, or use --backend cpu.
          """)
  void shouldTellInOneLineWhyThereIsNoGpu(String setting, long value, String line) {
    EmulatedGpu gpu = EmulatedGpu.get();
    gpu.configure(setting, value);
    Options large = new Options(1, GemmPrecision.FP32, 3L << 29);
    assertThatThrownBy(() -> Backends.emulated(large, gpu.library().toString()))
        .isInstanceOf(UnusableException.class)
        .hasMessage(line);
    assertThatThrownBy(() -> Backends.CUDA.create(large))
        .isInstanceOf(UnusableException.class)
        .hasMessage(line);
    assertThat(gpu.counter("live-contexts")).isZero();
    EmulatedGpu.get();
  }

  @Test
  void shouldComputeOnTheGpuByItselfWhereThereIsOneAndOnTheCpuElsewhere() throws UnusableException {
    EmulatedGpu gpu = EmulatedGpu.get();
    try (TensorOps ops = Backends.AUTO.create(EXACT)) {
      assertThat(ops.name()).isEqualTo("cuda-emulated");
    }
    gpu.configure("devices", 0);
    try (TensorOps ops = Backends.AUTO.create(EXACT)) {
      assertThat(ops.name()).isEqualTo("cpu");
    } finally {
      EmulatedGpu.get();
    }
  }

  @Test
  void shouldTellInOneLineWhenThereIsNoEmulation() {
    assertThatThrownBy(() -> Backends.emulated(EXACT, null))
        .isInstanceOf(UnusableException.class)
        .hasMessageStartingWith("EVK-TRAINER-NO-EMULATOR: ")
        .hasMessageContaining("EVENKEEL_CUDA_EMULATOR is not set.");
    assertThatThrownBy(() -> Backends.emulated(EXACT, "/nowhere/libcuda.so.1"))
        .isInstanceOf(UnusableException.class)
        .hasMessageStartingWith("EVK-TRAINER-NO-EMULATOR: ")
        .hasMessageContaining("/nowhere/libcuda.so.1");
  }

  /** In a process of its own, which has no emulated driver loaded. */
  @Test
  void shouldSayOneLineAndFailWhenThereIsNoDriver(@TempDir Path folder)
      throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        !Files.exists(Path.of("/usr/lib/x86_64-linux-gnu/libcuda.so.1"))
            && !Files.exists(Path.of("/usr/lib64/libcuda.so.1")),
        "this machine has NVIDIA's driver");
    Files.writeString(folder.resolve("a.json"), "{}");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                TrainerMain.class.getName(),
                "golden",
                folder.toString(),
                "--backend",
                "cuda")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(output.lines())
        .singleElement()
        .asString()
        .startsWith(
            "EVK-TRAINER-NO-DRIVER: NVIDIA's driver library libcuda.so.1 could not be loaded");
  }
}
