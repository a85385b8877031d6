// Checks of the emulation itself and of the mathematics of gpu.h; prints what fails and exits with 1.
#define EMULATED_SHARED_SECTION "shared_check"
#include "gpu.h"

#include <cstdio>
#include <string>
#include <vector>

#include "fibers.h"

// Kernels with the faults that the emulation is for.
static void reverse_without_barrier(const float *x, float *out) {
  __shared__ float tile[64];
  tile[threadIdx.x] = x[threadIdx.x];
  out[threadIdx.x] = tile[63 - threadIdx.x];
}
static void reverse(const float *x, float *out) {
  __shared__ float tile[64];
  tile[threadIdx.x] = x[threadIdx.x];
  __syncthreads();
  out[threadIdx.x] = tile[63 - threadIdx.x];
}
static void barrier_for_some(const float *, float *out) {
  if (threadIdx.x < 7) __syncthreads();
  out[threadIdx.x] = 1;
}
static void barriers_apart(const float *, float *out) {
  if (threadIdx.x < 7) {
    __syncthreads();
  } else {
    __syncthreads();
  }
  out[threadIdx.x] = 1;
}
static void shuffle_for_some(const float *x, float *out) {
  if (threadIdx.x < 7) out[threadIdx.x] = __shfl_xor_sync(GPU_ALL_LANES, x[threadIdx.x], 1);
}
static void shuffles_apart(const float *x, float *out) {
  if (threadIdx.x < 7) {
    out[threadIdx.x] = __shfl_xor_sync(GPU_ALL_LANES, x[threadIdx.x], 1);
  } else {
    out[threadIdx.x] = __shfl_xor_sync(GPU_ALL_LANES, x[threadIdx.x], 2);
  }
}
static void far_away(const float *, float *out) { out[1ll << 40] = 1; }
static void shuffles(const float *x, float *out) {
  int t = threadIdx.x;
  out[t] = __shfl_xor_sync(GPU_ALL_LANES, x[t], 5) + 100 * __shfl_down_sync(GPU_ALL_LANES, x[t], 3) +
           10000 * __shfl_sync(GPU_ALL_LANES, x[t], 9);
}
static void sums(const float *x, float *out) {
  float sum = gpu_block_sum(x[threadIdx.x]);
  float largest = gpu_block_max(x[threadIdx.x]);
  double again = gpu_block_sum((double)x[threadIdx.x]);
  unsigned odd = __ballot_sync(GPU_ALL_LANES, threadIdx.x & 1);
  out[threadIdx.x] = sum + 100 * largest + 10000 * (float)again + (odd == 0xaaaaaaaau ? 0 : 1e30f);
}
// The second call must not write what the first one still reads.
static void sums_in_succession(const float *x, float *out) {
  float first = 0, second = 0, third = 0;
  for (int i = 1; i <= 3; i++) first += i * gpu_block_sum(i * x[threadIdx.x]);
  for (int i = 1; i <= 3; i++) second += i * gpu_block_max(i * x[threadIdx.x]);
  for (int i = 1; i <= 3; i++) third += i * (float)gpu_block_sum((double)i * x[threadIdx.x]);
  out[threadIdx.x] = first + 100000 * second + third;
}

extern char begin_of_section[] __asm__("__start_shared_check");
extern char end_of_section[] __asm__("__stop_shared_check");
EMULATED_KERNEL(reverse_without_barrier, begin_of_section, end_of_section, "")
EMULATED_KERNEL(reverse, begin_of_section, end_of_section, "")
EMULATED_KERNEL(barrier_for_some, begin_of_section, end_of_section, "")
EMULATED_KERNEL(barriers_apart, begin_of_section, end_of_section, "")
EMULATED_KERNEL(shuffle_for_some, begin_of_section, end_of_section, "")
EMULATED_KERNEL(shuffles_apart, begin_of_section, end_of_section, "")
EMULATED_KERNEL(far_away, begin_of_section, end_of_section, "")
EMULATED_KERNEL(shuffles, begin_of_section, end_of_section, "")
EMULATED_KERNEL(sums, begin_of_section, end_of_section, "")
EMULATED_KERNEL(sums_in_succession, begin_of_section, end_of_section, "")

static int failures;
static void expect(bool holds, const std::string &what) {
  if (holds) return;
  failures++;
  printf("%s\n", what.c_str());
}

struct Run {
  emulated::Outcome outcome;
  std::string why;
  std::vector<float> out;
};

