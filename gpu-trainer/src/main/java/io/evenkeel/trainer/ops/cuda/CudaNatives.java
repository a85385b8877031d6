package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.ops.cuda.CudaUnavailableException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import jcuda.driver.JCudaDriver;

/** Loads JCuda's native libraries. */
final class CudaNatives {
  private static final String TEMPORARY = "java.io.tmpdir";

  private CudaNatives() {}

  /** The driver API; does nothing when it has been loaded. */
  static void loadDriver() throws CudaUnavailableException {
    try {
      unpackPrivately(() -> JCudaDriver.setExceptionsEnabled(true));
    } catch (UnsatisfiedLinkError | NoClassDefFoundError | ExceptionInInitializerError e) {
      throw new CudaUnavailableException(
          Reason.NO_DRIVER,
          "NVIDIA's driver library libcuda.so.1 could not be loaded on "
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch")
              + ".");
    }
  }

  /**
   * Runs what makes JCuda unpack a library. It does so under a fixed name in java.io.tmpdir, where
   * it would find, and load, whatever anybody else has put there: so that folder is a new one of
   * our own meanwhile.
   */
  static synchronized void unpackPrivately(Runnable use) {
    String shared = System.getProperty(TEMPORARY);
    Path folder;
    try {
      folder = Files.createTempDirectory("evenkeel-jcuda-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.setProperty(TEMPORARY, folder.toString());
    try {
      use.run();
    } finally {
      System.setProperty(TEMPORARY, shared);
      delete(folder);
    }
  }

  // A library that has been loaded needs its file no longer.
  private static void delete(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
