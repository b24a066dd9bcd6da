// The reference interpreter: evaluates a checked program row by row, each value when it is first asked for
// and then from memory. No passes, no columns of results, no parallelism: it is there to be trusted.
//
// The parts of Run: rows.cpp (row sets and inputs), evaluate.cpp (terms), aggregates.cpp (aggregates and
// neighbours), definitions.cpp (let, define, decide, deduct, checks), allocate.cpp, wording.cpp (texts).
#pragma once
#include "compiler/interpret/aggregate_index.h"
#include "compiler/interpret/list_elements.h"
#include "compiler/interpret/observer.h"
#include "compiler/interpret/rows.h"
#include "compiler/interpret/run_error.h"
#include "compiler/interpret/value.h"
#include "runtime/data/dataset.h"
#include <compare>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace steelyard::interpret {

using semantics::Program;
using semantics::Term;

struct RunOptions {
  std::vector<std::pair<int, Constant>> parameters; ///< values set from outside, by index of the parameter
  std::optional<std::int64_t> day; ///< chooses among a parameter's periods; days since 1970-01-01
  Observer *observer = nullptr;
  const ExampleRows *example = nullptr; ///< set when the dataset is that of a worked example
};

class Run {
public:
  /// `dataset` is parallel to program.schema. Both must outlive the run.
  Run(const Program &program, const data::Dataset &dataset, RunOptions options = {});
  ~Run();
  Run(const Run &) = delete;
  Run &operator=(const Run &) = delete;

  const Program &program() const { return program_; }

  // ----- rows -----
  const RowSet &rows(int scope);
  const std::vector<int> &ordered_rows(int scope);
  std::optional<int> find_row(int scope, const Key &key);

  // ----- values -----
  /// Any field of a row: key, input, let or definition. Failed when it cannot be had.
  Value value(int scope, int row, int field);
  /// The alternative that a row took. Formula: 0.. for lines, then the exceptions; Decide: the alternative.
  /// -1 when the definition makes no choice, or the row's value failed or was given by a worked example.
  int choice(int definition, int row);
  /// The number that was rounded to give the definition's value. Empty when that is no number or failed, and
  /// for `cv`, whose exact value is a root: see `statistics`.
  std::optional<Exact> exact_before_rounding(int definition, int row);
  Value parameter(int parameter);
  /// A constant of the policy; that of a reference is the key of its row, missing where there is no such row.
  Value constant(const Constant &constant, const semantics::Type &type);
  /// A term at a row. Errors that arise in the term itself are not reported, those of definitions it needs
  /// are.
  Value evaluate_quietly(const Term &term, const Frame &frame);
  /// The elements of a list term, likewise; nothing where it failed.
  std::optional<ListElements> elements_quietly(const Term &list, const Frame &frame);
  /// While it lives, the row is as it would be if the field of `with` had this value.
  class AsIf {
  public:
    AsIf(Run &run, const semantics::With &with, int row, Value value);
    ~AsIf();
    AsIf(const AsIf &) = delete;
    AsIf &operator=(const AsIf &) = delete;

  private:
    struct Kept;
    Run &run_;
    std::unique_ptr<Kept> kept_; ///< what is known of the row as it is
  };
  /// While it lives, terms are evaluated for this element of the list that they stand in.
  class AtElement {
  public:
    AtElement(Run &run, std::string_view element) : run_(run) { run_.elements_.push_back(element); }
    ~AtElement() { run_.elements_.pop_back(); }
    AtElement(const AtElement &) = delete;
    AtElement &operator=(const AtElement &) = delete;

  private:
    Run &run_;
  };
  /// What an aggregate term was computed from; empty when it failed. Precondition: term is an Aggregate.
  std::optional<Statistics> statistics(const Term &term, const Frame &frame);
  /// The inner rows of an aggregate that match and for which `where` holds, in dense order.
  std::vector<int> aggregate_rows(const Term &term, const Frame &frame);
  /// Whether a check or requirement holds at a row; empty when its condition failed.
  std::optional<bool> holds(int check, int row);

