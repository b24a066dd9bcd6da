// Types of the language: kinds, dimensions (yuan, point, day and their quotients) and decimal scales.
#pragma once
#include "runtime/number/exact.h"
#include <cstdint>
#include <optional>
#include <string>

namespace steelyard::semantics {

/// Exponents of the base units; a plain ratio or count has all 0, yuan per point is {1, -1, 0}.
struct Dimension {
  std::int8_t yuan = 0, point = 0, day = 0;
  bool operator==(const Dimension &) const = default;
};

/// A list is stored as the text of its cell: its elements with the separator between them.
enum class TypeKind : std::uint8_t { boolean, text, date, month, number, member, row, list };

struct Type {
  TypeKind kind = TypeKind::number;
  Dimension dimension;        ///< number
  bool any_dimension = false; ///< the literal 0, which is 0 in every unit
  int scale = -1;             ///< number: every value is a multiple of 10^-scale; -1: any rational
  int domain = -1; ///< member: index of the enum; row: index of the scope; number: index of the range or -1
  bool optional = false;     ///< the value may be missing; never of a list, which may be empty
  char separator = 0;        ///< list: what stands between its elements
  bool at_least_one = false; ///< list: the empty text is one empty element, not none
};

/// A date or a month: it has an order and can be moved, but is no number.
inline bool in_calendar(const Type &type) {
  return type.kind == TypeKind::date || type.kind == TypeKind::month;
}

/// Inclusive bounds of a numeric type, or exclusive below for "above 0".
struct Bounds {
  std::optional<number::Exact> low, high;
  bool low_exclusive = false;
};

} // namespace steelyard::semantics
