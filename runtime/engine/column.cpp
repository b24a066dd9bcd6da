// Memory of columns.
#include "runtime/engine/column.h"
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <sys/mman.h>

namespace steelyard::engine {

namespace {
constexpr std::size_t alignment = 64;
/// From this size on, memory comes in pages of 2 MB where the system has them: 512 times fewer page faults.
constexpr std::size_t huge_page = std::size_t{1} << 21;

std::byte *allocate(std::size_t size) {
  const std::size_t unit = size >= huge_page ? huge_page : alignment;
  size = (size + unit - 1) / unit * unit;
  void *memory = std::aligned_alloc(unit, size);
  if (memory == nullptr) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
  if (unit == huge_page) ::madvise(memory, size, MADV_HUGEPAGE);
#endif
  return static_cast<std::byte *>(memory);
}

template<class T> std::pair<Int128, Int128> bounds_of(const void *values, std::size_t rows) {
  const T *at = static_cast<const T *>(values);
  T low = at[0], high = at[0];
  for (std::size_t i = 1; i < rows; ++i) {
    low = std::min(low, at[i]);
    high = std::max(high, at[i]);
  }
  return {low, high};
}

// By the widest vectors of the machine: this reads whole columns.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define STEELYARD_BY_MACHINE __attribute__((target_clones("avx2", "default")))
#else
#define STEELYARD_BY_MACHINE
#endif
STEELYARD_BY_MACHINE std::pair<Int128, Int128> bounds_32(const void *values, std::size_t rows) {
  const auto *at = static_cast<const std::int32_t *>(values);
  std::int32_t low = at[0], high = at[0];
  for (std::size_t i = 1; i < rows; ++i) {
    low = at[i] < low ? at[i] : low;
    high = at[i] > high ? at[i] : high;
  }
  return {low, high};
}
STEELYARD_BY_MACHINE std::pair<Int128, Int128> bounds_64(const void *values, std::size_t rows) {
  const auto *at = static_cast<const std::int64_t *>(values);
  std::int64_t low = at[0], high = at[0];
  for (std::size_t i = 1; i < rows; ++i) {
    low = at[i] < low ? at[i] : low;
    high = at[i] > high ? at[i] : high;
  }
  return {low, high};
}

template<class T> bool store(void *values, std::size_t row, Int128 value) {
  if (value < Int128{std::numeric_limits<T>::min()} || value > Int128{std::numeric_limits<T>::max()})
    return false;
  static_cast<T *>(values)[row] = static_cast<T>(value);
  return true;
}
} // namespace

void Column::Release::operator()(std::byte *memory) const {
  std::free(memory);
}

Column::Column(Storage storage, std::size_t rows, bool may_miss, bool cleared)
    : storage_(storage), rows_(rows) {
  // One row at least: a join without a row reads row 0 and throws the value away.
  const std::size_t size = std::max<std::size_t>(rows, 1) * size_of(storage);
  owned_.reset(allocate(size));
  if (cleared || rows == 0) std::memset(owned_.get(), 0, size);
  values_ = owned_.get();
  if (may_miss) {
    owned_given_ = std::make_unique<std::uint8_t[]>(std::max<std::size_t>(rows, 1));
    std::memset(owned_given_.get(), 1, rows);
    given_ = owned_given_.get();
  }
}

Column Column::of_rows(std::size_t rows) {
  Column out(Storage::i32, rows, false, false);
  std::memset(out.owned_.get(), 0xFF, std::max<std::size_t>(rows, 1) * 4);
  out.holds_rows_ = true;
  return out;
}

Column Column::view(const data::Column &column, std::size_t rows) {
  if (rows == 0 && column.holds_references()) return of_rows(0);
  if (rows == 0) return Column(column.storage(), 0, false);
  Column out;
  out.storage_ = column.storage();
  out.rows_ = rows;
  out.values_ = column.values();
  out.given_ = column.given();
  out.holds_rows_ = column.holds_references();
  if (rows == column.rows()) out.bounds_ = column.bounds();
  return out;
}

bool Column::set(std::size_t row, Int128 value) {
  switch (storage_) {
  case Storage::u8:
    return store<std::uint8_t>(owned_.get(), row, value);
  case Storage::i16:
    return store<std::int16_t>(owned_.get(), row, value);
  case Storage::i32:
    return store<std::int32_t>(owned_.get(), row, value);
  case Storage::i64:
    return store<std::int64_t>(owned_.get(), row, value);
  case Storage::i128:
    reinterpret_cast<Int128 *>(owned_.get())[row] = value;
    return true;
  }
  return false;
}

void Column::set_missing(std::size_t row) {
  if (holds_rows_)
    set(row, -1);
  else
    owned_given_[row] = 0;
}

void Column::widen() {
  Column wide(Storage::i128, rows_, false);
  for (std::size_t row = 0; row < rows_; ++row) wide.set(row, get(row));
  storage_ = wide.storage_;
  owned_ = std::move(wide.owned_);
  values_ = owned_.get();
}

std::pair<Int128, Int128> Column::bounds() const {
  if (bounds_) return *bounds_;
  if (rows_ == 0) return holds_rows_ ? std::pair<Int128, Int128>{-1, -1} : std::pair<Int128, Int128>{0, 0};
  switch (storage_) {
  case Storage::u8:
    return bounds_of<std::uint8_t>(values_, rows_);
  case Storage::i16:
    return bounds_of<std::int16_t>(values_, rows_);
  case Storage::i32:
    return bounds_32(values_, rows_);
  case Storage::i64:
    return bounds_64(values_, rows_);
  case Storage::i128:
    return bounds_of<Int128>(values_, rows_);
  }
  return {0, 0};
}

} // namespace steelyard::engine
