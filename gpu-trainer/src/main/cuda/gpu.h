// What every kernel of this folder includes: one source for clang (PTX, without any CUDA header), nvcc, and g++ (the
// emulation of src/test/emulator, -DGPU_EMULATED).
//
// Mathematics here is plain float arithmetic with explicit fused multiply-adds: the code that the emulation checks is
// the code that a card runs, not a library of the host.
#pragma once

#if defined(GPU_EMULATED)
#include "emulated_gpu.h"
#else

#if defined(__clang__)
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))
#define __forceinline__ inline __attribute__((always_inline))

struct gpu_dim3 {
  int x, y, z;
};
#define threadIdx \
  (gpu_dim3{__nvvm_read_ptx_sreg_tid_x(), __nvvm_read_ptx_sreg_tid_y(), __nvvm_read_ptx_sreg_tid_z()})
#define blockIdx \
  (gpu_dim3{__nvvm_read_ptx_sreg_ctaid_x(), __nvvm_read_ptx_sreg_ctaid_y(), __nvvm_read_ptx_sreg_ctaid_z()})
#define blockDim \
  (gpu_dim3{__nvvm_read_ptx_sreg_ntid_x(), __nvvm_read_ptx_sreg_ntid_y(), __nvvm_read_ptx_sreg_ntid_z()})
#define gridDim \
  (gpu_dim3{__nvvm_read_ptx_sreg_nctaid_x(), __nvvm_read_ptx_sreg_nctaid_y(), __nvvm_read_ptx_sreg_nctaid_z()})

static __device__ __forceinline__ int __shfl_xor_sync(unsigned mask, int value, int lanes) {
  return __nvvm_shfl_sync_bfly_i32(mask, value, lanes, 0x1f);
}
static __device__ __forceinline__ float __shfl_xor_sync(unsigned mask, float value, int lanes) {
  return __nvvm_shfl_sync_bfly_f32(mask, value, lanes, 0x1f);
}
static __device__ __forceinline__ int __shfl_down_sync(unsigned mask, int value, int lanes) {
  return __nvvm_shfl_sync_down_i32(mask, value, lanes, 0x1f);
}
static __device__ __forceinline__ float __shfl_down_sync(unsigned mask, float value, int lanes) {
  return __nvvm_shfl_sync_down_f32(mask, value, lanes, 0x1f);
}
static __device__ __forceinline__ int __shfl_up_sync(unsigned mask, int value, int lanes) {
  return __nvvm_shfl_sync_up_i32(mask, value, lanes, 0);
}
static __device__ __forceinline__ int __shfl_sync(unsigned mask, int value, int lane) {
  return __nvvm_shfl_sync_idx_i32(mask, value, lane, 0x1f);
}
static __device__ __forceinline__ float __shfl_sync(unsigned mask, float value, int lane) {
  return __nvvm_shfl_sync_idx_f32(mask, value, lane, 0x1f);
}
// A double travels as its two halves.
#define GPU_SHUFFLE_OF_DOUBLE(name)                                                           \
  static __device__ __forceinline__ double name(unsigned mask, double value, int lanes) {     \
    long long bits = __builtin_bit_cast(long long, value);                                    \
    unsigned low = (unsigned)name(mask, (int)(unsigned)bits, lanes);                          \
    unsigned high = (unsigned)name(mask, (int)(unsigned)(bits >> 32), lanes);                 \
    return __builtin_bit_cast(double, (long long)(((unsigned long long)high << 32) | low));   \
  }
