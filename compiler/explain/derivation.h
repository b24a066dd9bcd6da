// How the values of one row came about: a plain record of what was read, tried, taken, computed and rounded.
// Made by derive.h; written as text by text.h and as JSON by json.h. Nothing here decides or computes.
#pragma once
#include "compiler/interpret/run.h"
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace steelyard::explain {

using interpret::RowId;
using interpret::Value;
using number::Exact;
using semantics::Term;

/// A field of a row: what a formula read.
struct FieldOfRow {
  RowId row;
  int field = -1;
  bool operator==(const FieldOfRow &) const = default;
};

/// What an aggregate was computed from.
struct AggregateRows {
  interpret::Statistics statistics;
  std::size_t matched = 0;                   ///< with those whose operand is missing
  std::vector<std::pair<RowId, Value>> rows; ///< in the order of their keys; only when they were asked for
  bool listed = false;
};
/// Where a neighbour was found.
struct Found {
  std::optional<RowId> row;   ///< none: the end was reached
  std::vector<RowId> skipped; ///< rows for which `where` did not hold
};

/// A term with the value it had at one row. A part that was not looked at (`and`, `or`, `or else`) has no
/// value.
struct Evaluated {
  Evaluated(); // these in derivation.cpp, compiled once
  Evaluated(const Evaluated &);
  Evaluated(Evaluated &&) noexcept;
  Evaluated &operator=(const Evaluated &);
  Evaluated &operator=(Evaluated &&) noexcept;
  ~Evaluated();

  const Term *term = nullptr;
  std::optional<Value> value;
  /// Operands in the order of the text. FieldRef: the keys by which rows were looked up; TableCall:
  /// arguments; Aggregate: the outer sides of its matches, then for `share` the own operand; Neighbour: the
  /// operand at the row found.
  std::vector<Evaluated> parts;
  std::optional<FieldOfRow> read; ///< FieldRef: the row arrived at and its field (-1: the row itself)
  std::vector<FieldOfRow> via;    ///< FieldRef: the references followed on the way
  int table_row = -1;             ///< TableCall: the row that fits
  std::optional<AggregateRows> aggregate;
  std::vector<Evaluated>
      operands; ///< of the rows that an aggregate lists, where the operand is more than a field
  std::optional<Found> neighbour;
  /// ListTerm: its condition for each element that was looked at, in their order. Aggregate `first`: its
  /// `where` at the row that was found.
  std::vector<Evaluated> inner;
  std::string element; ///< of one of the `inner` of a list
  /// With, but for the elements of a list: the value of the changed field is the only part; the steps of the
  /// row that come out otherwise by it, each after those that it uses.
  std::shared_ptr<const std::vector<struct Step>> changed;
};

enum class Outcome {
  held,
  not_held,
  beaten,   ///< an exception that another one which holds overrides: not evaluated
  not_tried ///< an earlier one had held
};
/// One way to a value: a line, an exception, an alternative of a `decide`.
struct Tried {
  const semantics::Alternative *alternative = nullptr;
  int index = 0; ///< as Run::choice counts
  bool exception = false;
  Outcome outcome = Outcome::not_tried;
  std::optional<Evaluated> condition; ///< evaluated ones that have a condition
  int beaten_by = -1;                 ///< position in Formula::excepts
};

/// The one rounding of a value.
struct Rounded {
  Exact exact;
  std::optional<Exact> root_of; ///< cv: the exact value is the root of this, with the sign of `exact`
  number::Rounding mode = number::Rounding::half_up;
  int decimals = 0;
  Exact result;
  bool changed = false; ///< the exact value is no multiple of the last decimal
};

struct Deduction {
  const semantics::Deduct::Less *less = nullptr;
  std::optional<Evaluated> condition;
  bool applies = true;
  Evaluated amount;
};
struct DeductionList {
  Evaluated from;
  std::vector<Deduction> deductions;
};

/// The part of one row in an allocation. The parts of all rows of the group add up to `units_of_whole`.
struct Share {
  enum class Way { each, rest, largest_remainder };
  Way way = Way::each;
  Evaluated whole;
  RowId whole_at; ///< the row at which the whole was evaluated: the first of the group
  Rounded whole_rounded;
  std::vector<int> group;                           ///< positions of the keys in which the rows agree
  std::vector<std::pair<RowId, Exact>> other_parts; ///< rest: the parts of the other rows, in their order
  std::size_t rows = 0;
  // by largest remainder
  std::optional<Evaluated> weight;
  Exact own_weight, sum_of_weights, exact, floor, remainder;
  std::size_t rank = 0;       ///< of the remainder, 1 = largest
  std::size_t units_left = 0; ///< units of the last decimal to be given, one to each of the first in rank
  struct OfRow {
    RowId row;
    Exact weight, exact, part;
  };
  std::vector<OfRow> parts; ///< of all rows of the group; only when they were asked for
};

/// One `let`, `define`, `decide`, `deduct` or `allocate` at one row.
struct Step {
  RowId row;
  int definition = -1;
  int number = 0; ///< as printed, from 1
  Value value;
  std::vector<Tried> tried; ///< empty when there is no choice
  int taken = -1;           ///< index in `tried`
  std::optional<Evaluated> formula;
  std::variant<std::monostate, DeductionList, Share> division;
  std::optional<Rounded> rounded;
};

struct CheckStep {
  int check = -1;
  Evaluated condition;
  std::optional<bool> holds;
};

/// What a run file has of an aggregate.
struct RecordedAggregate {
  const Term *term = nullptr;
  number::Integer count;
  std::optional<Exact> sum; ///< of those that have one
};

/// What was read from the input (or a key) of a row.
struct InputRead {
  int field = -1;
  Value value;
  bool recorded = false;                     ///< a result over many rows, taken as a run file has it
  std::vector<RecordedAggregate> aggregates; ///< that a recorded result was computed from
  bool only_shown = false;                   ///< nothing here rests on it
  bool absent_row = false; ///< the row has no line in the input file: the value is the default or missing
};

/// One row: what was read from it and the steps that were taken at it.
struct Section {
  RowId row;
  std::vector<InputRead> inputs;
  std::vector<Step> steps;
};

struct ParameterUse {
  int parameter = -1;
  Value value;
  const semantics::Parameter::Value *chosen = nullptr; ///< null: set from outside
};

struct Assumption {
  std::string text;
  std::string subject_zh, subject_en; ///< what rests on it
};

struct RowError {
  RowId row;
  int order = 0;       ///< of the definition or check, as in Program
  std::string text;    ///< with row and place, as every command reports it
  std::string message; ///< what was wrong
};

struct Derivation {
  RowId row;
  std::optional<FieldOfRow> only; ///< set: only this quantity and what it rests on
  std::vector<Section> sections;  ///< each before the ones that use it; the last is the row itself
  std::vector<Section> read_only; ///< other rows of which only inputs were read
  std::vector<CheckStep> checks;
  std::vector<ParameterUse> parameters; ///< in the order of the policy
  std::vector<Assumption> assumptions;
  std::vector<RowError> errors; ///< data errors that this rests on
};

/// Calls `visit` for every field that the evaluation read, and for the parts of `evaluated` in the order of
/// the text.
void each_read(const Evaluated &evaluated, const std::function<void(const FieldOfRow &)> &visit);
/// Every node, operands after their operator.
void each_node(const Evaluated &evaluated, const std::function<void(const Evaluated &)> &visit);
/// Every evaluated term of a step, in the order of the text.
void each_term(const Step &step, const std::function<void(const Evaluated &)> &visit);

} // namespace steelyard::explain