  // ----- order, errors, texts -----
  /// The order of the language: enum members as declared, numbers, texts by code point, rows by their keys.
  std::strong_ordering compare(const Value &a, const Value &b);
  std::size_t error_count() const { return errors_.size(); }
  /// The first errors by (order of definition, key order of row).
  std::vector<RunError> first_errors(std::size_t kept);
  /// As it stands in a CSV cell: all decimals of the type, canonical names, "" for a missing value.
  std::string value_text(const Value &value, const semantics::Type &type);
  /// "group=BE25, tier=primary"; "" for the run as a whole.
  std::string row_key(int scope, int row);
  /// "drg_tier BE25, primary".
  std::string row_name(int scope, int row);
  /// A term as the policy writes it, on one line.
  std::string term_text(const Term &term) const;

private:
  enum class CellState : std::uint8_t { unknown, busy, known };
  struct Cell {
    Value value;
    std::int16_t choice = -1;
    CellState state = CellState::unknown;
    bool given = false; ///< by a worked example: it is never computed
  };
  /// Where errors that arise now belong.
  struct Context {
    int order = 0;
    int scope = 0;
    int row = 0;
    const std::string *subject = nullptr;
    bool silent = false;
    std::optional<Raised> *capture = nullptr; ///< set: the first error goes there instead
  };
  /// Puts a context in place for as long as it lives.
  class Within {
  public:
    Within(Run &run, const Context &context) : run_(run), before_(run.context_) { run.context_ = context; }
    ~Within() { run_.context_ = before_; }
    Within(const Within &) = delete;
    Within &operator=(const Within &) = delete;

  private:
    Run &run_;
    Context before_;
  };
  Context context_of(int definition, int row) const;

  // rows.cpp
  void build_rows(int scope, RowSet &set);
  void add_input_rows(int scope, RowSet &set, std::size_t &dropped);
  void add_source_rows(int scope, const semantics::RowSource &source, RowSet &set, std::size_t &dropped);
  void add_domain_rows(int scope, RowSet &set);
  void add_example_rows(int scope, RowSet &set);
  Value input(int scope, int row, int field);
  Value cell_of_input(const semantics::Field &field, int table, int input_row, bool follow);
  /// The key that a reference holds, without looking for its row; the value of any other field.
  Value stored_key(int scope, int row, int field);
  Value row_of_key(int scope, const Value &plain);

  // evaluate.cpp
  Value evaluate(const Term &term, const Frame &frame);
  Value eval(const Constant &node, const Term &term, const Frame &frame);
  Value eval(const semantics::FieldRef &node, const Term &term, const Frame &frame);
  Value eval(const semantics::ParameterRef &node, const Term &term, const Frame &frame);
  Value eval(const semantics::TableCall &node, const Term &term, const Frame &frame);
  Value eval(const semantics::FunctionCall &node, const Term &term, const Frame &frame);
  // calendar.cpp
  Value moved(const semantics::Binary &node, const Term &term, const Frame &frame, const Value &left,
              const Value &right);
  Value calendar_function(const semantics::FunctionCall &node, const Term &term, const Frame &frame);
  Value working_days(const semantics::FunctionCall &node, const Term &term, const Frame &frame,
                     const Exact &count, const Day &after);
  Value eval(const semantics::Unary &node, const Term &term, const Frame &frame);
  Value eval(const semantics::Binary &node, const Term &term, const Frame &frame);
  Value eval(const semantics::MissingTest &node, const Term &term, const Frame &frame);
  Value eval(const semantics::Membership &node, const Term &term, const Frame &frame);
  // lists.cpp
  Value eval(const semantics::InSet &node, const Term &term, const Frame &frame);
  Value eval(const semantics::ElementRef &node, const Term &term, const Frame &frame);
  Value eval(const semantics::ListTerm &node, const Term &term, const Frame &frame);
  Value eval(const semantics::With &node, const Term &term, const Frame &frame);
  Value first_row(const semantics::Aggregate &node, const Frame &frame);
  std::optional<ListElements> elements_of(const Term &list, const Frame &frame);
  Value list_made(const semantics::ListTerm &node, const Term &term, const std::optional<ListElements> &of,
                  const Frame &frame);
  Text keep(std::string text); ///< a text that the run has made
  Value eval(const semantics::Aggregate &node, const Term &term, const Frame &frame);
  Value eval(const semantics::Neighbour &node, const Term &term, const Frame &frame);
  Value eval(const semantics::Parenthesized &node, const Term &term, const Frame &frame);
  Value logical(const semantics::Binary &node, const Frame &frame);
  Value arithmetic(const semantics::Binary &node, const Term &term, const Value &left, const Value &right);
  Value comparison(const semantics::Binary &node, const Term &term, const Value &left, const Value &right);
  Value parameter_at(int parameter, const Span &span);
  Value table_value(const semantics::TableCall &node, const Term &term, const std::vector<Value> &arguments);

