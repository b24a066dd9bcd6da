// The aggregates whose count and sum a run file keeps: those that a definition computes at its own row.
#pragma once
#include "compiler/semantics/program.h"
#include <vector>

namespace steelyard::semantics {

struct RowAggregate {
  int definition = -1;
  const Term *term = nullptr; ///< an Aggregate
  bool sums = false;          ///< there is a sum: of numbers with fixed decimals, and not of `min` or `max`
  int scale = 0;              ///< decimals of the sum
};

/// In the order of definitions, and of their text. Not those over published tables, which are computed again
/// whenever somebody asks, and not those inside the operand of another aggregate or of a
/// neighbour, which are computed at other rows, or those that elements of a list are asked, which are
/// computed for each of them.
std::vector<RowAggregate> row_aggregates(const Program &program);

} // namespace steelyard::semantics
