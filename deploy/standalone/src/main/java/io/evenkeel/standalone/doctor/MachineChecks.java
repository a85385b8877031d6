package io.evenkeel.standalone.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks of the machine and what is installed on it. */
final class MachineChecks {
  private static final int COMMAND_SECONDS = 20;
  private static final long WANTED_MEMORY_MEBIBYTES = 4096;
  private static final int JDK = 25;
  private static final int NODE = 20;
  private static final int PYTHON_MINOR = 9;

  private MachineChecks() {}

  static Finding jdk() {
    String found = Runtime.version() + " in " + System.getProperty("java.home");
    return Runtime.version().feature() == JDK
        ? Finding.ok("JDK", found)
        : Finding.missing("JDK", found, "Install a JDK 25 and set JAVA_HOME to it.");
  }

  static Finding maven() {
    String remedy = "Install Maven 3.8 or newer (for example: apt-get install maven).";
    Optional<String> version = firstMatch(output("mvn", "-v"), "Apache Maven (\\d+\\.\\d+)");
    if (version.isEmpty()) {
      return Finding.missing("Maven", "mvn is not on PATH, or does not run", remedy);
    }
    String[] parts = version.get().split("\\.");
    int major = Integer.parseInt(parts[0]);
    boolean enough = major > 3 || (major == 3 && Integer.parseInt(parts[1]) >= 8);
    return enough
        ? Finding.ok("Maven", version.get())
        : Finding.missing("Maven", version.get(), remedy);
  }

  static Finding cores() {
    int cores = Runtime.getRuntime().availableProcessors();
    return cores >= 2
        ? Finding.ok("Cores", Integer.toString(cores))
        : Finding.note(
            "Cores", "1", "Two or more keep the alerts prompt while the trainer computes.");
  }

  static Finding memory(Path meminfo) {
    try {
      Optional<String> kibibytes =
          firstMatch(Optional.of(Files.readString(meminfo)), "MemAvailable:\\s+(\\d+) kB");
      if (kibibytes.isEmpty()) {
        return Finding.note("Memory", "unknown", "");
      }
      long mebibytes = Long.parseLong(kibibytes.get()) / 1024;
      String found = mebibytes + " MiB available";
      return mebibytes >= WANTED_MEMORY_MEBIBYTES
          ? Finding.ok("Memory", found)
          : Finding.note(
              "Memory",
              found,
              "Everything together takes up to " + WANTED_MEMORY_MEBIBYTES + " MiB.");
    } catch (IOException e) {
      return Finding.note("Memory", "unknown (" + e.getMessage() + ")", "");
    }
  }

  static Finding gpuDriver() {
    Optional<String> library =
        firstMatch(output("ldconfig", "-p"), "libcuda\\.so\\.1 .*=> (\\S+)")
            .or(
                () ->
                    List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib/wsl/lib").stream()
                        .map(folder -> folder + "/libcuda.so.1")
                        .filter(file -> Files.exists(Path.of(file)))
                        .findFirst());
    return library
        .map(file -> Finding.ok("GPU driver", file))
        .orElseGet(
            () ->
                Finding.note(
                    "GPU driver",
                    "no libcuda.so.1",
                    "Without an NVIDIA driver the trainer computes on the CPU."));
  }

  static Finding gpu() {
    return gpu(
        output(
            "nvidia-smi",
            "--query-gpu=name,compute_cap,memory.free,driver_version",
            "--format=csv,noheader"));
  }

  /** From the lines of nvidia-smi, one a card: name, compute capability, free memory, driver. */
  static Finding gpu(Optional<String> cards) {
    String subject = "GPU";
    Optional<String> first = cards.flatMap(text -> text.lines().findFirst());
    if (first.isEmpty() || !first.get().contains(",")) {
      return Finding.note(
          subject, "no card that nvidia-smi knows", "The trainer computes on the CPU.");
    }
    String found = first.get().strip();
    boolean enough = firstMatch(first, ", *(\\d+)\\.\\d+ *,").map(Integer::parseInt).orElse(0) >= 7;
    return enough
        ? Finding.ok(subject, found)
        : Finding.note(
            subject, found, "The trainer needs compute capability 7.0: it computes on the CPU.");
  }