  // aggregates.cpp
  std::optional<Statistics> tally(const semantics::Aggregate &node, const Term &term, const Frame &frame);
  AggregateIndex &index_of(const semantics::Aggregate &node);
  void fill_index(const semantics::Aggregate &node, AggregateIndex &index);
  /// The rows that the index yields for the outer row; null for none, empty optional when it failed.
  std::optional<AggregateIndex::Group *> group_of(const semantics::Aggregate &node, AggregateIndex &index,
                                                  const Frame &frame);
  /// Whether an inner row counts: the matches that no index can answer, then `where`. Failed, or a truth
  /// value.
  Value counts(const semantics::Aggregate &node, const AggregateIndex &index, const Frame &inner,
               const Frame &outer);
  std::optional<Statistics> tally_rows(const semantics::Aggregate &node, const AggregateIndex &index,
                                       const std::vector<int> &rows, const Frame &frame);
  const NeighbourLinks &links_of(int scope, int key);

  // definitions.cpp
  Cell &cell(int definition, int row);
  void prepare(int definition);
  void compute(int definition, int row, Cell &cell);
  struct Taken {
    const Term *value = nullptr; ///< null: none
    int index = -1;
    bool failed = false;
  };
  Taken choose(const semantics::Definition &definition, const Frame &frame);
  Taken choose(const semantics::Formula &formula, const semantics::Definition &definition,
               const Frame &frame);
  Taken choose(const semantics::Decide &decide, const semantics::Definition &definition, const Frame &frame);
  Value result_of(const semantics::Definition &definition, const Term &term, const Frame &frame);
  Value coefficient_of_variation(const semantics::Definition &definition, const Term &term,
                                 const Frame &frame);
  Value remainder_of(const semantics::Definition &definition, int index, const Frame &frame);
  Value to_type(const semantics::Definition &definition, Value value, const Span &span);

  // allocate.cpp
  const std::vector<int> &allocation_group(int definition, int row);
  void allocate(int definition, int row);
  void allocate_in_turn(int definition, const std::vector<int> &group, const number::Decimal &whole);
  void allocate_by_weight(int definition, const std::vector<int> &group, const number::Decimal &whole);
  std::optional<std::vector<Exact>> weights_of(int definition, const std::vector<int> &group);
  std::optional<Exact> exact_part(int definition, int row);

  /// Records an error where the context says, and gives the value that stands for it.
  Value fail(ErrorCode code, const Span &span, std::string message);
  Value fail(const Raised &raised) { return fail(raised.code, raised.span, raised.message); }
  std::string place_of(const Frame &frame);

  const Program &program_;
  const data::Dataset &dataset_;
  const RunOptions options_;
  std::vector<std::unique_ptr<RowSet>> row_sets_; ///< by scope
  std::vector<bool> building_;                    ///< by scope
  std::vector<std::vector<Cell>> cells_;          ///< by definition, then row
  std::vector<bool> prepared_;                    ///< by definition
  enum class CheckState : std::uint8_t { unknown, broken, holds, failed };
  std::vector<std::vector<CheckState>> checks_; ///< by check, then row
  std::unordered_map<const semantics::Aggregate *, AggregateIndex> aggregates_;
  std::map<std::pair<int, int>, NeighbourLinks> neighbours_; ///< by (scope, key)
  std::vector<std::string_view> elements_; ///< of the list terms that are being evaluated, innermost last
  /// What `with` puts in the place of fields while its operand is computed, the innermost last.
  struct Substitute {
    int scope = 0, row = 0, field = 0;
    Value value;
  };
  std::vector<Substitute> substitutes_;
  std::vector<std::vector<int>> definitions_of_; ///< by scope; filled when `with` first asks for them
  std::deque<std::string> texts_;                ///< made by the run; values are views of them
  struct AllocationGroups {
    std::vector<std::vector<int>> groups; ///< rows in the order of their keys
    std::vector<int> group_of_row;
  };
  std::map<int, AllocationGroups> allocations_; ///< by definition
  std::vector<RunError> errors_;                ///< in the order in which they arose
  Context context_;
};

} // namespace steelyard::interpret
