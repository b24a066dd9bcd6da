// What a run file of a policy looks like: a table for each scope, with its keys, inputs, results and choices;
// and one for the input rows that no row of the scope came of.
#pragma once
#include "compiler/semantics/program.h"
#include "runtime/log/run_file.h"
#include <vector>

namespace steelyard::record {

enum class Part : std::uint8_t {
  key,
  input,
  present, ///< whether the row has an input row
  order,   ///< the place of its input row in the file, from 0: where `first of` goes by it
  result,
  choice,
  check, ///< whether a check holds
  count, ///< of an aggregate: how many values were added up
  sum    ///< of an aggregate
};

struct Column {
  log::ColumnInfo info;
  Part part = Part::key;
  int field = -1;      ///< of the scope: key, input, result
  int definition = -1; ///< result, choice
  int check = -1;
  int aggregate = -1; ///< count, sum: in semantics::row_aggregates
};
struct Table {
  std::string name; ///< "case", "unused/drg_tier"
  int scope = -1;
  bool unused = false; ///< input rows that are no rows of the scope; keys and inputs only
  std::vector<Column> columns;
};

/// Tables of scopes with rows first, in the order of the program; then those of unused input rows.
/// `form`: of the run file; the first had no counts and sums, the second no places in files.
std::vector<Table> layout_of(const semantics::Program &program, int form = log::latest_form);

/// A name that tells the columns of a table apart: "choice of kind".
std::string title_of(const log::ColumnInfo &column);

/// Whether a definition chooses among alternatives, so that what it took is recorded.
bool has_choice(const semantics::Definition &definition);
/// The names of what can be taken: lines by their number, exceptions and alternatives by their own.
/// Precondition: it has a choice.
std::vector<std::string> choices_of(const semantics::Definition &definition);

} // namespace steelyard::record
