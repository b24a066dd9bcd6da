// Finds rows of a complete table by the values of their key columns: for repeated keys, and for references to
// the table. Not the reading of a reference's text (references.cpp).
#pragma once
#include "runtime/data/dataset.h"
#include "runtime/data/schema.h"
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace steelyard::data {

/// The value of a column in a row as one type, whether the column is wide or not.
inline Int128 value_at(const Column &column, std::size_t row) {
  return column.wide.empty() ? Int128{column.values[row]} : column.wide[row];
}

/// A row whose key an earlier row has.
struct RepeatedKey {
  std::uint32_t row = 0;
  std::uint32_t first = 0;
};

class KeyIndex {
public:
  /// Indexes `rows` rows by `keys`, which must outlive the index. Rows with a missing key value are left out;
  /// of rows with the same key the first is found.
  KeyIndex(std::vector<const Column *> keys, std::size_t rows);

  /// The row whose only key has this value.
  std::optional<std::uint32_t> find(Int128 value) const;
  /// In ascending order of rows.
  const std::vector<RepeatedKey> &repeated() const { return repeated_; }

private:
  static constexpr std::uint32_t no_row = 0xFFFFFFFFU;

  bool build_dense();
  void build_hashed();
  bool has_key(std::size_t row) const;
  std::uint64_t hash_of(std::size_t row) const;
  bool same_key(std::size_t a, std::size_t b) const;

  std::vector<const Column *> keys_;
  std::size_t rows_ = 0;
  bool is_dense_ = false;
  Int128 dense_low_ = 0;
  std::vector<std::uint32_t> slots_; ///< rows, by value - dense_low_ or by hash
  std::vector<RepeatedKey> repeated_;
};

} // namespace steelyard::data