GPU_SHUFFLE_OF_DOUBLE(__shfl_xor_sync)
GPU_SHUFFLE_OF_DOUBLE(__shfl_down_sync)
GPU_SHUFFLE_OF_DOUBLE(__shfl_sync)
static __device__ __forceinline__ unsigned __ballot_sync(unsigned mask, int predicate) {
  return __nvvm_vote_ballot_sync(mask, predicate);
}
static __device__ __forceinline__ void __syncwarp() { __nvvm_bar_warp_sync(0xffffffffu); }
static __device__ __forceinline__ int atomicAdd(int *at, int value) { return __nvvm_atom_add_gen_i(at, value); }
static __device__ __forceinline__ float fmaxf(float a, float b) { return __nvvm_fmax_f(a, b); }
static __device__ __forceinline__ float fminf(float a, float b) { return __nvvm_fmin_f(a, b); }
static __device__ __forceinline__ float fmaf(float a, float b, float c) { return __nvvm_fma_rn_f(a, b, c); }
static __device__ __forceinline__ double fma(double a, double b, double c) { return __nvvm_fma_rn_d(a, b, c); }
#endif  // clang; nvcc brings all of this itself

/** Square roots, correctly rounded. */
static __device__ __forceinline__ float gpu_sqrt(float x) {
  float root;
  asm("sqrt.rn.f32 %0, %1;" : "=f"(root) : "f"(x));
  return root;
}
static __device__ __forceinline__ double gpu_sqrt(double x) {
  double root;
  asm("sqrt.rn.f64 %0, %1;" : "=d"(root) : "d"(x));
  return root;
}
static __device__ __forceinline__ int gpu_bits(float x) {
  int bits;
  asm("mov.b32 %0, %1;" : "=r"(bits) : "f"(x));
  return bits;
}
static __device__ __forceinline__ float gpu_float(int bits) {
  float x;
  asm("mov.b32 %0, %1;" : "=f"(x) : "r"(bits));
  return x;
}
static __device__ __forceinline__ long long gpu_bits(double x) {
  long long bits;
  asm("mov.b64 %0, %1;" : "=l"(bits) : "d"(x));
  return bits;
}
#endif  // not emulated

#define GPU_ALL_LANES 0xffffffffu
#define GPU_INFINITY gpu_float(0x7f800000)
#define GPU_NAN gpu_float(0x7fc00000)

static __device__ __forceinline__ float gpu_rsqrt(float x) { return 1.0f / gpu_sqrt(x); }
static __device__ __forceinline__ float gpu_abs(float x) { return gpu_float(gpu_bits(x) & 0x7fffffff); }
static __device__ __forceinline__ double gpu_abs(double x) { return x < 0 ? -x : x; }
/** Neither NaN nor infinite. */
static __device__ __forceinline__ int gpu_isfinite(float x) { return (gpu_bits(x) & 0x7f800000) != 0x7f800000; }
static __device__ __forceinline__ int gpu_isfinite(double x) {
  return (gpu_bits(x) & 0x7ff0000000000000ll) != 0x7ff0000000000000ll;
}

/** e^x within 2 units in the last place; underflows to 0 below -104, NaN stays NaN. */
static __device__ __forceinline__ float gpu_exp(float x) {
  if (x > 89.0f) return GPU_INFINITY;
  if (x < -104.0f) return 0.0f;
  // Adding and taking away 1.5 * 2^23 rounds to the nearest whole number.
  float shifted = fmaf(x, 1.44269504f, 12582912.0f);
  float whole = shifted - 12582912.0f;
  float r = fmaf(whole, -6.93145752e-1f, x);
  r = fmaf(whole, -1.42860677e-6f, r);
  float p = 1.98412698e-4f;
  p = fmaf(p, r, 1.38888889e-3f);
  p = fmaf(p, r, 8.33333333e-3f);
  p = fmaf(p, r, 4.16666667e-2f);
  p = fmaf(p, r, 1.66666667e-1f);
  p = fmaf(p, r, 5.0e-1f);
  p = fmaf(p, r, 1.0f);
  p = fmaf(p, r, 1.0f);
  // 2^whole in two factors, so that subnormal results come out as such. NaN has gone into p already.
  int exponent = x == x ? (int)whole : 0;
  int half = exponent / 2;
  return p * gpu_float((half + 127) << 23) * gpu_float((exponent - half + 127) << 23);
}

