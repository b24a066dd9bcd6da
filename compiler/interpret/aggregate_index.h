// What makes all evaluations of an aggregate together linear in the rows: the inner rows grouped by what they
// are matched by, and the result for each group where no row outside it can change that. Filled in
// aggregates.cpp.
#pragma once
#include "compiler/interpret/error_codes.h"
#include "compiler/interpret/value.h"
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace steelyard::interpret {

/// An error found while something shared was evaluated: each row that needs the shared thing reports it as
/// its own, so that reports do not depend on which row came first.
struct Raised {
  ErrorCode code = ErrorCode::division_by_zero;
  Span span;
  std::string message;
};

/// The operands of an aggregate taken together; missing ones are left out.
struct Statistics {
  std::size_t count = 0;
  Exact sum;
  Exact squares;         ///< sum of the squares; only for `cv`
  Value least, greatest; ///< only for `min` and `max`; missing over no rows
};

struct AggregateIndex {
  struct Kept {
    std::optional<Statistics> statistics; ///< empty: failed
    std::optional<Raised> error;
  };
  struct Group {
    std::vector<int> rows;
    std::optional<Kept> kept;
  };
  bool filled = false;
  std::vector<int> indexed;  ///< matches whose inner side sees only its own row: the key of `groups`
  std::vector<int> filtered; ///< the other matches: tried row by row
  bool keepable = false;     ///< the result depends on the key alone
  std::unordered_map<Key, Group, KeyHash> groups;
  bool failed = false; ///< an inner key could not be had, so no group is known for certain
  std::optional<Raised> error;
};

/// The rows before and after each row along one key, the other keys equal; -1 where there is none.
struct NeighbourLinks {
  std::vector<int> next, previous;
};

} // namespace steelyard::interpret
