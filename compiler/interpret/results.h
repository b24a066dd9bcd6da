// What a finished run holds, for those who keep it: rows in the order of their keys, a column's rows at a
// time. Each engine has its own.
#pragma once
#include "compiler/interpret/run.h"
#include "runtime/log/cells.h"
#include <memory>

namespace steelyard::interpret {

/// Values are integers as log::Kind says; a reference is the place of its row in the key order of its scope,
/// a choice the index that Run::choice gives. Cells are added to `out`, which is empty and may have memory of
/// cells before. Whoever asks from several threads looks at `threads`.
class Results {
public:
  virtual ~Results() = default;
  virtual std::size_t rows(int scope) = 0;
  /// By place in key order: the row of the scope's input table, -1 for none.
  virtual std::vector<int> input_rows(int scope) = 0;
  /// A key or a definition. Precondition: the run had no error.
  virtual void values(int scope, int field, std::size_t begin, std::size_t end, log::Cells &out) = 0;
  virtual void choices(int definition, std::size_t begin, std::size_t end, log::Cells &out) = 0;
  /// Whether a check holds: 1 or 0. Not of a requirement, which always holds when a run has no error.
  virtual void checks(int check, std::size_t begin, std::size_t end, log::Cells &out) = 0;
  /// Of semantics::row_aggregates: how many values were added up, or their sum; missing where the rows hold
  /// an error that the formula did not meet.
  virtual void aggregates(int aggregate, bool sum, std::size_t begin, std::size_t end, log::Cells &out) = 0;
  /// How many threads may ask at once.
  virtual int threads() const = 0;
};

/// Those of the interpreter. `run` must outlive them.
std::unique_ptr<Results> results_of(Run &run);

} // namespace steelyard::interpret
