// A run again, against what was recorded of it.
#pragma once
#include "compiler/record/recorded.h"

namespace steelyard::record {

struct Difference {
  std::string row;    ///< "case C0000001"
  std::string column; ///< "points"; "choice of points"; empty: the row itself
  std::string recorded, recomputed;
};
struct Replayed {
  std::uint64_t cells = 0;     ///< compared
  std::uint64_t different = 0; ///< how many differ
  std::vector<Difference> first;
};

/// Compares every key, result and choice of a run computed anew. `only`: one table and row.
Replayed replay(const Recorded &recorded, interpret::Results &results, std::size_t kept = 20,
                std::optional<std::pair<int, std::uint64_t>> only = {});

std::string to_text(const Difference &difference);

} // namespace steelyard::record
