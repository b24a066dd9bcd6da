// Memory of columns.
#include "runtime/engine/column.h"
#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

namespace steelyard::engine {

namespace {
constexpr std::align_val_t alignment{64};

template<class T> std::pair<Int128, Int128> bounds_of(const void *values, std::size_t rows) {
  const T *at = static_cast<const T *>(values);
  T low = at[0], high = at[0];
  for (std::size_t i = 1; i < rows; ++i) {
    low = std::min(low, at[i]);
    high = std::max(high, at[i]);
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
  ::operator delete(memory, alignment);
}

Column::Column(Storage storage, std::size_t rows, bool may_miss) : storage_(storage), rows_(rows) {
  // One row at least: a join without a row reads row 0 and throws the value away.
  const std::size_t size = std::max<std::size_t>(rows, 1) * size_of(storage);
  owned_.reset(static_cast<std::byte *>(::operator new(size, alignment)));
  std::memset(owned_.get(), 0, size);
  values_ = owned_.get();
  if (may_miss) {
    owned_given_ = std::make_unique<std::uint8_t[]>(std::max<std::size_t>(rows, 1));
    std::memset(owned_given_.get(), 1, rows);
    given_ = owned_given_.get();
  }
}

Column Column::of_rows(std::size_t rows) {
  Column out(Storage::i32, rows, false);
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

std::pair<Int128, Int128> Column::bounds() const {
  if (rows_ == 0) return {0, 0};
  switch (storage_) {
  case Storage::u8:
    return bounds_of<std::uint8_t>(values_, rows_);
  case Storage::i16:
    return bounds_of<std::int16_t>(values_, rows_);
  case Storage::i32:
    return bounds_of<std::int32_t>(values_, rows_);
  case Storage::i64:
    return bounds_of<std::int64_t>(values_, rows_);
  case Storage::i128:
    return bounds_of<Int128>(values_, rows_);
  }
  return {0, 0};
}

} // namespace steelyard::engine
