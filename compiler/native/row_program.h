// The second way of the native engine: rows that are computed each by itself from its own inputs and from
// tables, as a grouper's records are. Plans are made of columns and have no lists; here a row is taken
// through all its definitions at once.
//
// The condition of a table of rules is evaluated for all its rows together, as a set of rows in words of
// bits: what depends on the row of the table alone is a set that is known beforehand; whether a code is on
// the list of a row is a look-up from the code to the set of rows whose list has it; a comparison with a cell
// of the table is a look-up among its values; `and`, `or`, `not` are operations on words. The first row is
// the first bit. The sets are made by the interpreter, and what it would refuse ends in HandOver.
#pragma once
#include "compiler/interpret/settle.h"
#include <optional>
#include <string>

namespace steelyard::native {

struct RowRun {
  std::optional<interpret::Settlement> settlement; ///< none where the policy is not of this kind
  std::string reason;                              ///< why not
  std::size_t rows = 0;                            ///< that were computed
  double prepare_ms = 0, run_ms = 0;
};

/// Computes the rows with `threads` threads; the results are those of interpret::settle. Throws HandOver
/// where a row meets an error.
RowRun settle_row_by_row(const semantics::Program &program, const data::Dataset &dataset,
                         const interpret::RunOptions &options, int threads);

} // namespace steelyard::native
