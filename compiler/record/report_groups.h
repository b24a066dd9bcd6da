// Rows of a table by one of its columns: how many there are of each value, and what they add up to.
#pragma once
#include "compiler/record/recorded.h"

namespace steelyard::record {

struct Grouped {
  struct Group {
    bool given = true; ///< false: the rows without a value, the last group
    log::Int128 value = 0;
    std::uint64_t rows = 0;
    std::vector<number::Integer> sums; ///< of the columns asked for, in their units
  };
  std::vector<Group> groups; ///< in the order of values
};

/// Empty when there are more than `most` values. `summed`: columns of numbers.
std::optional<Grouped> group_rows(const Recorded &recorded, int table, std::size_t by,
                                  const std::vector<std::size_t> &summed, std::size_t most);

} // namespace steelyard::record
