// An array that is looked up at random: in large pages where it is long, so that few addresses of pages must
// be known, and aligned to the lines of the cache.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>
#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace steelyard::native {

template<class T> class LargeArray {
  static_assert(std::is_trivially_copyable_v<T>);

public:
  /// `count` times `value`; what was there is gone.
  void assign(std::size_t count, const T &value = T{}) {
    constexpr std::size_t page = std::size_t{1} << 21, line = 64;
    const bool large = count * sizeof(T) >= page / 2;
    const std::size_t unit = large ? page : line;
    const std::size_t bytes = std::max((count * sizeof(T) + unit - 1) / unit * unit, unit);
    memory_.reset(static_cast<T *>(std::aligned_alloc(unit, bytes)));
    if (!memory_) throw std::bad_alloc();
#if defined(MADV_HUGEPAGE)
    if (large) ::madvise(memory_.get(), bytes, MADV_HUGEPAGE); // advice only
#endif
    std::uninitialized_fill_n(memory_.get(), count, value);
    size_ = count;
  }
  std::size_t size() const {
    return size_;
  }
  T *data() {
    return memory_.get();
  }
  const T *data() const {
    return memory_.get();
  }
  T &operator[](std::size_t i) {
    return memory_.get()[i];
  }
  const T &operator[](std::size_t i) const {
    return memory_.get()[i];
  }
  const T *begin() const {
    return memory_.get();
  }
  const T *end() const {
    return memory_.get() + size_;
  }

private:
  struct Release {
    void operator()(T *memory) const { std::free(memory); }
  };
  std::unique_ptr<T, Release> memory_;
  std::size_t size_ = 0;
};

} // namespace steelyard::native
