// Makes derivations: replays the evaluation of one row and of the rows that it rests on, keeping what the
// interpreter throws away. Values come from the run itself; only what was read and tried on the way is found
// out again here, and where that does not lead to the run's own choice it is a defect (std::logic_error).
//
// The parts: derive.cpp (which steps, in which order), evaluate.cpp (terms), steps.cpp (choices, roundings,
// deductions), share.cpp (allocations).
#pragma once
#include "compiler/explain/derivation.h"
#include <functional>
#include <map>

namespace steelyard::explain {

struct DeriveOptions {
  bool premises = true;            ///< the steps of other rows, too
  std::vector<int> parameters_set; ///< parameters whose values were set from outside
  std::vector<bool> given; ///< by definition: of other rows, taken as it is (a run file has recorded it)
  /// What is recorded of the aggregates of a definition that is `given`.
  std::function<std::vector<RecordedAggregate>(const RowId &row, int definition)> aggregates;
  std::optional<std::int64_t> day; ///< that chose among the periods of parameters
};

class Deriver {
public:
  /// `run` must outlive this; it is asked for values and never changed in what they are.
  explicit Deriver(interpret::Run &run, DeriveOptions options = {})
      : run_(run), options_(std::move(options)) {}

  /// `only`: a let or definition of the row's scope; empty: all of them, and the checks.
  Derivation derive(const RowId &row, std::optional<int> only = {});

  Evaluated evaluate(const Term &term, const interpret::Frame &frame);
  /// A term with all its parts, also those that others had decided, as far as they can be evaluated.
  Evaluated evaluate_all(const Term &term, const interpret::Frame &frame);

private:
  using Frame = interpret::Frame;

  // evaluate.cpp
  void fill(Evaluated &out, const semantics::FieldRef &node, const Frame &frame);
  void fill(Evaluated &out, const semantics::Binary &node, const Frame &frame);
  void fill(Evaluated &out, const semantics::TableCall &node, const Frame &frame);
  void fill(Evaluated &out, const semantics::Aggregate &node, const Frame &frame);
  void fill(Evaluated &out, const semantics::Neighbour &node, const Frame &frame);
  void fill(Evaluated &out, const semantics::ListTerm &node, const Frame &frame);
  void fill(Evaluated &out, const semantics::With &node, const Frame &frame);
  bool rests_on(int definition, int field);
  bool reads_missing(const Term &term, const Frame &frame);
  /// The rows before (or after) a row along a key, the nearest first.
  const std::vector<int> &line_of(int scope, int key, int row, std::size_t &place);

  // steps.cpp
  Step make_step(int definition, const RowId &row);
  void choose(Step &step, const semantics::Formula &formula);
  void choose(Step &step, const semantics::Decide &decide);
  Evaluated evaluate_cv(const Step &step, const Term &term, Rounded &rounded);
  void deduct(Step &step, const semantics::Deduct &body);

  // share.cpp
  void share(Step &step, const semantics::Allocate &body);
  struct Group {
    std::vector<int> rows;
    std::vector<Exact> weights;
    Exact sum;
    std::vector<std::size_t> rank; ///< by position in `rows`
    std::size_t units_left = 0;
  };
  Group &group_of(int definition, int row);
  void fill_weights(Group &group, int definition, const number::Decimal &whole);

  // derive.cpp
  struct Plan;
  void collect(Plan &plan, const FieldOfRow &target);
  void note(Plan &plan, const Evaluated &evaluated, std::vector<FieldOfRow> *needs);
  void order(Plan &plan, Derivation &out);
  void check_row(Plan &plan, Derivation &out);
  bool is_recorded(const Plan &plan, const FieldOfRow &read) const;
  void read_inputs(Plan &plan, Derivation &out);
  void gather_basis(Plan &plan, Derivation &out);

  interpret::Run &run_;
  DeriveOptions options_;
  bool all_parts_ = false;                       ///< also operands that the others had decided
  bool in_list_ = false;                         ///< the element of a list is evaluated
  bool listing_ = false;                         ///< the rows of aggregates are wanted
  std::map<int, std::vector<Group>> groups_;     ///< by definition
  std::map<int, std::vector<int>> group_of_row_; ///< by definition, then row
  struct Lines {
    std::vector<std::vector<int>> lines;
    std::vector<std::pair<int, std::size_t>> place; ///< by row: its line and its position there
  };
  std::map<std::pair<int, int>, Lines> lines_; ///< by scope and key
};

} // namespace steelyard::explain
