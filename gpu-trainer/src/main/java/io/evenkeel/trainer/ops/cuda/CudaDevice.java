package io.evenkeel.trainer.ops.cuda;

import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR;

import io.evenkeel.trainer.ops.cuda.CudaUnavailableException.Reason;
import java.nio.charset.StandardCharsets;
import jcuda.CudaException;
import jcuda.driver.CUdevice;
import jcuda.driver.JCudaDriver;

/**
 * A card that the kernels run on.
 *
 * @param name as the driver tells it
 * @param major compute capability before the point, at least 7
 * @param minor compute capability after the point
 * @param memoryBytes all of its memory
 * @param driverVersion CUDA version of the driver, 1000 major + 10 minor
 */
public record CudaDevice(String name, int major, int minor, long memoryBytes, int driverVersion) {
  /** Oldest CUDA version that reads PTX ISA 6.3. */
  private static final int OLDEST_DRIVER = 10_000;

  /** Oldest CUDA version that reads PTX ISA 7.0, and knows compute capability 8.0. */
  private static final int DRIVER_OF_AMPERE = 11_000;

  private static final int OLDEST_MAJOR = 7;

  /** How the stand-in driver of src/test/emulator names its device. */
  private static final String EMULATED = "Emulated GPU";

  /**
   * The first card; CUDA_VISIBLE_DEVICES of the process decides which one that is.
   *
   * @throws CudaUnavailableException if there is none that can be used
   */
  public static CudaDevice find() throws CudaUnavailableException {
    CudaNatives.loadDriver();
    int[] value = new int[1];
    JCudaDriver.cuDriverGetVersion(value);
    int driverVersion = value[0];
    if (driverVersion < OLDEST_DRIVER) {
      throw new CudaUnavailableException(
          Reason.DRIVER_TOO_OLD,
          "The NVIDIA driver speaks CUDA " + version(driverVersion) + "; 10.0 is needed.");
    }
    try {
      JCudaDriver.cuInit(0);
      JCudaDriver.cuDeviceGetCount(value);
    } catch (CudaException e) {
      throw new CudaUnavailableException(
          Reason.NO_DEVICE, "The NVIDIA driver finds no card: " + e.getMessage() + ".");
    }
    if (value[0] == 0) {
      throw new CudaUnavailableException(
          Reason.NO_DEVICE, "The NVIDIA driver finds no card that this process may use.");
    }
    CudaDevice device = describe(handle(), driverVersion);
    if (device.major < OLDEST_MAJOR) {
      throw new CudaUnavailableException(
          Reason.CARD_TOO_OLD,
          device.name + " has compute capability " + device.capability() + "; 7.0 is needed.");
    }
    return device;
  }

  static CUdevice handle() {
    CUdevice handle = new CUdevice();
    JCudaDriver.cuDeviceGet(handle, 0);
    return handle;
  }

  private static CudaDevice describe(CUdevice handle, int driverVersion) {
    byte[] name = new byte[256];
    JCudaDriver.cuDeviceGetName(name, name.length, handle);
    int length = 0;
    while (length < name.length && name[length] != 0) {
      length++;
    }
    int[] major = new int[1];
    int[] minor = new int[1];
    long[] bytes = new long[1];
    JCudaDriver.cuDeviceGetAttribute(major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, handle);
    JCudaDriver.cuDeviceGetAttribute(minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, handle);
    JCudaDriver.cuDeviceTotalMem(bytes, handle);
    return new CudaDevice(
        new String(name, 0, length, StandardCharsets.UTF_8),
        major[0],
        minor[0],
        bytes[0],
        driverVersion);
  }

  private static String version(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }

  /** Whether it is the emulation of the tests. */
  public boolean isEmulated() {
    return name.equals(EMULATED);
  }

  /** Such as 8.6. */
  public String capability() {
    return major + "." + minor;
  }

  /** CUDA version of the driver, such as 12.6. */
  public String driver() {
    return version(driverVersion);
  }

  /** Whether kernels for sm_80, and with them TF32, run on it. */
  public boolean isAmpereOrNewer() {
    return major >= 8 && driverVersion >= DRIVER_OF_AMPERE;
  }
}
