// Columns of a run: dense, typed, one value a row, aligned for vector loads. A column may look at memory of
// the dataset instead of owning its own. Missing values: a byte a row (1 = given), or -1 in a column of rows.
#pragma once
#include "runtime/data/column.h"
#include "runtime/engine/texts.h"
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace steelyard::engine {

using data::Int128;
using data::size_of;
using data::Storage;

class Column {
public:
  Column() = default;
  /// Room for `rows` values, all 0 unless not `cleared`; `may_miss` adds the bytes for missing values, all 1.
  Column(Storage storage, std::size_t rows, bool may_miss, bool cleared = true);
  /// Row numbers, all -1.
  static Column of_rows(std::size_t rows);
  /// The first `rows` values of a column of the dataset, which outlives this one.
  static Column view(const data::Column &column, std::size_t rows);

  Storage storage() const { return storage_; }
  std::size_t rows() const { return rows_; }
  const void *values() const { return values_; }
  void *values() { return owned_.get(); }
  /// Null when no value is missing, and in a column of rows.
  const std::uint8_t *given() const { return given_; }
  std::uint8_t *given() { return owned_given_.get(); }
  bool holds_rows() const { return holds_rows_; }

  bool is_given(std::size_t row) const {
    if (holds_rows_) return narrow(row) >= 0;
    return given_ == nullptr || given_[row] != 0;
  }
  Int128 get(std::size_t row) const {
    return storage_ == Storage::i128 ? static_cast<const Int128 *>(values_)[row] : Int128{narrow(row)};
  }
  /// The value of a column that is not of storage i128.
  std::int64_t narrow(std::size_t row) const {
    switch (storage_) {
    case Storage::u8:
      return static_cast<const std::uint8_t *>(values_)[row];
    case Storage::i16:
      return static_cast<const std::int16_t *>(values_)[row];
    case Storage::i32:
      return static_cast<const std::int32_t *>(values_)[row];
    default:
      return static_cast<const std::int64_t *>(values_)[row];
    }
  }
  /// False when the value does not fit.
  bool set(std::size_t row, Int128 value);
  void set_missing(std::size_t row);
  /// From now on 128 bits a value. Precondition: the column owns its values.
  void widen();

  /// The least and the greatest value, 0 for a missing one. Without rows what reading row 0 gives: {0, 0},
  /// and
  /// {-1, -1} in a column of rows.
  std::pair<Int128, Int128> bounds() const;

  std::shared_ptr<Texts> texts; ///< text columns: what the indices mean

private:
  struct Release {
    void operator()(std::byte *memory) const;
  };
  Storage storage_ = Storage::i64;
  std::size_t rows_ = 0;
  const void *values_ = nullptr;
  std::unique_ptr<std::byte, Release> owned_;
  const std::uint8_t *given_ = nullptr;
  std::unique_ptr<std::uint8_t[]> owned_given_;
  bool holds_rows_ = false;
  std::optional<std::pair<Int128, Int128>> bounds_; ///< known from the dataset
};

} // namespace steelyard::engine
