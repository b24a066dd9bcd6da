// Threads that take tasks from a common counter.
#include "runtime/data/tasks.h"
#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

namespace steelyard::data {

int threads_or_cores(int threads) {
  return threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void for_tasks(std::size_t tasks, int threads,
               const std::function<void(std::size_t task, std::size_t thread)> &work) {
  std::atomic<std::size_t> next{0};
  const std::size_t count =
      std::max<std::size_t>(1, std::min<std::size_t>(static_cast<std::size_t>(std::max(threads, 1)), tasks));
  std::vector<std::exception_ptr> failures(count);
  const auto run = [&](std::size_t thread) {
    try {
      for (;;) {
        const std::size_t task = next.fetch_add(1);
        if (task >= tasks) return;
        work(task, thread);
      }
    } catch (...) {
      failures[thread] = std::current_exception();
    }
  };
  std::vector<std::thread> others;
  for (std::size_t thread = 1; thread < count; ++thread) others.emplace_back(run, thread);
  run(0);
  for (std::thread &other : others) other.join();
  for (const std::exception_ptr &failure : failures)
    if (failure) std::rethrow_exception(failure);
}

} // namespace steelyard::data
