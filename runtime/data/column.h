// A column of a dataset: typed values in the narrowest storage that holds them all, one behind the other and
// aligned for vector loads. Not the texts, which the dictionary holds (docs/columns.md).
#pragma once
#include "runtime/data/dictionary.h"
#include "runtime/data/schema.h"
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace steelyard::data {

enum class Storage : std::uint8_t { u8, i16, i32, i64, i128 }; ///< 2^n bytes; u8 without a sign

inline std::size_t size_of(Storage storage) {
  return std::size_t{1} << static_cast<unsigned>(storage);
}
/// The narrowest storage of all values from `low` to `high`.
Storage narrowest(Int128 low, Int128 high);

/// A value is, by kind: boolean 0/1; text index into `dictionary`; decimal units of 10^-scale; date days
/// since 1970-01-01; enumeration member index; reference row index in the target table. A missing value is 0
/// and marked by a byte, in a column of references it is -1.
class Column {
public:
  static constexpr std::size_t alignment = 64;

  Column() = default;
  /// `rows` values that are not set yet; every one of them must be. With `may_miss`, all are given at first.
  Column(Storage storage, std::size_t rows, bool may_miss);
  /// A column of references; as above when it has rows.
  static Column of_references(std::size_t rows = 0);

  Storage storage() const { return storage_; }
  std::size_t rows() const { return rows_; }
  const void *values() const { return values_.get(); }
  void *values() {
    bounds_.reset();
    return values_.get();
  }
  /// A byte a row, 1 where the value is given; null when none is missing, and in a column of references.
  const std::uint8_t *given() const { return given_.get(); }
  std::uint8_t *given() { return given_.get(); }
  bool holds_references() const { return holds_references_; }

  bool is_given(std::size_t row) const {
    if (holds_references_) return get(row) >= 0;
    return !given_ || given_[row] != 0;
  }
  Int128 get(std::size_t row) const {
    return storage_ == Storage::i128 ? static_cast<const Int128 *>(values())[row] : Int128{narrow(row)};
  }
  /// The value of a column that is not of storage i128.
  std::int64_t narrow(std::size_t row) const {
    switch (storage_) {
    case Storage::u8:
      return static_cast<const std::uint8_t *>(values())[row];
    case Storage::i16:
      return static_cast<const std::int16_t *>(values())[row];
    case Storage::i32:
      return static_cast<const std::int32_t *>(values())[row];
    default:
      return static_cast<const std::int64_t *>(values())[row];
    }
  }

  /// The least and the greatest value, 0 for a missing one, -1 for a missing reference, where the reader
  /// knows them.
  const std::optional<std::pair<Int128, Int128>> &bounds() const { return bounds_; }
  /// Until a value changes.
  void know_bounds(Int128 least, Int128 most) { bounds_ = {least, most}; }

  /// Adds a row, and makes the storage wider where it must be.
  void append(Int128 value);
  void append_missing();
  /// Makes the value of a row another one, given from now on.
  void set(std::size_t row, Int128 value);

  Dictionary dictionary;

private:
  struct Release {
    void operator()(std::byte *memory) const;
  };
  void make_room(std::size_t rows, Storage storage);
  void store(std::size_t row, Int128 value);
  void make_given();

  Storage storage_ = Storage::u8;
  bool holds_references_ = false;
  std::size_t rows_ = 0;
  std::size_t room_ = 0; ///< rows that the memory holds
  std::unique_ptr<std::byte, Release> values_;
  std::unique_ptr<std::uint8_t[]> given_; ///< of `room_` rows
  std::optional<std::pair<Int128, Int128>> bounds_;
};

} // namespace steelyard::data
