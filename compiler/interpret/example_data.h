// The little dataset of one worked example: what it gives, and the rows that what it gives refers to.
#pragma once
#include "compiler/interpret/rows.h"
#include "compiler/semantics/program.h"
#include "runtime/data/dataset.h"
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace steelyard::interpret {

/// A reference to a row that the example does not give makes that row, with none of its inputs given: so an
/// example names only what matters to it. An input that is not given is an error only where it is used (Run
/// says so).
class ExampleData {
public:
  /// `tables`: the rows of the folder of tables, which are there for every example; may be null.
  ExampleData(const semantics::Program &program, const semantics::Test &test,
              const data::Dataset *tables = nullptr);

  const data::Dataset &dataset() const { return dataset_; }
  const ExampleRows &rows() const { return rows_; }

  /// A given input that no dataset could hold: outside its range, or with too many decimals.
  struct Problem {
    Span span;
    std::string message;
  };
  const std::vector<Problem> &problems() const { return problems_; }

private:
  /// The index in rows_ of the row, made where it is new.
  std::size_t row_of(int scope, const std::vector<Constant> &keys);
  /// The row of a table of the folder with this only key, -1 where it is not there.
  std::int64_t row_of_tables(int scope, const Constant &key) const;
  void set_cell(int scope, int input_row, int field, const Constant &value, const Span &span);
  void check_range(int scope, int field, const Exact &value, const Span &span);
  int scope_of_table(int table) const;

  const semantics::Program &program_;
  const data::Dataset *tables_ = nullptr;
  data::Dataset dataset_;
  ExampleRows rows_;
  std::map<std::pair<int, std::string>, std::size_t> known_; ///< by scope and text of the key
  std::vector<Problem> problems_;
};

} // namespace steelyard::interpret
