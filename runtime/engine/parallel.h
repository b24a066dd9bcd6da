// Work over ranges of rows by several threads. Which thread takes which morsel is not fixed; so what threads
// add up must not depend on the order (integers).
#pragma once
#include <cstddef>
#include <functional>

namespace steelyard::engine {

inline constexpr std::size_t morsel = 16384;

/// Calls work(begin, end, thread) for all rows in pieces of at most `morsel` rows. An exception in a thread
/// is thrown again here, after all threads have ended.
void for_morsels(std::size_t rows, int threads,
                 const std::function<void(std::size_t begin, std::size_t end, int thread)> &work);

} // namespace steelyard::engine
