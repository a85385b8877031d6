package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.ops.cuda.CudaUnavailableException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jcuda.CudaException;
import jcuda.driver.CUcontext;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A card in use: its context, the kernels, device memory. Everything goes through one stream, so
 * launches and copies run in the order in which they were asked for.
 */
final class CudaRuntime implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CudaRuntime.class);
  private static final ThreadLocal<@Nullable CudaRuntime> CURRENT = new ThreadLocal<>();

  private final CudaDevice device;
  private final CUcontext context = new CUcontext();
  private final List<CUmodule> modules = new ArrayList<>();
  private final Map<String, CudaKernel> kernels = new HashMap<>();
  private final List<CudaBuffer> buffers = new ArrayList<>();
  private @Nullable CudaBuffer workspace;
  private long submissions;
  private boolean closed;

  private CudaRuntime(CudaDevice device) {
    this.device = device;
  }

  /**
   * Takes the first card into use.
   *
   * @param neededBytes device memory that must be free, 0 if that is not known
   * @throws CudaUnavailableException if there is no such card
   */
  static CudaRuntime open(long neededBytes) throws CudaUnavailableException {
    CudaRuntime runtime = new CudaRuntime(CudaDevice.find());
    JCudaDriver.cuCtxCreate(runtime.context, 0, CudaDevice.handle());
    CURRENT.set(runtime);
    try {
      runtime.checkMemory(neededBytes);
      runtime.loadKernels();
      return runtime;
    } catch (CudaUnavailableException | RuntimeException e) {
      runtime.close();
      throw e;
    }
  }

  private void checkMemory(long needed) throws CudaUnavailableException {
    long free = freeBytes();
    if (needed > free) {
      throw new CudaUnavailableException(
          Reason.TOO_LITTLE_MEMORY,
          String.format(
              Locale.ROOT,
              "The run needs %.2f GiB; %.2f of the %.2f GiB of %s are free.",
              gibibytes(needed),
              gibibytes(free),
              gibibytes(device.memoryBytes()),
              device.name()));
    }
  }

  private static double gibibytes(long bytes) {
    return bytes / (double) (1L << 30);
  }

  private void loadKernels() {
    for (String file : PtxLibrary.filesFor(device)) {
      load(PtxLibrary.read(file));
    }
  }

  /** Adds the kernels of a PTX text. */
  void load(String ptx) {
    CUmodule module = new CUmodule();
    JCudaDriver.cuModuleLoadData(module, (ptx + "\0").getBytes(StandardCharsets.UTF_8));
    modules.add(module);
    for (PtxEntry entry : PtxEntry.of(ptx)) {
      CUfunction function = new CUfunction();
      JCudaDriver.cuModuleGetFunction(function, module, entry.name());
      kernels.put(entry.name(), new CudaKernel(this, function, entry));
    }
  }

  CudaDevice device() {
    return device;
  }

  /** Device memory that nobody uses. */
  long freeBytes() {
    long[] free = new long[1];
    long[] total = new long[1];
    bind();
    JCudaDriver.cuMemGetInfo(free, total);
    return free[0];
  }

  /**
   * The kernel of that name: always the same object, to be kept.
   *
   * @throws IllegalArgumentException if no PTX for this card has it
   */
  CudaKernel kernel(String name) {
    CudaKernel kernel = kernels.get(name);
    if (kernel == null) {
      throw new IllegalArgumentException(
          "no kernel " + name + " for compute capability " + device.capability());
    }
    return kernel;
  }

  /** New device memory, freed with the runtime; what is in it is undefined. Not within a step. */
  CudaBuffer buffer(long bytes) {
    CudaBuffer buffer = allocate(bytes);
    buffers.add(buffer);
    return buffer;
  }

  /**
   * Scratch memory of at least that size for the launches of one operation: the next one gets the
   * same. Grows when more is asked for than ever before, which is in the first step only.
   */
  CudaBuffer workspace(long bytes) {
    CudaBuffer current = workspace;
    if (current == null || current.bytes() < bytes) {
      if (current != null) {
        // Waits for the launches that use it.
        JCudaDriver.cuMemFree(current.pointer());
      }
      workspace = null;
      current = allocate(bytes);
      workspace = current;
    }
    return current;
  }

  private CudaBuffer allocate(long bytes) {
    bind();
    CudaBuffer.Address address = new CudaBuffer.Address();
    try {
      JCudaDriver.cuMemAlloc(address, bytes);
    } catch (CudaException e) {
      if (String.valueOf(e.getMessage()).contains("CUDA_ERROR_OUT_OF_MEMORY")) {
        throw new DeviceMemoryException(
            String.format(
                Locale.ROOT,
                "A tensor of %.2f GiB does not fit: %.2f of the %.2f GiB of %s are free.",
                gibibytes(bytes),
                gibibytes(freeBytes()),
                gibibytes(device.memoryBytes()),
                device.name()));
      }
      throw e;
    }
    return new CudaBuffer(address, bytes);
  }

  /** Makes the context that of the calling thread. */
  void bind() {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    if (CURRENT.get() != this) {
      JCudaDriver.cuCtxSetCurrent(context);
      CURRENT.set(this);
    }
  }

  /** Tells that the device has been given something that may write to its memory. */
  void submitted() {
    submissions++;
  }

  /** Grows with everything that may have written to device memory. */
  long submissions() {
    return submissions;
  }

  /** Waits until the device has done everything; a failed launch comes up here at the latest. */
  void synchronize() {
    bind();
    JCudaDriver.cuCtxSynchronize();
  }

  /** Frees everything; a second time does nothing. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    JCudaDriver.cuCtxSetCurrent(context);
    closed = true;
    CURRENT.remove();
    if (workspace != null) {
      buffers.add(workspace);
    }
    // After a failed launch every call fails; destroying the context frees all the same.
    buffers.forEach(buffer -> quietly(() -> JCudaDriver.cuMemFree(buffer.pointer())));
    modules.forEach(module -> quietly(() -> JCudaDriver.cuModuleUnload(module)));
    quietly(() -> JCudaDriver.cuCtxDestroy(context));
  }

  private static void quietly(Runnable call) {
    try {
      call.run();
    } catch (CudaException e) {
      LOG.debug("On closing: {}", e.getMessage());
    }
  }
}
