// Which recorded values a derivation of one row takes as they are: those that were computed over many rows,
// and would need all of them again.
#pragma once
#include "compiler/semantics/program.h"
#include <vector>

namespace steelyard::record {

struct Given {
  /// By definition: an aggregate, a neighbour or an allocation is in its formula, or in a let of its own
  /// scope that the formula uses.
  std::vector<bool> over_rows;
  /// By definition that is one: the aggregates that it was computed from, in its formula or in such lets; by
  /// their place in semantics::row_aggregates.
  std::vector<std::vector<int>> aggregates;
  /// By scope: one of its results or lets is such a one. A row of another scope can be derived alone.
  std::vector<bool> scope_over_rows;
  /// By scope: its rows stand in the folder of tables, or come of such rows alone. Rules are few, and what is
  /// computed over them is computed again.
  std::vector<bool> reference;
  /// Lets of such scopes that formulas of other scopes read: they are not recorded, so no derivation that
  /// reads them can do with single rows.
  bool reads_let_over_rows = false;
};

Given given_of(const semantics::Program &program);

} // namespace steelyard::record
