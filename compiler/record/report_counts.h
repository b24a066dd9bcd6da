// What a report counts: how often each alternative was taken, sums of columns, rows at which checks do not
// hold.
#pragma once
#include "compiler/record/recorded.h"

namespace steelyard::record {

struct Taken {
  std::uint64_t rows = 0;
  std::vector<std::uint64_t> first; ///< rows that took it: the first few
};
/// Of one column of a table of the run.
struct ColumnCount {
  std::uint64_t given = 0;
  number::Integer sum; ///< decimals: in units of the column
  log::Int128 least = 0, greatest = 0;
  std::vector<Taken> taken; ///< members and choices: by member; checks: [0] those at which it does not hold
};

/// Goes once over a table; at most `kept` rows of each alternative are kept.
std::vector<ColumnCount> count_columns(const Recorded &recorded, int table, std::size_t kept);

} // namespace steelyard::record