/** Natural logarithm within 2 units in the last place: -infinity of 0, NaN of a negative number. */
static __device__ __forceinline__ float gpu_log(float x) {
  if (!(x > 0.0f)) return x == 0.0f ? -GPU_INFINITY : GPU_NAN;
  if (x == GPU_INFINITY) return x;
  int subnormal = x < 1.17549435e-38f;
  int bits = gpu_bits(subnormal ? x * 8388608.0f : x);
  // x = 2^exponent * m with m in [sqrt(1/2), sqrt(2)).
  int exponent = (bits - 0x3f3504f3) >> 23;
  float m = gpu_float(bits - (exponent << 23));
  float k = (float)(subnormal ? exponent - 23 : exponent);
  float f = m - 1.0f;
  // ln(1+f) = 2 artanh(s), s = f / (2+f), odd series.
  float s = f / (2.0f + f);
  float z = s * s;
  float p = 2.2222222e-1f;
  p = fmaf(p, z, 2.8571429e-1f);
  p = fmaf(p, z, 4.0e-1f);
  p = fmaf(p, z, 6.6666667e-1f);
  float halfSquare = 0.5f * f * f;
  // f - (f^2/2 - s (f^2/2 + z p)) keeps the digits of a small f.
  float correction = fmaf(k, 1.42860677e-6f, s * fmaf(z, p, halfSquare));
  return fmaf(k, 6.93145752e-1f, f - (halfSquare - correction));
}

/** Lane of the calling thread in its warp, and the warp in its block (x fastest). */
static __device__ __forceinline__ int gpu_thread() {
  return threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
}
static __device__ __forceinline__ int gpu_lane() { return gpu_thread() & 31; }
static __device__ __forceinline__ int gpu_warp() { return gpu_thread() >> 5; }
static __device__ __forceinline__ int gpu_warps() { return (blockDim.x * blockDim.y * blockDim.z + 31) >> 5; }

/** Sum or largest over the 32 lanes, in every lane, always in the same order. All lanes must call. */
template <typename T>
static __device__ __forceinline__ T gpu_warp_sum(T value) {
  for (int lanes = 16; lanes > 0; lanes >>= 1) value += __shfl_xor_sync(GPU_ALL_LANES, value, lanes);
  return value;
}
/** Ignores NaN, as fmaxf does. */
static __device__ __forceinline__ float gpu_warp_max(float value) {
  for (int lanes = 16; lanes > 0; lanes >>= 1) value = fmaxf(value, __shfl_xor_sync(GPU_ALL_LANES, value, lanes));
  return value;
}

/**
 * Sum over the block, in every thread, always in the same order. All threads must call; the block is a multiple of 32.
 */
static __device__ __forceinline__ double gpu_block_sum(double value) {
  __shared__ double partial[32];
  value = gpu_warp_sum(value);
  __syncthreads();  // the last call's reads are over
  if (gpu_lane() == 0) partial[gpu_warp()] = value;
  __syncthreads();
  double sum = 0;
  for (int warp = 0; warp < gpu_warps(); warp++) sum += partial[warp];
  return sum;
}
static __device__ __forceinline__ float gpu_block_sum(float value) {
  __shared__ float partial[32];
  value = gpu_warp_sum(value);
  __syncthreads();
  if (gpu_lane() == 0) partial[gpu_warp()] = value;
  __syncthreads();
  float sum = 0;
  for (int warp = 0; warp < gpu_warps(); warp++) sum += partial[warp];
  return sum;
}
/** Largest over the block, in every thread; ignores NaN. As gpu_block_sum otherwise. */
static __device__ __forceinline__ float gpu_block_max(float value) {
  __shared__ float partial[32];
  value = gpu_warp_max(value);
  __syncthreads();
  if (gpu_lane() == 0) partial[gpu_warp()] = value;
  __syncthreads();
  float largest = -GPU_INFINITY;
  for (int warp = 0; warp < gpu_warps(); warp++) largest = fmaxf(largest, partial[warp]);
  return largest;
}
