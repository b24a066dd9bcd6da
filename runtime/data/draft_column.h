// A column while it is read row by row and its errors are looked for; `finished` makes of it what the dataset
// holds.
#pragma once
#include "runtime/data/column.h"
#include <cstdint>
#include <string>
#include <vector>

namespace steelyard::data {

/// Values as in Column, but a missing one is 0 whatever the kind. When a decimal of the column does not fit
/// 64 bits, `wide` holds all values and `values` is empty.
struct DraftColumn {
  std::vector<std::int64_t> values;
  std::vector<Int128> wide;
  std::vector<bool> present;
  std::vector<std::string> texts; ///< the distinct ones, in order of first appearance
};

/// The value of a column in a row as one type, whether the column is wide or not.
inline Int128 value_at(const DraftColumn &column, std::size_t row) {
  return column.wide.empty() ? Int128{column.values[row]} : column.wide[row];
}

Column finished(DraftColumn &&draft, FieldKind kind);

} // namespace steelyard::data
