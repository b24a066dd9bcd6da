// The second way of the native engine: rows that are computed each by itself from its own inputs and from
// tables, as a grouper's records are. Plans are made of columns and have no lists; here a row is taken
// through all its definitions at once.
//
// Every text that a table knows is a small number (codes.h), and what tables say of a code stands in one
// place (CodeFacts): its rows, the sets that it is in, and what a condition on it alone amounts to. Searches
// in tables of rules are in row_search.h. What is known beforehand is worked out by the interpreter, and what
// it would refuse ends in HandOver.
#pragma once
#include "compiler/interpret/results.h"
#include "compiler/interpret/settle.h"
#include "compiler/native/settle.h"
#include <optional>
#include <string>

namespace steelyard::native {

struct RowRun {
  std::optional<interpret::Settlement> settlement; ///< none where the policy is not of this kind
  std::string reason;                              ///< why not
  std::vector<TakenAlternatives> choices;          ///< when asked for
  std::unique_ptr<interpret::Results> results;     ///< when they are kept
  std::size_t rows = 0;                            ///< that were computed
  StepTime prepared, computed, formatted;
  double format_ms = 0; ///< by the clock, of the slowest thread
};

/// Computes the rows with `threads` threads; the results are those of interpret::settle, and the choices,
/// where `native` asks for them, those of Run::choice. Throws HandOver where a row meets an error.
RowRun settle_row_by_row(const semantics::Program &program, const data::Dataset &dataset,
                         const interpret::RunOptions &options, const NativeOptions &native, int threads);

} // namespace steelyard::native
