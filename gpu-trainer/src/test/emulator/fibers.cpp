// The scheduler. A thread runs until it meets a barrier or a warp exchange; nothing else lets another one run. A
// missing barrier therefore shows as a wrong number in one of the two orders, a divergent one as an error.
#include "fibers.h"

#include <algorithm>
#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <vector>
#include <sys/mman.h>

#if !defined(__x86_64__)
#error "the emulation switches stacks in x86-64 assembler"
#endif

asm(R"(
.text
.globl emulated_switch
.hidden emulated_switch
emulated_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
)");
extern "C" __attribute__((visibility("hidden"))) void emulated_switch(void **save, void *load);

namespace emulated {

Thread *current;
Index block_index, block_size, grid_size;

namespace {

constexpr size_t PAGE = 4096;
constexpr size_t STACK = 64 * 1024;
constexpr int WARP = 32;
constexpr int BALLOT = -1000;  // as the source of an exchange: every lane gets the votes of all

enum class State { FRESH, READY, EXCHANGING, AT_BARRIER, FINISHED };

struct Fiber : Thread {
  State state;
  char *stack;
  void *stack_pointer;
  Place place;
  unsigned mask;
  uint64_t value;
  int source;
};

Kernel *kernels;
std::vector<Fiber> fibers;
std::vector<char *> free_stacks;
void *scheduler_stack;
const Kernel *running;
void **arguments;
sigjmp_buf escape;
thread_local bool in_launch;
void *fault_address;
const int SIGNALS[] = {SIGSEGV, SIGBUS, SIGFPE};
struct sigaction before[3];

std::string text(Place place) { return std::string(place.file) + ":" + std::to_string(place.line); }

std::string text(Index i) {
  return "(" + std::to_string(i.x) + "," + std::to_string(i.y) + "," + std::to_string(i.z) + ")";
}

char *take_stack() {
  if (!free_stacks.empty()) {
    char *stack = free_stacks.back();
    free_stacks.pop_back();
    return stack;
  }
  void *memory = mmap(nullptr, PAGE + STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) abort();
  mprotect(memory, PAGE, PROT_NONE);
  return static_cast<char *>(memory) + PAGE;
}

Fiber &self() { return *static_cast<Fiber *>(current); }

void yield_to_scheduler() { emulated_switch(&self().stack_pointer, scheduler_stack); }

void fiber_main() {
  running->invoke(arguments);
  self().state = State::FINISHED;
  yield_to_scheduler();
  abort();  // a finished fiber is never resumed
}

void start(Fiber &fiber) {
  fiber.stack = take_stack();
  void **top = reinterpret_cast<void **>(fiber.stack + STACK);
  *--top = nullptr;  // keeps the stack aligned as after a call
  *--top = reinterpret_cast<void *>(fiber_main);
  for (int i = 0; i < 6; i++) *--top = nullptr;
  fiber.stack_pointer = top;
  fiber.state = State::READY;
}

void run(Fiber &fiber) {
  if (fiber.state == State::FRESH) start(fiber);
  current = &fiber;
  emulated_switch(&scheduler_stack, fiber.stack_pointer);
  if (fiber.state == State::FINISHED) {
    free_stacks.push_back(fiber.stack);
    fiber.stack = nullptr;
  }
}

/** Lets the lanes of one exchange go on, once all that its mask names have come. */
bool complete_exchange(int first, int last, const Fiber &asking, std::string &why) {
  int lanes = last - first;
  unsigned mask = asking.mask & (lanes == WARP ? ~0u : (1u << lanes) - 1);
  for (int lane = 0; lane < lanes; lane++) {
    const Fiber &other = fibers[first + lane];
    if (!(mask >> lane & 1)) continue;
    if (other.state != State::EXCHANGING) return false;
    if (other.mask != asking.mask || other.place.line != asking.place.line || other.place.file != asking.place.file) {
      why = "lanes of one warp meet at different shuffles: " + text(asking.place) + " and " + text(other.place);
      return false;
    }
  }
  uint64_t votes = 0;
  for (int lane = 0; lane < lanes; lane++) {
    if (mask >> lane & 1) votes |= (fibers[first + lane].value & 1) << lane;
  }
  uint64_t results[WARP];
  for (int lane = 0; lane < lanes; lane++) {
    const Fiber &other = fibers[first + lane];
    bool exists = other.source >= 0 && other.source < lanes && (mask >> other.source & 1);
    results[lane] = other.source == BALLOT ? votes : exists ? fibers[first + other.source].value : other.value;
  }
  for (int lane = 0; lane < lanes; lane++) {
    if (!(mask >> lane & 1)) continue;
    fibers[first + lane].value = results[lane];
    fibers[first + lane].state = State::READY;
  }
  return true;
}

bool runnable(const Fiber &fiber) { return fiber.state == State::FRESH || fiber.state == State::READY; }

void run_warp(int warp, bool backwards, std::string &why) {
  int first = warp * WARP;
  int last = std::min<int>(fibers.size(), first + WARP);
  for (bool progress = true; progress && why.empty();) {
    progress = false;
    for (int k = first; k < last; k++) {
      Fiber &fiber = fibers[backwards ? last - 1 - (k - first) : k];
      if (runnable(fiber)) {
        run(fiber);
        progress = true;
      }
    }
    for (int k = first; k < last && why.empty(); k++) {
      if (fibers[k].state == State::EXCHANGING && complete_exchange(first, last, fibers[k], why)) progress = true;
    }
  }
}

/** After every warp has run as far as it can: all finished, all at one barrier, or an error. */
bool pass_barrier(std::string &why) {
  const Fiber *waiting = nullptr;
  size_t finished = 0;
  for (const Fiber &fiber : fibers) {
    if (fiber.state == State::EXCHANGING) {
      why = "a lane named in the mask of a shuffle never came (" + text(fiber.place) + ")";
      return false;
    }
    if (fiber.state == State::FINISHED) finished++;
    if (fiber.state == State::AT_BARRIER) waiting = &fiber;
  }
  if (finished == fibers.size()) return false;
  if (finished > 0) {
    why = "divergent barrier: " + std::to_string(finished) + " threads have exited, the others wait (" +
          text(waiting->place) + ")";
    return false;
  }
  for (const Fiber &fiber : fibers) {
    if (fiber.place.line != waiting->place.line || fiber.place.file != waiting->place.file) {
      why = "divergent barrier: threads wait at " + text(fiber.place) + " and at " + text(waiting->place);
      return false;
    }
  }
  for (Fiber &fiber : fibers) fiber.state = State::READY;
  return true;
}

void run_block(bool backwards, std::string &why) {
  for (Fiber &fiber : fibers) fiber.state = State::FRESH;
  // All ones is NaN as a float or double and -1 as an integer.
  if (running->shared_begin) memset(running->shared_begin, 0xff, running->shared_end - running->shared_begin);
  int warps = (fibers.size() + WARP - 1) / WARP;
  do {
    for (int k = 0; k < warps && why.empty(); k++) run_warp(backwards ? warps - 1 - k : k, backwards, why);
  } while (why.empty() && pass_barrier(why));
}

void on_fault(int signal, siginfo_t *info, void *context) {
  if (in_launch) {
    fault_address = info->si_addr;
    siglongjmp(escape, 1);
  }
  // Another thread's: the virtual machine uses these signals itself.
  for (int i = 0; i < 3; i++) {
    if (SIGNALS[i] != signal) continue;
    if (before[i].sa_flags & SA_SIGINFO) {
      before[i].sa_sigaction(signal, info, context);
    } else if (before[i].sa_handler != SIG_DFL && before[i].sa_handler != SIG_IGN) {
      before[i].sa_handler(signal);
    } else {
      std::signal(signal, SIG_DFL);
      raise(signal);
    }
  }
}

void catch_faults() {
  struct sigaction action {};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  for (int i = 0; i < 3; i++) sigaction(SIGNALS[i], &action, &before[i]);
  in_launch = true;
}

void leave_faults() {
  in_launch = false;
  for (int i = 0; i < 3; i++) sigaction(SIGNALS[i], &before[i], nullptr);
}

void run_blocks(Index grid, bool backwards, std::string &why) {
  long long blocks = (long long)grid.x * grid.y * grid.z;
  for (long long k = 0; k < blocks && why.empty(); k++) {
    long long block = backwards ? blocks - 1 - k : k;
    block_index = {int(block % grid.x), int(block / grid.x % grid.y), int(block / grid.x / grid.y)};
    run_block(backwards, why);
  }
}

}  // namespace

void add_kernel(Kernel *kernel) {
  kernel->next = kernels;
  kernels = kernel;
}

const Kernel *find_kernel(const char *name) {
  for (const Kernel *kernel = kernels; kernel; kernel = kernel->next) {
    if (!strcmp(kernel->name, name)) return kernel;
  }
  return nullptr;
}

void synchronize(Place place) {
  self().place = place;
  self().state = State::AT_BARRIER;
  yield_to_scheduler();
}

uint64_t exchange(unsigned mask, uint64_t value, int source, Place place) {
  Fiber &fiber = self();
  fiber.place = place;
  fiber.mask = mask;
  fiber.value = value;
  fiber.source = source;
  fiber.state = State::EXCHANGING;
  yield_to_scheduler();
  return fiber.value;
}

unsigned ballot(unsigned mask, bool predicate, Place place) {
  return unsigned(exchange(mask, predicate, BALLOT, place));
}

Outcome run_grid(const Kernel &kernel, Index grid, Index block, void **parameters, bool backwards, std::string &why) {
  running = &kernel;
  arguments = parameters;
  grid_size = grid;
  block_size = block;
  fibers.assign(size_t(block.x) * block.y * block.z, Fiber{});
  for (size_t i = 0; i < fibers.size(); i++) {
    int thread = i;
    fibers[i].index = {thread % block.x, thread / block.x % block.y, thread / block.x / block.y};
    fibers[i].lane = thread % WARP;
    fibers[i].warp = thread / WARP;
  }
  why.clear();
  Outcome outcome = Outcome::DONE;
  if (sigsetjmp(escape, 1) == 0) {
    catch_faults();
    run_blocks(grid, backwards, why);
    if (!why.empty()) outcome = Outcome::LAUNCH_FAILED;
  } else {
    char address[32];
    snprintf(address, sizeof address, "%p", fault_address);
    why = std::string("illegal address ") + address + ", thread " + text(current->index);
    outcome = Outcome::ILLEGAL_ADDRESS;
  }
  leave_faults();
  for (Fiber &fiber : fibers) {
    if (fiber.stack) free_stacks.push_back(fiber.stack);
  }
  if (!why.empty()) why = std::string(kernel.name) + ", block " + text(block_index) + ": " + why;
  return outcome;
}

}  // namespace emulated
