// One run of a plan over a dataset: the rows of each scope, the columns, and the steps that fill them. The
// parts: rows.cpp (rows, groups), inputs.cpp (inputs), joins.cpp (joins), order.cpp (order by key,
// neighbours, allocations), evaluate.cpp (expressions row by row), passes.cpp (passes), results.cpp (files).
//
// Whatever would be an error, or is beyond what columns can hold, ends the run of the plan with HandOver: the
// interpreter then does the whole run, and reports errors in its own words.
#pragma once
#include "compiler/native/settle.h"
#include "compiler/plan/plan.h"
#include "runtime/engine/column.h"
#include "runtime/engine/key_table.h"
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace steelyard::native {

using data::Int128;
using interpret::Constant;
using interpret::Value;
using number::Exact;

struct HandOver : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Compiler;

class Execution {
public:
  Execution(const semantics::Program &program, const plan::Plan &plan, const data::Dataset &dataset,
            const interpret::RunOptions &options, int threads);
  ~Execution();

  /// Runs all steps. `compiler` null: every pass is evaluated row by row.
  void run(Compiler *compiler);
  /// With `write`, files go there in parts, and only their names into `written`.
  interpret::Settlement results(const WritePart &write, std::vector<std::string> &written);
  interpret::Settlement results() {
    std::vector<std::string> none;
    return results({}, none);
  }

  struct Counts {
    std::vector<StepTime> steps;
    std::size_t native_rows = 0;      ///< rows of compiled passes
    std::size_t interpreted_rows = 0; ///< rows of passes evaluated row by row
    std::size_t exact_rows = 0;       ///< rows of compiled passes that were wider than the machine code
    double rows_ms = 0, pass_ms = 0, compile_ms = 0, compile_cpu_ms = 0;
  };
  const Counts &counts() const { return counts_; }

  // ----- for the evaluator and the compiler -----
  const semantics::Program &program() const { return program_; }
  const plan::Plan &plan() const { return plan_; }
  const engine::Column &column(int id) const { return columns_[id]; }
  engine::Column &column(int id) { return columns_[id]; }
  /// A join that is worked out where it is read: the position in a dense table of keys.
  struct Position {
    struct Key {
      int column = -1; ///< of the own row
      engine::KeyTable::Domain domain;
    };
    std::vector<Key> keys;
    const engine::KeyTable *table = nullptr;
    const plan::MakeJoin *step = nullptr;
    bool is_column = false; ///< it was completed
  };
  /// Null: the join is a column only.
  const Position *left_join(int column) const;
  /// Makes a column, too, of a join that was left.
  void complete_join(int column);
  /// The least and the greatest value; precondition: the column is complete.
  std::pair<Int128, Int128> bounds(int id);
  /// No value of a complete column is missing, and none met an error.
  bool all_given(int id) const;
  /// What looking for bounds took so far: of the clock, and of the processors. It is part of evaluating.
  std::pair<double, double> scan_ms() const { return {scan_ms_, scan_cpu_ms_}; }
  std::size_t rows(int scope) const { return scopes_[scope].rows; }
  /// Rows in the order of their keys.
  const std::vector<int> &ordered(int scope);
  /// By row: its position in that order.
  const std::vector<int> &ranks(int scope);
  /// The row of the input table, -1: none.
  int input_row(int scope, int row) const {
    const Rows &set = scopes_[scope];
    return set.as_input ? row : set.input_rows.empty() ? -1 : set.input_rows[static_cast<std::size_t>(row)];
  }
  int threads() const { return threads_; }
  Value constant(const Constant &constant, const semantics::Type &type);
  Value parameter(int parameter);

  /// In the `given` bytes of a hoisted column: the row met an error.
  static constexpr std::uint8_t failed_row = 2;
  /// While a pass runs: the row is left to exact arithmetic.
  static constexpr std::uint8_t exact_row = 3;

  /// After compiled hoisted work: computes what was left, and keeps the column as narrow as its values.
  void finish_hoist(const plan::Hoist &work);

  /// Does all work of a pass again, with exact numbers, at the marked rows: nothing was added up there.
  void compute_exactly(const plan::Pass &pass, const std::uint8_t *marked);
  /// Which alternative each row took, in the order of keys, of each definition that chooses.
  std::vector<TakenAlternatives> choices();

  // ----- evaluate.cpp -----
  Value evaluate(const plan::Expression &expression, int row);
  /// The row that a path leads to, -1 for none.
  int follow(const std::vector<int> &path, int row) const;
  Value value_of(int column, int row) const;

private:
  struct Rows {
    std::size_t rows = 0;
    bool as_input = false;         ///< row i is row i of the input table
    std::vector<int> input_rows;   ///< by row, -1: none; empty when as_input
    std::vector<int> row_of_input; ///< empty when as_input
    std::unique_ptr<engine::KeyTable> keys;
    std::vector<std::size_t> dropped;
    std::vector<int> order; ///< by key
    bool ordered = false;
  };
  /// How a key of a scope is told by an integer.
  struct KeyPart {
    semantics::Type type;
    std::shared_ptr<engine::Texts> texts;
  };
  static constexpr std::int64_t no_code = INT64_MIN;

  // rows.cpp
  void make_rows(const plan::MakeRows &step);
  void make_groups(const plan::MakeGroups &step);
  std::vector<KeyPart> key_parts(int scope) const;
  std::unique_ptr<engine::KeyTable> new_table(const std::vector<KeyPart> &parts) const;
  engine::KeyTable &table_of(int scope);
  std::int64_t code_of(const Value &value, KeyPart &part, bool add);
  std::vector<std::int64_t> codes_of(const plan::Expression &expression, int scope, KeyPart &part, bool add);
  std::int64_t code_of_cell(int scope, int field, int input_row, KeyPart &part, bool add);
  void store_keys(int scope, const std::vector<int> &columns, std::vector<KeyPart> &parts);

  // key_positions.cpp
  bool add_by_position(const std::vector<plan::ExpressionPtr> &expressions, const std::vector<KeyPart> &parts,
                       engine::KeyTable &table, engine::Column &join, std::size_t &dropped);

  // inputs.cpp
  void gather(int column);
  void gather_stored_keys(int column);
  Value cell_of_input(int scope, int field, int input_row);
  Value plain_cell(int scope, int field, int input_row);
  Value row_of_key(int scope, const Value &plain);
  void put(engine::Column &column, std::size_t row, const Value &value, const semantics::Type &type);

  // joins.cpp
  void make_join(const plan::MakeJoin &step);
  bool leave_join(const plan::MakeJoin &step);
  std::optional<Position> position_of(const plan::MakeJoin &step);

  // order.cpp
  std::strong_ordering compare_key(int column, int a, int b) const;
  std::strong_ordering compare_keys(int scope, int a, int b) const;
  void make_neighbour(const plan::MakeNeighbour &step);
  void allocate(const plan::Allocation &step);

  // evaluate.cpp
  Value apply(const plan::Apply &apply, int row);
  static Value of_calendar(plan::Operator op, const Value &value);
  static Value moved(plan::Operator op, const Value &left, const Value &right);
  Value working_days(const plan::WorkingDays &node, int row);
  Value look_up(const plan::TableLookup &lookup, int row);
  struct Taken {
    const plan::Alternative *alternative = nullptr;
  };
  const plan::Alternative &choose(const plan::Choice &choice, int row);
  Value rounded(Value value, int definition) const;
  std::strong_ordering compare(const Value &a, const Value &b);

  // passes.cpp
  std::pair<std::string, int> name_of(const plan::Step &step) const;
  void run_pass(const plan::Pass &pass, Compiler *compiler);
  void evaluate_pass(const plan::Pass &pass);
  void prepare(const plan::Work &work, bool cleared);
  void evaluate_row(const plan::Work &work, std::size_t row);
  void evaluate_work(const plan::Compute &work, int row);
  void evaluate_work(const plan::Remainder &work, int row);
  void evaluate_work(const plan::Variation &work, int row);
  void evaluate_hoist(const plan::Hoist &work);
  std::optional<Value> hoisted_value(const plan::Hoist &work, std::size_t row);
  void evaluate_work(const plan::Check &work, int row);
  void evaluate_work(const plan::Sink &work, int row);

  // results.cpp
  bool result_file(int scope, std::string &kept, const std::function<bool(std::string_view)> &write);
  std::string checks_file(std::vector<interpret::FailedCheck> &failed);
  void append_value(std::string &out, int column, std::size_t row) const;
  void append_code(std::string &out, int column, Int128 value) const;
  void append_plain(std::string &out, int column, std::size_t row) const;

  const semantics::Program &program_;
  const plan::Plan &plan_;
  const data::Dataset &dataset_;
  const interpret::RunOptions &options_;
  int threads_ = 1;
  std::vector<Rows> scopes_;
  std::vector<engine::Column> columns_;
  std::map<int, Position> left_joins_;              ///< by column
  std::map<int, std::vector<int>> ranks_;           ///< by scope
  std::map<int, std::pair<Int128, Int128>> bounds_; ///< by column
  double scan_ms_ = 0, scan_cpu_ms_ = 0;
  Counts counts_;
};

} // namespace steelyard::native
