/**
 * The backend for an NVIDIA GPU. JCuda reaches the driver API; the kernels are the {@code .cu}
 * files of {@code src/main/cuda}, shipped as PTX, which the driver compiles for its card. Nothing
 * but the driver has to be installed.
 *
 * <p>{@link io.evenkeel.trainer.ops.cuda.CudaRuntime} owns the device, one context, one stream:
 * launches run in the order in which they were made, and the host waits for them only where it
 * reads. Operations are deterministic: sums have a fixed order and no float is added to atomically.
 * Not safe for use by several threads at once; the thread may change between calls.
 *
 * <p>The only package that may import {@code jcuda}; must not import the other backends.
 * docs/gpu.md says what has and has not been confirmed on a real card.
 */
@NullMarked
package io.evenkeel.trainer.ops.cuda;

import org.jspecify.annotations.NullMarked;
