// Stand-in for libcuda.so.1: one device whose memory is host memory and whose kernels are the .cu files, compiled by
// g++. Errors come up as on a card: at the call after the launch, and stick to the context. Symbols of the driver that
// are not here answer CUDA_ERROR_NOT_SUPPORTED (build.sh writes them from driver-symbols.txt).
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>
#include <chrono>
#include <sys/mman.h>

#include "fibers.h"

namespace {

using Address = uint64_t;
enum Result {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  NOT_INITIALIZED = 3,
  NO_DEVICE = 100,
  INVALID_DEVICE = 101,
  INVALID_IMAGE = 200,
  INVALID_CONTEXT = 201,
  INVALID_PTX = 218,
  NOT_FOUND = 500,
  ILLEGAL_ADDRESS = 700,
  LAUNCH_FAILED = 719,
  NOT_SUPPORTED = 801
};

constexpr size_t PAGE = 4096;
constexpr size_t ALIGNMENT = 16;
// New memory: NaN as a float or a double, -1 as an integer.
constexpr unsigned char POISON = 0xff;
// Around an allocation: signalling NaN as floats, which no arithmetic leaves as it was.
constexpr unsigned char FENCE[4] = {0xa5, 0xa5, 0xa5, 0xff};

/** Payload at the end of its pages, between two pages that may not be touched; what is left over is fenced. */
struct Allocation {
  size_t size;
  char *mapping;
  size_t mapped;
  char *payload;
  void *context;

  char *accessible() const { return mapping + PAGE; }
  char *end() const { return mapping + mapped - PAGE; }

  void fence() {
    for (char *p = accessible(); p < end(); p++) *p = FENCE[(uintptr_t)p % 4];
    memset(payload, POISON, size);
  }

  bool intact() const {
    // Backwards only the nearest 64 bytes: the whole of a page a launch would cost too much.
    for (const char *p = payload - std::min<size_t>(64, payload - accessible()); p < payload; p++) {
      if ((unsigned char)*p != FENCE[(uintptr_t)p % 4]) return false;
    }
    for (const char *p = payload + size; p < end(); p++) {
      if ((unsigned char)*p != FENCE[(uintptr_t)p % 4]) return false;
    }
    return true;
  }
};

struct Parameter {
  int size;
  bool floating;
};

struct Module {
  std::string digest;
  std::map<std::string, std::vector<Parameter>> entries;
};

/** What a test may ask for, by emulator_configure or EVENKEEL_EMULATOR=key=value,... */
std::map<std::string, long long> settings = {{"devices", 1},        {"driver", 12060},
                                             {"major", 8},          {"minor", 0},
                                             {"memory", 4ll << 30}, {"backwards", 0},
                                             {"accept-stale", 0},   {"quiet", 0}};
std::map<std::string, long long> counters;
std::map<Address, Allocation> memory;
std::set<void *> pinned;
size_t used;
bool initialized;
// One call at a time, as launches of several threads on one stream would go.
std::recursive_mutex mutex;
using Turn = std::lock_guard<std::recursive_mutex>;

struct Context {
  int sticky = SUCCESS;
};
thread_local Context *context;

void say(const char *function, const std::string &text) {
  if (!settings["quiet"]) fprintf(stderr, "[emulated GPU] %s: %s\n", function, text.c_str());
}

void read_environment() {
  const char *environment = getenv("EVENKEEL_EMULATOR");
  std::string rest = environment ? environment : "";
  while (!rest.empty()) {
    size_t comma = rest.find(','), equals = rest.find('=');
    if (equals != std::string::npos && equals < comma) {
      settings[rest.substr(0, equals)] = atoll(rest.c_str() + equals + 1);
    }
    rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
  }
}

int ready() { return !initialized ? int(NOT_INITIALIZED) : !context ? int(INVALID_CONTEXT) : context->sticky; }

bool inside(Address at, size_t size) {
  auto next = memory.upper_bound(at);
  if (next == memory.begin()) return false;
  const auto &[start, allocation] = *--next;
  return at + size <= start + allocation.size;
}

int range(const char *function, Address at, size_t size) {
  if (int error = ready()) return error;
  if (size > 0 && !inside(at, size)) {
    say(function, "not within one allocation of device memory");
    return INVALID_VALUE;
  }
  return SUCCESS;
}

/** Where an allocation's surroundings have been written to. */
bool damaged(std::string &why) {
  for (const auto &[address, allocation] : memory) {
    if (!allocation.intact()) {
      why = "wrote outside an allocation of " + std::to_string(allocation.size) + " bytes";
      return true;
    }
  }
  return false;
}

void release(std::map<Address, Allocation>::iterator freed) {
  munmap(freed->second.mapping, freed->second.mapped);
  used -= freed->second.size;
  memory.erase(freed);
  counters["live-allocations"]--;
}

/** Parameters of an entry, from the text between its parentheses: ".param .u64 name_param_0, ...". */
std::vector<Parameter> parameters_of(const std::string &list) {
  std::vector<Parameter> parameters;
  for (size_t at = 0; (at = list.find(".param", at)) != std::string::npos;) {
    at = list.find_first_not_of(" \t", at + 6);
    char kind = list[at + 1];
    parameters.push_back({atoi(list.c_str() + at + 2) / 8, kind == 'f'});
  }
  return parameters;
}

Module *parse(const std::string &ptx) {
  if (ptx.find(".version") == std::string::npos || ptx.find(".target") == std::string::npos) return nullptr;
  Module *module = new Module;
  const std::string key = "sources-sha256: ";
  size_t digest = ptx.find(key);
  if (digest != std::string::npos) module->digest = ptx.substr(digest + key.size(), 64);
  for (size_t at = 0; (at = ptx.find(".entry ", at)) != std::string::npos;) {
    size_t open = ptx.find('(', at), close = ptx.find(')', at);
    std::string name = ptx.substr(at + 7, ptx.find_first_of(" \t\n(", at + 7) - at - 7);
    module->entries[name] = parameters_of(ptx.substr(open, close - open));
    at = close;
  }
  return module;
}

/** Whether the PTX was made from the sources that this emulation was compiled from. */
int compare(const Module &module, const emulated::Kernel &kernel, const std::vector<Parameter> &parameters) {
  bool same = (int)parameters.size() == kernel.parameters;
  for (int i = 0; same && i < kernel.parameters; i++) {
    same = parameters[i].size == kernel.sizes[i] && parameters[i].floating == kernel.floating[i];
  }
  if (!same) {
    say("cuModuleGetFunction", std::string(kernel.name) + ": other parameters in the PTX than in the source: stale PTX");
    return INVALID_PTX;
  }
  if (module.digest != kernel.digest && !settings["accept-stale"]) {
    say("cuModuleGetFunction", std::string(kernel.name) + ": the PTX is of other sources than this emulation: run " +
                                   "src/main/cuda/build-ptx.sh and src/test/emulator/build.sh");
    return INVALID_PTX;
  }
  return SUCCESS;
}

}  // namespace

