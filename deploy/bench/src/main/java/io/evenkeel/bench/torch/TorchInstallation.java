package io.evenkeel.bench.torch;

import io.evenkeel.bench.BenchException;
import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A Python with PyTorch, and the builds of OpenBLAS that it can be given.
 *
 * @param python the interpreter
 * @param version of PyTorch
 * @param builds at least one
 */
public record TorchInstallation(String python, String version, List<BlasBuild> builds) {
  private static final int PROBE_SECONDS = 120;
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /**
   * A build of OpenBLAS.
   *
   * @param name such as {@code openblas-openmp}
   * @param folder of its libblas.so.3; empty: whatever the system gives PyTorch
   */
  public record BlasBuild(String name, Optional<Path> folder) {}

  /** Copies the builds. */
  public TorchInstallation {
    builds = List.copyOf(builds);
  }

  /**
   * Looks for one: the interpreter that {@code EVENKEEL_PYTHON} names, else python3 on the path,
   * else Debian's.
   *
   * @param environment variables of this process
   * @throws BenchException naming what to install when there is none
   */
  public static TorchInstallation find(Map<String, String> environment) throws BenchException {
    String chosen = environment.getOrDefault("EVENKEEL_PYTHON", "");
    List<String> candidates =
        chosen.isBlank() ? List.of("python3", "/usr/bin/python3") : List.of(chosen);
    for (String python : candidates) {
      Optional<String> version = versionIn(python);
      if (version.isPresent()) {
        return new TorchInstallation(python, version.get(), installedBuilds());
      }
    }
    throw new BenchException(
        ErrorId.BENCH_PYTORCH,
        String.join(" and ", candidates)
            + (candidates.size() == 1 ? " has" : " have")
            + " no torch and numpy.");
  }

  private static Optional<String> versionIn(String python) {
    ProcessBuilder builder =
        new ProcessBuilder(python, "-c", "import numpy, torch; print(torch.__version__)");
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      return process.exitValue() == 0 ? Optional.of(output) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Debian keeps each build in a folder of its own, any of which can be put before the others. */
  private static List<BlasBuild> installedBuilds() {
    List<BlasBuild> found = new ArrayList<>();
    for (String root : List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu")) {
      try (DirectoryStream<Path> folders =
          Files.newDirectoryStream(Path.of(root), "openblas-{openmp,pthread}")) {
        for (Path folder : folders) {
          if (Files.exists(folder.resolve("libblas.so.3"))) {
            found.add(new BlasBuild(String.valueOf(folder.getFileName()), Optional.of(folder)));
          }
        }
      } catch (IOException e) {
        continue; // not on this machine
      }
    }
    return found.isEmpty() ? List.of(new BlasBuild("system", Optional.empty())) : found;
  }

  /**
   * What a worker's environment needs, so that PyTorch is as fast as it can be: OpenBLAS takes a
   * virtual or recent processor for one of 2004 unless it is told, at a sixth of the speed. A
   * setting of the user's stands.
   */
  static Map<String, String> environment(BlasBuild build, int threads) {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("OPENBLAS_NUM_THREADS", Integer.toString(threads));
    variables.put("OMP_NUM_THREADS", Integer.toString(threads));
    variables.put("OMP_WAIT_POLICY", "passive");
    variables.put("PYTHONDONTWRITEBYTECODE", "1");
    build.folder().ifPresent(folder -> variables.put("LD_LIBRARY_PATH", folder.toString()));
    if (System.getenv("OPENBLAS_CORETYPE") == null) {
      core().ifPresent(core -> variables.put("OPENBLAS_CORETYPE", core));
    }
    return variables;
  }

  private static Optional<String> core() {
    try {
      String flags =
          Files.readAllLines(CPU_INFO).stream()
              .filter(line -> line.startsWith("flags"))
              .findFirst()
              .orElse("");
      if (flags.contains(" avx512vl")) {
        return Optional.of("SkylakeX");
      }
      return flags.contains(" avx2") ? Optional.of("Haswell") : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
