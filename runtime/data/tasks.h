// Numbered pieces of work shared by several threads.
#pragma once
#include <cstddef>
#include <functional>

namespace steelyard::data {

/// Calls work(task, thread) once for each task below `tasks`; a thread takes tasks in ascending order. An
/// exception in a thread is thrown again here, after all threads have ended.
void for_tasks(std::size_t tasks, int threads,
               const std::function<void(std::size_t task, std::size_t thread)> &work);

/// `threads`, or the number of cores when it is 0.
int threads_or_cores(int threads);

} // namespace steelyard::data