#define DRIVER(name) extern "C" __attribute__((visibility("default"))) int name

DRIVER(cuInit)(unsigned) {
  Turn turn(mutex);
  if (!initialized) read_environment();
  if (settings["devices"] == 0) return NO_DEVICE;
  initialized = true;
  return SUCCESS;
}
DRIVER(cuDriverGetVersion)(int *version) {
  Turn turn(mutex);
  *version = settings["driver"];
  return SUCCESS;
}
DRIVER(cuGetErrorName)(int result, const char **name) {
  Turn turn(mutex);
  static const std::map<int, const char *> names = {
      {SUCCESS, "CUDA_SUCCESS"},
      {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE"},
      {OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY"},
      {NO_DEVICE, "CUDA_ERROR_NO_DEVICE"},
      {INVALID_PTX, "CUDA_ERROR_INVALID_PTX"},
      {NOT_FOUND, "CUDA_ERROR_NOT_FOUND"},
      {ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS"},
      {LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED"}};
  auto found = names.find(result);
  *name = found == names.end() ? "CUDA_ERROR" : found->second;
  return SUCCESS;
}
DRIVER(cuGetErrorString)(int result, const char **text) {
  Turn turn(mutex);
  return cuGetErrorName(result, text);
}
DRIVER(cuDeviceGetCount)(int *count) {
  Turn turn(mutex);
  *count = settings["devices"];
  return initialized ? SUCCESS : NOT_INITIALIZED;
}
DRIVER(cuDeviceGet)(int *device, int ordinal) {
  Turn turn(mutex);
  *device = ordinal;
  return ordinal >= 0 && ordinal < settings["devices"] ? SUCCESS : INVALID_DEVICE;
}
DRIVER(cuDeviceGetName)(char *name, int length, int) {
  Turn turn(mutex);
  snprintf(name, length, "Emulated GPU");
  return SUCCESS;
}
DRIVER(cuDeviceTotalMem_v2)(size_t *bytes, int) {
  Turn turn(mutex);
  *bytes = settings["memory"];
  return SUCCESS;
}
DRIVER(cuDeviceGetAttribute)(int *value, int attribute, int) {
  Turn turn(mutex);
  switch (attribute) {
    case 1: *value = 1024; break;     // threads a block
    case 8: *value = 48 << 10; break; // shared memory a block
    case 10: *value = 32; break;      // warp size
    case 16: *value = 2; break;       // multiprocessors
    case 75: *value = settings["major"]; break;
    case 76: *value = settings["minor"]; break;
    default: return INVALID_VALUE;
  }
  return SUCCESS;
}
DRIVER(cuCtxCreate_v2)(Context **out, unsigned, int) {
  Turn turn(mutex);
  if (!initialized) return NOT_INITIALIZED;
  *out = context = new Context;
  counters["live-contexts"]++;
  return SUCCESS;
}
// Takes the context's memory with it, as on a card, and counts what had not been freed.
DRIVER(cuCtxDestroy_v2)(Context *destroyed) {
  Turn turn(mutex);
  for (auto i = memory.begin(); i != memory.end();) {
    auto next = std::next(i);
    if (i->second.context == destroyed) {
      release(i);
      counters["leaked-allocations"]++;
    }
    i = next;
  }
  if (context == destroyed) context = nullptr;
  delete destroyed;
  counters["live-contexts"]--;
  return SUCCESS;
}
DRIVER(cuCtxSetCurrent)(Context *current) {
  Turn turn(mutex);
  context = current;
  return SUCCESS;
}
DRIVER(cuCtxGetCurrent)(Context **current) {
  Turn turn(mutex);
  *current = context;
  return SUCCESS;
}
DRIVER(cuCtxSynchronize)() {
  Turn turn(mutex);
  return ready();
}
DRIVER(cuMemGetInfo_v2)(size_t *free, size_t *total) {
  Turn turn(mutex);
  *total = settings["memory"];
  *free = *total - used;
  return ready();
}

DRIVER(cuMemAlloc_v2)(Address *out, size_t size) {
  Turn turn(mutex);
  if (int error = ready()) return error;
  if (size == 0) return INVALID_VALUE;
  if (used + size > (size_t)settings["memory"]) return OUT_OF_MEMORY;
  size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  size_t mapped = (rounded + PAGE - 1) / PAGE * PAGE + 2 * PAGE;
  void *mapping = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) return OUT_OF_MEMORY;
  char *base = static_cast<char *>(mapping);
  mprotect(base, PAGE, PROT_NONE);
  mprotect(base + mapped - PAGE, PAGE, PROT_NONE);
  char *payload = base + mapped - PAGE - rounded;
  *out = reinterpret_cast<Address>(payload);
  Allocation allocation = {size, base, mapped, payload, context};
  allocation.fence();
  memory[*out] = allocation;
  used += size;
  counters["allocations"]++;
  counters["live-allocations"]++;
  return SUCCESS;
}
DRIVER(cuMemFree_v2)(Address address) {
  Turn turn(mutex);
  auto found = memory.find(address);
  if (found == memory.end()) {
    say("cuMemFree", "not an allocation, or freed already");
    return INVALID_VALUE;
  }
  release(found);
  return SUCCESS;
}
DRIVER(cuMemHostAlloc)(void **out, size_t size, unsigned) {
  Turn turn(mutex);
  *out = aligned_alloc(PAGE, (size + PAGE - 1) / PAGE * PAGE);
  pinned.insert(*out);
  counters["live-allocations"]++;
  return SUCCESS;
}
DRIVER(cuMemFreeHost)(void *address) {
  Turn turn(mutex);
  if (!pinned.erase(address)) return INVALID_VALUE;
  free(address);
  counters["live-allocations"]--;
  return SUCCESS;
}

DRIVER(cuMemcpyHtoD_v2)(Address to, const void *from, size_t size) {
  Turn turn(mutex);
  if (int error = range("cuMemcpyHtoD", to, size)) return error;
  memcpy(reinterpret_cast<void *>(to), from, size);
  counters["copies-to-device"]++;
  counters["bytes-to-device"] += size;
  return SUCCESS;
}
DRIVER(cuMemcpyDtoH_v2)(void *to, Address from, size_t size) {
  Turn turn(mutex);
  if (int error = range("cuMemcpyDtoH", from, size)) return error;
  memcpy(to, reinterpret_cast<void *>(from), size);
  counters["copies-to-host"]++;
  counters["bytes-to-host"] += size;
  return SUCCESS;
}
DRIVER(cuMemcpyDtoDAsync_v2)(Address to, Address from, size_t size, void *) {
  Turn turn(mutex);
  if (int error = range("cuMemcpyDtoD", to, size)) return error;
  if (int error = range("cuMemcpyDtoD", from, size)) return error;
  memmove(reinterpret_cast<void *>(to), reinterpret_cast<void *>(from), size);
  counters["copies-on-device"]++;
  return SUCCESS;
}
DRIVER(cuMemsetD32Async)(Address to, unsigned value, size_t count, void *) {
  Turn turn(mutex);
  if (int error = range("cuMemsetD32", to, count * 4)) return error;
  unsigned *words = reinterpret_cast<unsigned *>(to);
  for (size_t i = 0; i < count; i++) words[i] = value;
  return SUCCESS;
}

DRIVER(cuModuleLoadData)(void **out, const void *image) {
  Turn turn(mutex);
  if (int error = ready()) return error;
  Module *module = parse(static_cast<const char *>(image));
  if (!module) return INVALID_IMAGE;
  *out = module;
  counters["live-modules"]++;
  return SUCCESS;
}
DRIVER(cuModuleUnload)(void *module) {
  Turn turn(mutex);
  delete static_cast<Module *>(module);
  counters["live-modules"]--;
  return SUCCESS;
}
DRIVER(cuModuleGetFunction)(const void **out, void *handle, const char *name) {
  Turn turn(mutex);
  const Module &module = *static_cast<Module *>(handle);
  auto entry = module.entries.find(name);
  const emulated::Kernel *kernel = emulated::find_kernel(name);
  if (entry == module.entries.end() || !kernel) {
    say("cuModuleGetFunction", std::string("no kernel ") + name + (kernel ? " in the PTX" : " in this emulation"));
    return NOT_FOUND;
  }
  if (int error = compare(module, *kernel, entry->second)) return error;
  *out = kernel;
  return SUCCESS;
}

DRIVER(cuLaunchKernel)
(const void *function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
 unsigned blockZ, unsigned shared, void *, void **parameters, void **) {
  Turn turn(mutex);
  if (int error = ready()) return error;
  const emulated::Kernel &kernel = *static_cast<const emulated::Kernel *>(function);
  uint64_t threads = (uint64_t)blockX * blockY * blockZ;
  if (!gridX || !gridY || !gridZ || !threads || threads > 1024 || blockZ > 64 || gridX > 0x7fffffffu ||
      gridY > 65535 || gridZ > 65535 || shared != 0) {
    say("cuLaunchKernel", std::string(kernel.name) + ": a grid or block that no card takes");
    return INVALID_VALUE;
  }
  std::string why;
  emulated::Outcome outcome =
      emulated::run_grid(kernel, {(int)gridX, (int)gridY, (int)gridZ}, {(int)blockX, (int)blockY, (int)blockZ},
                         parameters, settings["backwards"] != 0, why);
  counters["launches"]++;
  if (outcome == emulated::Outcome::DONE && damaged(why)) {
    why = std::string(kernel.name) + ": " + why;
    outcome = emulated::Outcome::ILLEGAL_ADDRESS;
  }
  if (outcome != emulated::Outcome::DONE) {
    say("cuLaunchKernel", why);
    context->sticky = outcome == emulated::Outcome::ILLEGAL_ADDRESS ? ILLEGAL_ADDRESS : LAUNCH_FAILED;
  }
  return SUCCESS;  // as on a card: the failure comes up at the next call
}
DRIVER(cuStreamSynchronize)(void *) {
  Turn turn(mutex);
  return ready();
}

struct Event {
  std::chrono::steady_clock::time_point at;
};
DRIVER(cuEventCreate)(void **out, unsigned) {
  Turn turn(mutex);
  *out = new Event;
  return SUCCESS;
}
DRIVER(cuEventDestroy_v2)(void *event) {
  Turn turn(mutex);
  delete static_cast<Event *>(event);
  return SUCCESS;
}
DRIVER(cuEventRecord)(void *event, void *) {
  Turn turn(mutex);
  static_cast<Event *>(event)->at = std::chrono::steady_clock::now();
  return ready();
}
DRIVER(cuEventSynchronize)(void *) {
  Turn turn(mutex);
  return ready();
}
DRIVER(cuEventElapsedTime)(float *millis, void *from, void *to) {
  Turn turn(mutex);
  *millis = std::chrono::duration<float, std::milli>(static_cast<Event *>(to)->at - static_cast<Event *>(from)->at).count();
  return SUCCESS;
}

// For tests.
extern "C" __attribute__((visibility("default"))) void emulator_configure(const char *key, long long value) {
  Turn turn(mutex);
  if (!initialized) read_environment();
  settings[key] = value;
  // Without a device cuInit fails, also when it has worked before.
  initialized = initialized && settings["devices"] > 0;
}
extern "C" __attribute__((visibility("default"))) long long emulator_counter(const char *key) {
  Turn turn(mutex);
  return counters[key];
}
