// Which rows of tables of rules can never be found, whatever the record: found out from the tables alone,
// when a policy is checked. Every finding is a fact; a row of which nothing is said may still be unreachable.
#pragma once
#include "compiler/interpret/run.h"
#include <string>
#include <vector>

namespace steelyard::reach {

/// A row that is never the first for which the condition of a table of rules holds.
struct DeadRow {
  int definition = -1; ///< whose `first of` it is
  interpret::RowId row;
  std::string because; ///< "entry_proc[DA1, 1] is empty", "entry BR1 before it holds whenever it does"
};
/// Elements of sets that rows ask for, and that can never decide there.
struct DeadCodes {
  int scope = -1;  ///< the entity whose last key they are
  std::string set; ///< "entry_dx[XT3, 1]"
  std::size_t count = 0;
  bool asked = true; ///< false: no row asks for the set
};
struct Findings {
  std::vector<DeadRow> rows;    ///< in the order of definitions, then of the tables
  std::vector<DeadCodes> codes; ///< sets that no row asks for come last
};

/// `run`: over a dataset that has the tables; other files are not looked at.
Findings find_unreachable(interpret::Run &run);

} // namespace steelyard::reach
