// A whole run: every definition of every row, the checks, and the results as CSV texts.
#pragma once
#include "compiler/interpret/run.h"
#include <functional>
#include <string>
#include <vector>

namespace steelyard::interpret {

struct ResultFile {
  std::string name;    ///< "drg_tier.csv"
  std::string content; ///< header, then the rows in the order of their keys
};
/// Rows that a source of rows would have given, had their path not been missing.
struct DroppedRows {
  int scope = 0;
  int source = 0; ///< position among the scope's sources
  std::size_t count = 0;
};
/// How many rows do not satisfy a `check`; they are listed in checks.csv.
struct FailedCheck {
  int check = 0;
  std::size_t count = 0;
};

struct Settlement {
  std::vector<ResultFile> files; ///< none when there are errors
  std::vector<RunError> errors;  ///< the first ones, in their order
  std::size_t error_count = 0;
  std::vector<DroppedRows> dropped; ///< sources that dropped at least one row
  std::vector<FailedCheck> failed_checks;
};

/// Evaluates everything. One file for each scope with definitions: its keys, then its definitions in the
/// order of the policy (`overall.csv` for the run as a whole); and `checks.csv` when the policy has a
/// `check`: the rows where one does not hold, as check, scope, row.
///
/// `progress` is told now and then how much of the evaluation is done, in parts of a whole; it may be empty.
using Progress = std::function<void(std::size_t done, std::size_t whole)>;
Settlement settle(Run &run, std::size_t kept_errors = 20, const Progress &progress = {});

/// The result file of one scope; empty content when it has no definition. Values that failed are empty cells.
ResultFile result_file(Run &run, int scope);

} // namespace steelyard::interpret
