// A policy as columns and steps. Scopes have rows, rows have columns; a step makes rows, joins or the values
// of columns. Steps are in an order in which every column is written before it is read. The heart is the
// pass: one run over the rows of a scope that computes all definitions and feeds all aggregates whose
// operands are there.
//
// A plan holds no data and no machine code: it can be printed (`print`), and its invariants checked
// (`verify`). Where a run of the plan meets any error, the interpreter takes the whole run over and reports
// it.
#pragma once
#include "compiler/plan/expression.h"
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace steelyard::plan {

/// How a value lies in memory. Numbers: units of 10^-scale. Rows: dense indices, -1 for none. Texts: an index
/// in the texts of the column. Members: position in the enum. Dates: days since 1970-01-01.
enum class Storage : std::uint8_t { u8, i16, i32, i64, i128 };

enum class Role : std::uint8_t {
  key,
  input,
  stored_key, ///< the key that an input reference holds, where the rows referred to are only made from it
  join,       ///< a row of another scope, or of a group domain
  statistic,  ///< of an aggregate: count, sum, squares, least, greatest
  definition, ///< a result
  choice,     ///< which alternative a definition took (the reasoning)
  hoisted,    ///< part of another scope's formula that depends only on this row
  check       ///< whether a check holds
};

struct Column {
  int scope = -1;
  std::string name;
  Type type;
  Role role = Role::input;
  Storage storage = Storage::i64;
  int field = -1;      ///< key, input, definition: in the program's scope
  int definition = -1; ///< definition, choice: in the program
  int target = -1;     ///< of row values: the scope of the row
  /// Hoisted only: the row may have met an error; it counts where the value is used.
  bool may_fail = false;
};

/// The scopes of the program keep their indices; group domains follow.
struct Scope {
  std::string name;
  bool group_domain = false;
  int inner = -1;           ///< group domain: the scope whose rows are grouped
  std::vector<int> columns; ///< in the order in which they were made
};

// ---------- steps ----------
/// The rows of a scope and their keys. `joins` are by source: from the source's rows to the rows they made.
struct MakeRows {
  struct Source {
    bool input = false, every = false;
    int scope = -1;
    std::vector<ExpressionPtr> keys;
    int join = -1;
  };
  int scope = -1;
  std::vector<int> keys; ///< key columns, written with the rows
  std::vector<Source> sources;
};
/// Inputs of a scope, one value a row; absent rows have the default.
struct Gather {
  int column = -1;
};
/// The distinct values of `keys` among the rows of the inner scope, and the group of each row.
struct MakeGroups {
  int domain = -1, inner = -1;
  std::vector<ExpressionPtr> keys;
  std::vector<int> key_columns; ///< of the domain
  int join = -1;                ///< inner row -> group
};
/// From each row of a scope to the row of `target` with these keys.
struct MakeJoin {
  int column = -1;
  std::vector<ExpressionPtr> keys;
};
/// The next (previous) row along `key` for which `where` holds there.
struct MakeNeighbour {
  int column = -1;
  bool next = true;
  int key = 0;
  ExpressionPtr where; ///< at the other row; may be null
};
struct Allocation {
  int column = -1, definition = -1;
  ExpressionPtr whole, part, weight;
};

// ---------- what a pass does ----------
struct Compute {
  int column = -1;
  int choice_column = -1; ///< -1: nothing to choose
  int definition = -1;
  Choice choice;
};
/// `from` less the amounts whose condition holds.
struct Remainder {
  struct Less {
    ExpressionPtr amount, condition;
  };
  int column = -1;
  int definition = -1;
  ExpressionPtr from;
  std::vector<Less> clauses;
};
/// Coefficient of variation from count, sum and sum of squares (columns; read through `path`).
struct Variation {
  int column = -1;
  int definition = -1;
  std::vector<int> path;
  int count = -1, sum = -1, squares = -1;
};
struct Hoist {
  int column = -1;
  ExpressionPtr value;
  /// >= 0: rounded as this definition rounds, by its scale and bounds; else exact.
  int definition = -1;
};
struct Check {
  int column = -1;
  int check = -1;
  ExpressionPtr condition;
};
/// Adds the rows of a scope up by the rows of the target scope that `group` leads to (-1: all into row 0).
struct Sink {
  int scope = -1, target = -1;
  int group = -1;
  ExpressionPtr operand; ///< null: count rows
  ExpressionPtr where;   ///< may be null
  int scale = 0;         ///< of the sum
  int count = -1, sum = -1, squares = -1, least = -1,
      greatest = -1; ///< columns of the target; -1: not wanted
};
using Work = std::variant<Compute, Remainder, Variation, Hoist, Check, Sink>;

struct Pass {
  int scope = -1;
  std::vector<Work> work;
  std::string interpreted; ///< why the work is not compiled; empty: it is
};

struct Step {
  std::variant<MakeRows, Gather, MakeGroups, MakeJoin, MakeNeighbour, Allocation, Pass> what;
  std::string reason; ///< of a pass: why it could not be earlier
};

struct Plan {
  std::vector<Scope> scopes;
  std::vector<Column> columns;
  std::vector<Step> steps;
  /// When they were asked for, in the order of semantics::row_aggregates: where their count and sum are.
  struct KeptAggregate {
    std::vector<int> way; ///< from the row of the definition to that of the statistics
    int count = -1, sum = -1;
  };
  std::vector<KeptAggregate> kept_aggregates;

  /// The column of a field; -1 when nothing needs it.
  int column_of(int scope, int field) const;
};

/// What no plan can be made of (yet): the interpreter does the whole run.
struct Unplanned {
  std::string reason;
};

/// `keep_aggregates`: count and sum of every aggregate are wanted, whatever the formulas make of them.
std::variant<Plan, Unplanned> make_plan(const semantics::Program &program, bool keep_aggregates = false);

/// All columns and steps, as text.
std::string print(const Plan &plan, const semantics::Program &program);
/// An expression on one line.
std::string print(const Expression &expression, const Plan &plan, const semantics::Program &program);

/// The first broken invariant, if any: every column written once and before it is read; no choice dropped.
std::optional<std::string> verify(const Plan &plan, const semantics::Program &program);

/// Columns that a step reads, with the rows it needs; own-row reads of a pass count too.
std::vector<int> columns_read(const Work &work);
std::vector<int> columns_written(const Work &work);
std::vector<int> columns_read(const Step &step);
std::vector<int> columns_written(const Step &step);
void add_columns_read(const Expression &expression, std::vector<int> &out);

} // namespace steelyard::plan
