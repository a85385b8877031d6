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
import org.junit.jupiter.api.Assumptions;

/**
 * The stand-in driver of src/test/emulator in this process: built when it is stale, loaded once,
 * before JCuda looks for a driver. A test that asks for it is skipped where there is no g++.
 */
final class EmulatedGpu {
  private static final Path OUTPUT = Path.of("target", "emulator").toAbsolutePath();

  /** Lives as long as the process, as a library does. */
  private static final class Loaded {
    static final EmulatedGpu GPU = new EmulatedGpu(build(OUTPUT, Path.of("src/main/cuda")));
  }

  private final MethodHandle configure;
  private final MethodHandle counter;

  private EmulatedGpu(Path library) {
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
  static EmulatedGpu get() {
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

  /** Runs a program, which must succeed, and answers what it printed. */
  static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      if (status != 0) {
        throw new AssertionError(String.join(" ", command) + ": status " + status + "\n" + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Changes a setting of the stand-in: see settings in driver.cpp. */
  void configure(String key, long value) {
    try (Arena arena = Arena.ofConfined()) {
      configure.invokeExact(arena.allocateFrom(key), value);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** What the stand-in has counted since the process began, such as allocations or launches. */
  long counter(String key) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(key);
      return (long) counter.invokeExact(name);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