static Run launch(const char *name, bool backwards) {
  std::vector<float> x(64), out(64);
  for (int i = 0; i < 64; i++) x[i] = i % 10;
  const float *from = x.data();
  float *to = out.data();
  void *parameters[] = {&from, &to};
  Run run;
  run.outcome = emulated::run_grid(*emulated::find_kernel(name), {1, 1, 1}, {64, 1, 1}, parameters, backwards, run.why);
  run.out = out;
  return run;
}

static void fails(const char *name, emulated::Outcome outcome, const char *reason) {
  for (bool backwards : {false, true}) {
    Run run = launch(name, backwards);
    expect(run.outcome == outcome && run.why.find(reason) != std::string::npos,
           std::string(name) + ": got '" + run.why + "', wanted '" + reason + "'");
  }
}

static void check_scheduler() {
  using emulated::Outcome;
  fails("barrier_for_some", Outcome::LAUNCH_FAILED, "divergent barrier: 57 threads have exited");
  fails("barriers_apart", Outcome::LAUNCH_FAILED, "divergent barrier: threads wait at");
  fails("shuffle_for_some", Outcome::LAUNCH_FAILED, "never came");
  fails("shuffles_apart", Outcome::LAUNCH_FAILED, "different shuffles");
  fails("far_away", Outcome::ILLEGAL_ADDRESS, "illegal address");
  for (bool backwards : {false, true}) {
    Run right = launch("reverse", backwards), wrong = launch("reverse_without_barrier", backwards);
    Run succession = launch("sums_in_succession", backwards);
    Run shuffled = launch("shuffles", backwards), summed = launch("sums", backwards);
    bool equal = right.outcome == Outcome::DONE, differs = false, poisoned = false;
    for (int i = 0; i < 64; i++) {
      equal &= right.out[i] == (63 - i) % 10;
      differs |= !(wrong.out[i] == (63 - i) % 10);
      poisoned |= wrong.out[i] != wrong.out[i];
      int lane = i & 31, warp = i & ~31;
      int down = lane + 3 < 32 ? i + 3 : i;
      float expected = (warp + (lane ^ 5)) % 10 + 100 * (down % 10) + 10000 * ((warp + 9) % 10);
      expect(shuffled.out[i] == expected, "shuffles at " + std::to_string(i));
      // 0..9 six times, then 0..3.
      expect(summed.out[i] == 276 + 900 + 2760000, "sums at " + std::to_string(i));
      expect(succession.out[i] == 14 * (276 + 900000 + 276), "sums_in_succession at " + std::to_string(i));
    }
    expect(equal, "reverse is wrong");
    expect(differs && poisoned, "reverse without its barrier went through");
  }
}

static double error_in_last_places(float found, double expected) {
  int exponent;
  std::frexp((float)expected, &exponent);
  return std::fabs(found - expected) / std::fmax(std::ldexp(1.0, exponent - 24), 1.4e-45);
}

static void check_mathematics() {
  double worstExponential = 0, worstLogarithm = 0;
  for (uint64_t bits = 0; bits < 0xffffffffull; bits += 397) {
    float x = gpu_float((int)(unsigned)bits);
    if (x != x) {
      expect(gpu_exp(x) != gpu_exp(x) && gpu_log(x) != gpu_log(x) && !gpu_isfinite(x), "NaN is lost");
      continue;
    }
    expect(gpu_isfinite(x) == (int)std::isfinite(x), "gpu_isfinite");
    if (x > -104 && x < 88.72f) {
      worstExponential = std::fmax(worstExponential, error_in_last_places(gpu_exp(x), std::exp((double)x)));
    }
    if (x > 0) worstLogarithm = std::fmax(worstLogarithm, error_in_last_places(gpu_log(x), std::log((double)x)));
  }
  for (float x = 0.99f; x < 1.01f; x = std::nextafterf(x, 2.0f)) {
    worstLogarithm = std::fmax(worstLogarithm, error_in_last_places(gpu_log(x), std::log((double)x)));
  }
  printf("largest error in units of the last place: gpu_exp %.2f, gpu_log %.2f\n", worstExponential, worstLogarithm);
  expect(worstExponential < 1.0 && worstLogarithm < 1.0, "gpu_exp or gpu_log is off by a unit of the last place");
  expect(gpu_exp(-INFINITY) == 0 && gpu_exp(INFINITY) == INFINITY && gpu_exp(0) == 1, "gpu_exp at its ends");
  expect(gpu_log(0) == -INFINITY && gpu_log(INFINITY) == INFINITY && gpu_log(1) == 0 && gpu_log(-1) != gpu_log(-1),
         "gpu_log at its ends");
}

int main() {
  check_scheduler();
  check_mathematics();
  return failures > 0;
}
