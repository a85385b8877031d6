package io.evenkeel.trainer.ops.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which of OpenBLAS's kernels fits this processor, by its feature flags. OpenBLAS itself goes by
 * family and model, which a virtual machine or a newer processor makes it take for one of 2004, at
 * a sixth of the speed.
 */
final class ProcessorCore {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final List<String> AVX512 =
      List.of("avx512f", "avx512dq", "avx512cd", "avx512bw", "avx512vl");
  private static final List<String> AVX2 = List.of("avx2", "fma");

  private ProcessorCore() {}

  /** OpenBLAS's name of the kernels to use; empty where its own choice is the better. */
  static Optional<String> forOpenBlas() {
    try {
      return Files.isReadable(CPU_INFO)
          ? fromCpuInfo(Files.readAllLines(CPU_INFO))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  static Optional<String> fromCpuInfo(List<String> lines) {
    Optional<Set<String>> flags =
        lines.stream()
            .filter(line -> line.startsWith("flags") && line.contains(":"))
            .findFirst()
            .map(line -> line.substring(line.indexOf(':') + 1).trim().split(" +"))
            .map(words -> new HashSet<>(Arrays.asList(words)));
    if (flags.isEmpty()) {
      return Optional.empty();
    }
    if (flags.get().containsAll(AVX512)) {
      return Optional.of("SkylakeX");
    }
    return flags.get().containsAll(AVX2) ? Optional.of("Haswell") : Optional.empty();
  }
}
