// The heap is made large in one go, which takes addresses but no memory yet, and then advised into large
// pages.
#include "runtime/data/large_memory.h"
#include <algorithm>
#include <cstdlib>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace steelyard::data {

std::uintmax_t size_of_files(const std::filesystem::path &dataset) {
  std::uintmax_t bytes = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator file(dataset, error), end; !error && file != end;
       file.increment(error))
    if (file->path().extension() == ".csv") bytes += file->file_size(error);
  return bytes;
}

void expect_large_data(std::uintmax_t bytes) {
#if defined(__GLIBC__) && defined(MADV_HUGEPAGE) && !defined(__SANITIZE_ADDRESS__) &&                        \
    !defined(__SANITIZE_THREAD__)
  constexpr std::uintptr_t page = std::uintptr_t{1} << 21;
  constexpr std::uintmax_t least = std::uintmax_t{16} << 20, most = std::uintmax_t{1} << 30;
  if (bytes < least) return;
  const auto room = static_cast<int>(std::min(4 * bytes, most));
  ::mallopt(M_ARENA_MAX, 1);             // threads have heaps of their own otherwise
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20); // the largest that is taken
  ::mallopt(M_TRIM_THRESHOLD, 2 * static_cast<int>(page) + room);
  ::mallopt(M_TOP_PAD, room);
  const auto from = (reinterpret_cast<std::uintptr_t>(::sbrk(0)) + page - 1) & ~(page - 1);
  void *volatile some = std::malloc(page); // more than is free: the heap grows by `room`
  std::free(some);
  const auto to = reinterpret_cast<std::uintptr_t>(::sbrk(0)) & ~(page - 1);
  if (from < to) ::madvise(reinterpret_cast<void *>(from), to - from, MADV_HUGEPAGE); // advice only
  ::mallopt(M_TOP_PAD, static_cast<int>(page));
#else
  static_cast<void>(bytes);
#endif
}

} // namespace steelyard::data
