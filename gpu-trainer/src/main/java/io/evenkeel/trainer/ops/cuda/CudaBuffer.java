package io.evenkeel.trainer.ops.cuda;

import jcuda.driver.CUdeviceptr;

/** Device memory. */
final class CudaBuffer {
  private final Address address;
  private final long bytes;

  /** Tells the address, which JCuda keeps to itself. */
  static final class Address extends CUdeviceptr {
    long value() {
      return getNativePointer();
    }
  }

  CudaBuffer(Address address, long bytes) {
    this.address = address;
    this.bytes = bytes;
  }

  CUdeviceptr pointer() {
    return address;
  }

  long address() {
    return address.value();
  }

  long bytes() {
    return bytes;
  }
}
