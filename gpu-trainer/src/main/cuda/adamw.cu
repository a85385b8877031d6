/*
 * AdamW over all tensors in one launch, clipping by the global norm and counting what epsilon rules.
 *
 * slots [n,5]: addresses of parameter, gradient, first and second moment, and the number of elements. factors [n,2]:
 * of the learning rate, and of learning rate times weight decay (0: no decay). chunks [grid,2]: the slot of a block,
 * and the first of the up to ADAMW_CHUNK elements it takes; firstChunks [n+1]: which chunks belong to a slot.
 */
#include "gpu.h"

#define ADAMW_CHUNK 8192
#define SLOT_ENTRIES 5

static __device__ __forceinline__ int elementsFrom(const long long *slot, int first) {
  return slot[4] - first < ADAMW_CHUNK ? (int)(slot[4] - first) : ADAMW_CHUNK;
}

/* partials [grid, 3] of the gradients: plain squares, squares of finite entries, count of the others. */
extern "C" __global__ void gradient_squares(const long long *slots, const int *chunks, double *partials) {
  const long long *slot = slots + chunks[2 * blockIdx.x] * SLOT_ENTRIES;
  int first = chunks[2 * blockIdx.x + 1];
  int elements = elementsFrom(slot, first);
  const float *gradient = (const float *)slot[1] + first;
  double plain = 0;
  double finite = 0;
  int bad = 0;
  for (int i = threadIdx.x; i < elements; i += blockDim.x) {
    double square = (double)gradient[i] * gradient[i];
    plain += square;
    if (gpu_isfinite(gradient[i]))
      finite += square;
    else
      bad++;
  }
  plain = gpu_block_sum(plain);
  finite = gpu_block_sum(finite);
  double others = gpu_block_sum((double)bad);
  if (threadIdx.x == 0) {
    double *figures = partials + 3 * (long long)blockIdx.x;
    figures[0] = plain;
    figures[1] = finite;
    figures[2] = others;
  }
}

/* into[slot, j] = sum over the slot's chunks of partials[chunk, j], j < width. grid n, block 256. */
extern "C" __global__ void slot_sums(const double *partials, const int *firstChunks, double *into, int width) {
  int from = firstChunks[blockIdx.x];
  int to = firstChunks[blockIdx.x + 1];
  for (int j = 0; j < width; j++) {
    double sum = 0;
    for (int chunk = from + threadIdx.x; chunk < to; chunk += blockDim.x)
      sum += partials[(long long)chunk * width + j];
    sum = gpu_block_sum(sum);
    if (threadIdx.x == 0) into[blockIdx.x * width + j] = sum;
  }
}

/* coefficient[0] = min(1, clip / (norm + 1e-6)), NaN if the norm is; 1 for clip <= 0. One block of 256. */
extern "C" __global__ void clip_coefficient(const double *squares, double *coefficient, int slots, double clip) {
  double sum = 0;
  for (int slot = threadIdx.x; slot < slots; slot += blockDim.x) sum += squares[3 * slot];
  sum = gpu_block_sum(sum);
  if (threadIdx.x == 0) {
    double wanted = clip / (gpu_sqrt(sum) + 1e-6);
    coefficient[0] = clip <= 0 || wanted >= 1 ? 1 : wanted;
  }
}

/*
 * decay = lr * weight decay, fresh = 1 - beta, rate = lr / (1 - beta1^t), inverse2 = 1 / (1 - beta2^t), bound: v <
 * bound iff sqrt(v * inverse2) < epsilon. partials [grid, 2]: elements below, and of those the ones with v > 0. block
 * 256.
 */
extern "C" __global__ void adamw(
    const long long *slots, const double *factors, const int *chunks, const double *coefficient, double decay,
    double rate, float beta1, float fresh1, float beta2, float fresh2, float inverse2, float epsilon, float bound,
    double *partials) {
  int index = chunks[2 * blockIdx.x];
  const long long *slot = slots + index * SLOT_ENTRIES;
  int first = chunks[2 * blockIdx.x + 1];
  int elements = elementsFrom(slot, first);
  float *w = (float *)slot[0] + first;
  const float *gradient = (const float *)slot[1] + first;
  float *m = (float *)slot[2] + first;
  float *v = (float *)slot[3] + first;
  float clip = (float)coefficient[0];
  float speed = (float)(rate * factors[2 * index]);
  float stay = (float)(1 - decay * factors[2 * index + 1]);
  int below = 0;
  int nonzero = 0;
  for (int i = threadIdx.x; i < elements; i += blockDim.x) {
    float g = clip * gradient[i];
    float momentum = beta1 * m[i] + fresh1 * g;
    float second = beta2 * v[i] + fresh2 * (g * g);
    m[i] = momentum;
    v[i] = second;
    w[i] = stay * w[i] - speed * momentum / (gpu_sqrt(second * inverse2) + epsilon);
    below += second < bound;
    nonzero += second < bound && second > 0;
  }
  double counted = gpu_block_sum((double)below);
  double countedNonzero = gpu_block_sum((double)nonzero);
  if (threadIdx.x == 0) {
    partials[2 * (long long)blockIdx.x] = counted;
    partials[2 * (long long)blockIdx.x + 1] = countedNonzero;
  }
}
