package io.evenkeel.trainer.ops.cpu;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * The native library, loaded when this class is first used. Its handles are static, so that the
 * just-in-time compiler sees constants and inlines the calls.
 */
@SuppressWarnings("restricted")
final class OpenBlasLibrary {
  /** cblas_sgemm; a {@code critical} call, which may read and write Java arrays in place. */
  static final MethodHandle SGEMM;

  private static final int KEEP = 0;
  private static final int OVERWRITE = 1;
  private static final MethodHandle SET_THREADS;
  private static final String CORE;

  static {
    try {
      set("OPENBLAS_NUM_THREADS", "1", OVERWRITE);
      Optional<String> core = ProcessorCore.forOpenBlas();
      if (core.isPresent()) {
        set("OPENBLAS_CORETYPE", core.get(), KEEP);
      }
      Path library = libraryBeside(Path.of(Loader.load(openblas_nolapack.class)));
      SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
      Linker linker = Linker.nativeLinker();
      SET_THREADS =
          linker.downcallHandle(
              symbols.findOrThrow("openblas_set_num_threads"),
              FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
      CORE = text(linker, symbols, "openblas_get_corename");
      SGEMM = sgemm(linker, symbols);
    } catch (Throwable e) { // MethodHandle.invokeExact declares it
      throw new ExceptionInInitializerError(e);
    }
  }

  private OpenBlasLibrary() {}

  /** Name of the kernels in use, such as {@code SkylakeX}. */
  static String core() {
    return CORE;
  }

  static void setThreads(int threads) {
    try {
      SET_THREADS.invokeExact(threads);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static MethodHandle sgemm(Linker linker, SymbolLookup symbols) {
    ValueLayout.OfInt integer = ValueLayout.JAVA_INT;
    ValueLayout.OfFloat real = ValueLayout.JAVA_FLOAT;
    var pointer = ValueLayout.ADDRESS;
    return linker.downcallHandle(
        symbols.findOrThrow("cblas_sgemm"),
        FunctionDescriptor.ofVoid(
            integer, integer, integer, integer, integer, integer, real, pointer, integer, pointer,
            integer, real, pointer, integer),
        Linker.Option.critical(true));
  }

  private static Path libraryBeside(Path stub) throws IOException {
    Path folder = stub.toRealPath().getParent();
    if (folder == null) {
      throw new IOException("no folder of " + stub);
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> found =
          files
              .filter(
                  f ->
                      String.valueOf(f.getFileName())
                          .matches("libopenblas(_nolapack)?\\.(so\\.0|0\\.dylib|dll)"))
              .toList();
      if (found.size() != 1) {
        throw new IOException("needs one OpenBLAS library in " + folder + ", found " + found);
      }
      return found.getFirst();
    }
  }

  private static String text(Linker linker, SymbolLookup symbols, String function)
      throws Throwable {
    MethodHandle handle =
        linker.downcallHandle(
            symbols.findOrThrow(function), FunctionDescriptor.of(ValueLayout.ADDRESS));
    MemorySegment pointer = (MemorySegment) handle.invokeExact();
    return pointer.reinterpret(256).getString(0);
  }

  /**
   * OpenBLAS reads its settings from the C environment when it is loaded. It must not start threads
   * of its own; the choice of kernels is the user's if there is one.
   */
  private static void set(String name, String value, int overwrite) throws Throwable {
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> setenv = linker.defaultLookup().find("setenv");
    if (setenv.isEmpty()) {
      return;
    }
    MethodHandle handle =
        linker.downcallHandle(
            setenv.get(),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      int unused =
          (int) handle.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), overwrite);
    }
  }
}
