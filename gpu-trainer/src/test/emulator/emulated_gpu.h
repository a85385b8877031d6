// Makes a .cu file ordinary C++ for g++: what gpu.h takes from the compiler on a real build comes from here. Every CUDA
// thread is a fiber on one host thread, so a run is repeatable.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#define __global__
#define __device__
#define __forceinline__ inline
#define __launch_bounds__(...)
#ifndef __restrict__
#define __restrict__ __restrict
#endif
// All shared variables of one source lie in one ELF section, which is poisoned before every block.
#define __shared__ static __attribute__((section(EMULATED_SHARED_SECTION)))

namespace emulated {

struct Index {
  int x, y, z;
};

/** What the running thread sees. */
struct Thread {
  Index index;
  int lane, warp;
};
extern Thread *current;
extern Index block_index, block_size, grid_size;

/** Where in the source a thread waits. */
struct Place {
  const char *file;
  int line;
};

void synchronize(Place place);
/** Waits for the lanes of the mask, then gives the value that lane source put in. */
uint64_t exchange(unsigned mask, uint64_t value, int source, Place place);
unsigned ballot(unsigned mask, bool predicate, Place place);

template <typename T>
T shuffle(unsigned mask, T value, int source, Place place) {
  static_assert(sizeof(T) <= sizeof(uint64_t));
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  bits = exchange(mask, bits, source, place);
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/** A kernel as the driver sees it. */
struct Kernel {
  const char *name;
  const char *digest;  // of the sources it was compiled from
  void (*invoke)(void **parameters);
  int parameters;
  const int *sizes;
  const bool *floating;
  char *shared_begin, *shared_end;
  Kernel *next;
};
void add_kernel(Kernel *kernel);

template <auto Function>
struct Signature;
template <typename... A, void (*Function)(A...)>
struct Signature<Function> {
  template <size_t... I>
  static void call(void **parameters, std::index_sequence<I...>) {
    Function(*static_cast<A *>(parameters[I])...);
  }
  static void invoke(void **parameters) { call(parameters, std::index_sequence_for<A...>{}); }
  static constexpr int count = sizeof...(A);
  static constexpr int sizes[count + 1] = {sizeof(A)..., 0};
  static constexpr bool floating[count + 1] = {std::is_floating_point_v<A>..., false};
};

struct Registration {
  Kernel kernel;
  explicit Registration(Kernel described) : kernel(described) { add_kernel(&kernel); }
};

}  // namespace emulated

#define EMULATED_KERNEL(function, begin, end, digest)                                                        \
  static emulated::Registration registration_of_##function(                                                  \
      {#function, digest, emulated::Signature<&function>::invoke, emulated::Signature<&function>::count,     \
       emulated::Signature<&function>::sizes, emulated::Signature<&function>::floating, begin, end, nullptr});

#define EMULATED_PLACE (emulated::Place{__FILE__, __LINE__})
#define threadIdx (emulated::current->index)
#define blockIdx (emulated::block_index)
#define blockDim (emulated::block_size)
#define gridDim (emulated::grid_size)
#define __syncthreads() emulated::synchronize(EMULATED_PLACE)
#define __syncwarp() ((void)emulated::ballot(0xffffffffu, true, EMULATED_PLACE))
#define __shfl_sync(mask, value, lane) emulated::shuffle(mask, value, (lane)&31, EMULATED_PLACE)
#define __shfl_xor_sync(mask, value, lanes) \
  emulated::shuffle(mask, value, emulated::current->lane ^ (lanes), EMULATED_PLACE)
#define __shfl_down_sync(mask, value, lanes) \
  emulated::shuffle(mask, value, emulated::current->lane + (lanes), EMULATED_PLACE)
#define __shfl_up_sync(mask, value, lanes) \
  emulated::shuffle(mask, value, emulated::current->lane - (lanes), EMULATED_PLACE)
#define __ballot_sync(mask, predicate) emulated::ballot(mask, (predicate) != 0, EMULATED_PLACE)

static inline int atomicAdd(int *at, int value) {
  int old = *at;
  *at = old + value;
  return old;
}
static inline float gpu_sqrt(float x) { return __builtin_sqrtf(x); }
static inline double gpu_sqrt(double x) { return __builtin_sqrt(x); }
template <typename To, typename From>
static inline To emulated_cast(From from) {
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}
static inline int gpu_bits(float x) { return emulated_cast<int>(x); }
static inline long long gpu_bits(double x) { return emulated_cast<long long>(x); }
static inline float gpu_float(int bits) { return emulated_cast<float>(bits); }
