// Runs the threads of a grid as fibers.
#pragma once
#include <string>

#include "emulated_gpu.h"

namespace emulated {

enum class Outcome { DONE, LAUNCH_FAILED, ILLEGAL_ADDRESS };

const Kernel *find_kernel(const char *name);

/** Runs a whole grid, blocks, warps and lanes forwards or backwards; the reason of a failure goes into why. */
Outcome run_grid(const Kernel &kernel, Index grid, Index block, void **parameters, bool backwards, std::string &why);

}  // namespace emulated
