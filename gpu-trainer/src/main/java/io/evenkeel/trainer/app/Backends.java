package io.evenkeel.trainer.app;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.cpu.CpuTensorOps;
import io.evenkeel.trainer.ops.cuda.CudaTensorOps;
import io.evenkeel.trainer.ops.cuda.CudaUnavailableException;
import io.evenkeel.trainer.ops.cuda.CudaUnavailableException.Reason;
import io.evenkeel.trainer.ops.cuda.GemmPrecision;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The backends that can be asked for by name. */
enum Backends {
  /** Plain loops in double precision. */
  REFERENCE,
  /** Single precision with OpenBLAS. */
  CPU,
  /** An NVIDIA GPU. */
  CUDA,
  /** The kernels of CUDA on the CPU, through a stand-in driver: slow, and for checks. */
  CUDA_EMULATED,
  /** A GPU where one can be used, else the CPU. */
  AUTO;

  /** Names the stand-in driver of CUDA_EMULATED; ./evenkeel builds it and sets this. */
  static final String EMULATOR = "EVENKEEL_CUDA_EMULATOR";

  private static final Logger LOG = LoggerFactory.getLogger(Backends.class);

  /**
   * How a backend is to compute.
   *
   * @param threads of matrix products on the CPU, at least 1
   * @param precision of matrix products on a GPU
   * @param deviceBytes predicted need of memory of a GPU, 0 if that is not known
   */
  record Options(int threads, GemmPrecision precision, long deviceBytes) {
    Options {
      if (threads < 1 || deviceBytes < 0) {
        throw new IllegalArgumentException("threads " + threads + ", bytes " + deviceBytes);
      }
    }

    /** As exactly as the backend can, with no prediction. */
    static Options exact(int threads) {
      return new Options(threads, GemmPrecision.FP32, 0);
    }
  }

  /** Opens it to compute exactly, or tells in one line why it cannot be. */
  TensorOps create(int threads) throws UnusableException {
    return create(Options.exact(threads));
  }

  /** Opens it, or tells in one line why it cannot be. */
  TensorOps create(Options options) throws UnusableException {
    return switch (this) {
      case REFERENCE -> new ReferenceTensorOps();
      case CPU -> CpuTensorOps.create(options.threads());
      case CUDA -> cuda(options);
      case CUDA_EMULATED -> emulated(options, System.getenv(EMULATOR));
      case AUTO -> fastest(options);
    };
  }

  private static TensorOps cuda(Options options) throws UnusableException {
    try {
      return CudaTensorOps.open(options.precision(), options.deviceBytes());
    } catch (CudaUnavailableException e) {
      throw new UnusableException(error(e.reason()), String.valueOf(e.getMessage()));
    }
  }

  private static TensorOps fastest(Options options) {
    try {
      return CudaTensorOps.open(options.precision(), options.deviceBytes());
    } catch (CudaUnavailableException e) {
      if (e.reason() != Reason.NO_DRIVER) {
        LOG.warn(
            "Computing on the CPU. {}", error(e.reason()).line(String.valueOf(e.getMessage())));
      }
      return CpuTensorOps.create(options.threads());
    }
  }

  /** Opens the emulated GPU of that library. */
  static TensorOps emulated(Options options, @Nullable String library) throws UnusableException {
    if (library == null || library.isBlank()) {
      throw new UnusableException(ErrorId.TRAINER_NO_EMULATOR, EMULATOR + " is not set.");
    }
    try {
      CudaTensorOps.useEmulator(Path.of(library));
    } catch (CudaUnavailableException e) {
      throw new UnusableException(ErrorId.TRAINER_NO_EMULATOR, String.valueOf(e.getMessage()));
    }
    return cuda(options);
  }

  private static ErrorId error(Reason reason) {
    return switch (reason) {
      case NO_DRIVER -> ErrorId.TRAINER_NO_DRIVER;
      case DRIVER_TOO_OLD -> ErrorId.TRAINER_OLD_DRIVER;
      case NO_DEVICE -> ErrorId.TRAINER_NO_DEVICE;
      case CARD_TOO_OLD -> ErrorId.TRAINER_OLD_DEVICE;
      case TOO_LITTLE_MEMORY -> ErrorId.TRAINER_DEVICE_MEMORY;
    };
  }

  /** As it is written on the command line, such as {@code cuda-emulated}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
