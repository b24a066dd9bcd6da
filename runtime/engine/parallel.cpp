// Threads that take morsels from a common counter.
#include "runtime/engine/parallel.h"
#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

namespace steelyard::engine {

void for_morsels(std::size_t rows, int threads,
                 const std::function<void(std::size_t begin, std::size_t end, int thread)> &work) {
  std::atomic<std::size_t> next{0};
  const auto most = static_cast<int>((rows + morsel - 1) / morsel);
  const int count = std::max(1, std::min(threads, most));
  std::vector<std::exception_ptr> failures(static_cast<std::size_t>(count));
  const auto run = [&](int thread) {
    try {
      for (;;) {
        const std::size_t begin = next.fetch_add(morsel);
        if (begin >= rows) return;
        work(begin, std::min(rows, begin + morsel), thread);
      }
    } catch (...) {
      failures[static_cast<std::size_t>(thread)] = std::current_exception();
    }
  };
  std::vector<std::thread> others;
  for (int thread = 1; thread < count; ++thread) others.emplace_back(run, thread);
  run(0);
  for (std::thread &other : others) other.join();
  for (const std::exception_ptr &failure : failures)
    if (failure) std::rethrow_exception(failure);
}

} // namespace steelyard::engine
