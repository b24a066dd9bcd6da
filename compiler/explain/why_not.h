// Why a row did not come to a value: for each way to it, how the record answers what is asked there, and what
// came first instead.
#pragma once
#include "compiler/explain/derive.h"
#include "compiler/explain/text.h"

namespace steelyard::explain {

/// A way to the value: an alternative of a `decide`, or a row of a table of rules.
struct WayNotTaken {
  int definition = -1;                                 ///< of the row asked for
  const semantics::Alternative *alternative = nullptr; ///< null: a row of a table
  std::optional<RowId> rule;
  std::optional<Evaluated> condition; ///< all parts evaluated; the alternative's, or the table's at `rule`
  bool holds = false;                 ///< so that only what stands before it is in the way
  bool taken = false;                 ///< this way was taken
  /// What was taken instead: an alternative, or a row of the table; both empty: nothing.
  const semantics::Alternative *alternative_taken = nullptr;
  std::optional<RowId> rule_taken;
};

struct WhyNot {
  RowId row;
  std::string value;
  std::vector<WayNotTaken> ways; ///< a way that leads to another stands before it
};

/// `value`: a key or text of a row of a table of rules that the row's quantities go by, or the name of an
/// alternative. A sentence where nothing could give it.
std::variant<WhyNot, std::string> why_not(interpret::Run &run, const DeriveOptions &options, const RowId &row,
                                          const std::string &value);

std::string to_text(interpret::Run &run, const WhyNot &why, Language language);
/// {row, value, ways: [{rule | alternative, of, holds, taken, instead, answers: [{holds, condition, seen,
/// parts}]}]} as JSON text.
std::string to_json_text(interpret::Run &run, const WhyNot &why, Language language);

} // namespace steelyard::explain
