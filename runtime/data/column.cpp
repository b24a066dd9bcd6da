// Memory of columns.
#include "runtime/data/column.h"
#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <sys/mman.h>

namespace steelyard::data {
namespace {

constexpr std::size_t huge_page = std::size_t{1} << 21U;

template<class T> bool holds(Int128 low, Int128 high) {
  return low >= std::numeric_limits<T>::min() && high <= std::numeric_limits<T>::max();
}

} // namespace

Storage narrowest(Int128 low, Int128 high) {
  if (holds<std::uint8_t>(low, high)) return Storage::u8;
  if (holds<std::int16_t>(low, high)) return Storage::i16;
  if (holds<std::int32_t>(low, high)) return Storage::i32;
  return holds<std::int64_t>(low, high) ? Storage::i64 : Storage::i128;
}

void Column::Release::operator()(std::byte *memory) const {
  ::operator delete (memory, std::align_val_t{alignment});
}

Column::Column(Storage storage, std::size_t rows, bool may_miss) {
  make_room(rows, storage);
  rows_ = rows;
  if (may_miss) make_given();
}

Column Column::of_references(std::size_t rows) {
  Column out(Storage::i32, rows, false);
  out.holds_references_ = true;
  return out;
}

/// Room for `rows` rows of `storage`; what is there is kept.
void Column::make_room(std::size_t rows, Storage storage) {
  // One row at least: a join without a row reads row 0 and throws the value away.
  const std::size_t room = std::max<std::size_t>(rows, 1);
  const std::size_t size = room * size_of(storage);
  Column old = std::move(*this);
  storage_ = storage;
  holds_references_ = old.holds_references_;
  rows_ = old.rows_;
  room_ = room;
  dictionary = std::move(old.dictionary);
  values_.reset(static_cast<std::byte *>(::operator new (size, std::align_val_t{alignment})));
  if (size >= 2 * huge_page) { // advice only: fewer pages to fill in one by one
    auto from = (reinterpret_cast<std::uintptr_t>(values_.get()) + huge_page - 1) & ~(huge_page - 1);
    auto to = (reinterpret_cast<std::uintptr_t>(values_.get()) + size) & ~(huge_page - 1);
    if (from < to) ::madvise(reinterpret_cast<void *>(from), to - from, MADV_HUGEPAGE);
  }
  if (old.rows_ == 0) {
    std::memset(values_.get(), 0, size_of(storage));
  } else if (old.storage_ == storage) {
    std::memcpy(values_.get(), old.values_.get(), old.rows_ * size_of(storage));
  } else {
    for (std::size_t row = 0; row < old.rows_; ++row) store(row, old.get(row));
  }
  if (!old.given_) return;
  given_ = std::make_unique<std::uint8_t[]>(room);
  std::memcpy(given_.get(), old.given_.get(), old.rows_);
}

void Column::make_given() {
  given_ = std::make_unique<std::uint8_t[]>(room_);
  std::memset(given_.get(), 1, rows_);
}

void Column::store(std::size_t row, Int128 value) {
  switch (storage_) {
  case Storage::u8:
    static_cast<std::uint8_t *>(values())[row] = static_cast<std::uint8_t>(value);
    return;
  case Storage::i16:
    static_cast<std::int16_t *>(values())[row] = static_cast<std::int16_t>(value);
    return;
  case Storage::i32:
    static_cast<std::int32_t *>(values())[row] = static_cast<std::int32_t>(value);
    return;
  case Storage::i64:
    static_cast<std::int64_t *>(values())[row] = static_cast<std::int64_t>(value);
    return;
  case Storage::i128:
    static_cast<Int128 *>(values())[row] = value;
  }
}

void Column::set(std::size_t row, Int128 value) {
  const Storage needed = std::max(storage_, narrowest(value, value));
  // A byte has no sign: what is below 0 and what is above 127 meet in 16 bits.
  if (needed != storage_) make_room(std::max(room_, rows_), needed);
  store(row, value);
  if (given_) given_[row] = 1;
}

void Column::append(Int128 value) {
  if (rows_ + 1 > room_) make_room(std::max<std::size_t>(16, 2 * room_), storage_);
  ++rows_;
  set(rows_ - 1, value);
}

void Column::append_missing() {
  append(holds_references_ ? -1 : 0);
  if (holds_references_) return;
  if (!given_) make_given();
  given_[rows_ - 1] = 0;
}

} // namespace steelyard::data
