// Finds rows of a complete table by the values of their key columns: for repeated keys, and for references to
// the table. Not the reading of a reference's text (references.cpp).
#pragma once
#include "runtime/data/draft_column.h"
#include "runtime/data/schema.h"
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace steelyard::data {

inline bool is_given(const DraftColumn &column, std::size_t row) {
  return column.present[row];
}
inline bool is_given(const Column &column, std::size_t row) {
  return column.is_given(row);
}
inline Int128 value_at(const Column &column, std::size_t row) {
  return column.get(row);
}

/// A row whose key an earlier row has.
struct RepeatedKey {
  std::uint32_t row = 0;
  std::uint32_t first = 0;
};

/// Of draft columns, or of those of a dataset.
template<class AnyColumn> class BasicKeyIndex {
public:
  /// Indexes `rows` rows by `keys`, which must outlive the index. Rows with a missing key value are left out;
  /// of rows with the same key the first is found.
  BasicKeyIndex(std::vector<const AnyColumn *> keys, std::size_t rows);

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

  std::vector<const AnyColumn *> keys_;
  std::size_t rows_ = 0;
  bool is_dense_ = false;
  Int128 dense_low_ = 0;
  std::vector<std::uint32_t> slots_; ///< rows, by value - dense_low_ or by hash
  std::vector<RepeatedKey> repeated_;
};

using KeyIndex = BasicKeyIndex<DraftColumn>;

} // namespace steelyard::data