  static Finding compiler() {
    return onPath("g++")
        ? Finding.ok("C++ compiler", "g++")
        : Finding.note(
            "C++ compiler",
            "g++ is missing",
            "For --backend cuda-emulated and its tests alone: apt-get install g++.");
  }

  static Finding kernelCompiler() {
    return onPath("clang-16")
        ? Finding.ok("Kernel compiler", "clang-16")
        : Finding.note(
            "Kernel compiler",
            "clang-16 is missing",
            "Only to change CUDA kernels: apt-get install clang-16.");
  }

  static Finding browser() {
    boolean there = onPath("chromium") && onPath("chromedriver");
    return there
        ? Finding.ok("Browser for tests", "chromium and chromedriver")
        : Finding.note(
            "Browser for tests",
            "chromium or chromedriver is missing",
            "For ./evenkeel test alone: apt-get install chromium chromium-driver.");
  }

  /** Node, for the tests on TimescaleDB's SQL and with OpenTelemetry's JavaScript. */
  static Finding node() {
    String subject = "Node for tests";
    String remedy = "For ./evenkeel test alone: apt-get install nodejs npm (20 or newer).";
    Optional<String> version = firstMatch(output("node", "--version"), "v(\\d+\\.\\d+)");
    if (version.isEmpty()) {
      return Finding.note(subject, "node is missing", remedy);
    }
    return Integer.parseInt(version.get().split("\\.")[0]) >= NODE
        ? Finding.ok(subject, version.get())
        : Finding.note(subject, version.get(), remedy);
  }

  /** Python, for which there is a client. */
  static Finding python() {
    String subject = "Python for its client";
    Optional<String> version = firstMatch(output("python3", "--version"), "Python (3\\.\\d+)");
    return version.isPresent() && Integer.parseInt(version.get().substring(2)) >= PYTHON_MINOR
        ? Finding.ok(subject, version.get())
        : Finding.note(
            subject,
            version.orElse("python3 is missing"),
            "For the Python client and its tests: Python 3.9 or newer.");
  }

  /** PyTorch, which the trainer is compared with. */
  static Finding pytorch() {
    String subject = "PyTorch to compare with";
    List<String> candidates =
        List.of(
            Optional.ofNullable(System.getenv("EVENKEEL_PYTHON")).orElse("python3"),
            "/usr/bin/python3");
    for (String python : candidates) {
      Optional<String> version =
          firstMatch(
              output(python, "-c", "import numpy, torch; print('torch', torch.__version__)"),
              "torch (\\S+)");
      if (version.isPresent()) {
        return Finding.ok(subject, version.get() + " in " + python);
      }
    }
    return Finding.note(
        subject,
        "no Python with torch and numpy",
        "For ./evenkeel bench and test alone: apt-get install python3-torch python3-numpy libopenblas0.");
  }

  /** Prometheus and Alertmanager, which the delivery of alerts is compared with. */
  static Finding prometheus() {
    String subject = "Alerting to compare with";
    return onPath("prometheus") && onPath("prometheus-alertmanager")
        ? Finding.ok(subject, "prometheus and prometheus-alertmanager")
        : Finding.note(
            subject,
            "prometheus or prometheus-alertmanager is missing",
            "For ./evenkeel bench alert-latency and test alone: apt-get install prometheus prometheus-alertmanager.");
  }

  static boolean onPath(String program) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return List.of(path.split(":")).stream()
        .filter(folder -> !folder.isEmpty())
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static Optional<String> firstMatch(Optional<String> text, String pattern) {
    return text.map(t -> Pattern.compile(pattern).matcher(t))
        .filter(Matcher::find)
        .map(m -> m.group(1));
  }

  /** What a program prints, or empty if it cannot be run. */
  private static Optional<String> output(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0
          ? Optional.of(text)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
