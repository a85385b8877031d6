package io.evenkeel.trainer.ops.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The stand-in driver of src/test/emulator in this process: built when it is stale, loaded once,
 * before JCuda looks for a driver. A test that asks for it is skipped where there is no g++.
 */
public final class EmulatedGpu {
  /** System property: a stand-in driver that is already built. */
  static final String LIBRARY = "evenkeel.test.emulator";

  private static final Path OUTPUT = Path.of("target", "emulator").toAbsolutePath();

  /** Lives as long as the process, as a library does. */
  private static final class Loaded {
    static final EmulatedGpu GPU = new EmulatedGpu(chosen());

    /** That of a test's child process, or the one that is built of the sources. */
    private static Path chosen() {
      String library = System.getProperty(LIBRARY);
      return library == null ? build(OUTPUT, Path.of("src/main/cuda")) : Path.of(library);
    }
  }

  private final Path library;
  private final MethodHandle configure;
  private final MethodHandle counter;

  private EmulatedGpu(Path library) {
    this.library = library;
    System.load(library.toString());
    SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
    Linker linker = Linker.nativeLinker();
    configure =
        linker.downcallHandle(
            symbols.findOrThrow("emulator_configure"),
            FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    counter =
        linker.downcallHandle(
            symbols.findOrThrow("emulator_counter"),
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
  }

  /** The emulated GPU with its usual settings; skips the test without g++. */
  public static EmulatedGpu get() {
    Assumptions.assumeTrue(hasCompiler(), "g++ is not installed: no emulated GPU");
    EmulatedGpu gpu = Loaded.GPU;
    gpu.configure("devices", 1);
    gpu.configure("driver", 12_060);
    gpu.configure("major", 8);
    gpu.configure("minor", 0);
    gpu.configure("memory", 4L << 30);
    gpu.configure("backwards", 0);
    gpu.configure("quiet", 0);
    return gpu;
  }

  /** The stand-in's libcuda.so.1. */
  public Path library() {
    return library;
  }

  static boolean hasCompiler() {
    return onPath("g++");
  }

  static boolean onPath(String program) {
    for (String folder : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  /** Builds the stand-in driver of these sources and answers its path. */
  static Path build(Path output, Path sources) {
    return Path.of(
        run("bash", "src/test/emulator/build.sh", output.toString(), sources.toString()).strip());
  }

  /** As {@link #build}, compiling only what differs from the sources of src/main/cuda. */
  static Path buildFromObjects(Path output, Path sources) throws IOException {
    Path built = build(OUTPUT, Path.of("src/main/cuda")).getParent();
    Files.createDirectories(output);
    try (Stream<Path> files = Files.list(built)) {
      for (Path file : files.filter(f -> f.toString().matches(".*\\.o(\\.key)?")).toList()) {
        Files.copy(file, output.resolve(file.getFileName()));
      }
    }
    return build(output, sources);
  }

  /** Runs a program, which must succeed, and answers what it printed. */
  static String run(String... command) {
    Ended ended = execute(command);
    if (ended.status() != 0) {
      throw new AssertionError(String.join(" ", command) + ": " + ended);
    }
    return ended.output();
  }

  /** How a program ended. */
  record Ended(int status, String output) {}

  /** Runs a program and waits for its end. */
  static Ended execute(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Ended(process.waitFor(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Changes a setting of the stand-in: see settings in driver.cpp. */
  public void configure(String key, long value) {
    try (Arena arena = Arena.ofConfined()) {
      configure.invokeExact(arena.allocateFrom(key), value);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** What the stand-in has counted since the process began, such as allocations or launches. */
  public long counter(String key) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(key);
      return (long) counter.invokeExact(name);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
