// What a term evaluates to, and keys of rows made of such values. Not how values are written (see wording.h).
#pragma once
#include "compiler/semantics/program.h"
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

namespace steelyard::interpret {

using number::Exact;
using semantics::Constant;
using semantics::Day;
using semantics::Member;
using semantics::Missing;
using semantics::Month;
using syntax::Span;

/// A text is a view into the dataset or the program; both outlive the run.
struct Text {
  std::string_view text;
  bool operator==(const Text &) const = default;
};
/// A row by its dense index among the rows of its scope.
struct RowId {
  int scope = 0;
  int row = 0;
  bool operator==(const RowId &) const = default;
};
/// The value cannot be had because of an error, which is reported where it arose and nowhere else.
struct Failed {
  bool operator==(const Failed &) const = default;
};

using Value = std::variant<Missing, bool, Exact, Member, Text, Day, Month, RowId, Failed>;

inline bool is_missing(const Value &value) {
  return std::holds_alternative<Missing>(value);
}
inline bool is_failed(const Value &value) {
  return std::holds_alternative<Failed>(value);
}
/// A condition that holds. A missing truth value is not true.
inline bool is_true(const Value &value) {
  const bool *truth = std::get_if<bool>(&value);
  return truth != nullptr && *truth;
}

/// The values of the keys of a row, in the order of the keys. Equal numbers are equal whatever their
/// decimals.
using Key = std::vector<Value>;

struct KeyHash {
  std::size_t operator()(const Key &key) const;
};

/// The rows that a term sees: its own, and through `outer` those outside the aggregates it stands in
/// (`this.`).
struct Frame {
  int scope = 0;
  int row = 0;
  const Frame *outer = nullptr;
};

} // namespace steelyard::interpret
