// Expressions of a plan: what a term of the checked program becomes once names, lets, aggregates and
// neighbours are gone. Every leaf is a column, read at the own row or at a row that joins lead to; so an
// expression needs nothing but columns. Shared and never changed.
#pragma once
#include "compiler/semantics/program.h"
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace steelyard::plan {

using semantics::Type;
using syntax::Span;

/// In a path: the one row of the run as a whole, from wherever it is seen.
inline constexpr int whole_run = -1;

struct Expression;
using ExpressionPtr = std::shared_ptr<const Expression>;

struct Literal {
  semantics::Constant value;
};
/// The value is chosen by the run (period, values set from outside).
struct Parameter {
  int parameter = -1;
};
/// The value of `column` at the row that `path` (join columns, in order) leads to; missing where a join has
/// no row.
struct Read {
  std::vector<int> path;
  int column = -1;
};
/// The row itself that `path` leads to.
struct Arrive {
  std::vector<int> path;
  int scope = -1;
};
enum class Operator : std::uint8_t {
  negate,
  logical_not,
  required,
  add,
  subtract,
  multiply,
  divide,
  mean, ///< a sum over a count; missing when the count is 0
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  logical_and,
  logical_or,
  or_else,
  greatest,
  least,
  absolute,
  month_of,
  day_of,
  month_end,
  begins_with,
  is_missing,
  is_given,
  where_there ///< the second operand where the row is there that the first arrives at; else missing
};
struct Apply {
  Operator op = Operator::add;
  std::vector<ExpressionPtr> operands;
};
struct AmongMembers {
  ExpressionPtr operand;
  bool negated = false;
  std::vector<int> members;
};
/// The date so many working days after another. `worked` says of the days in `days` whether they are worked.
struct WorkingDays {
  ExpressionPtr count, after;
  int scope = -1;             ///< of the calendar
  int days = -1, worked = -1; ///< columns of it
};
struct TableLookup {
  int table = -1;
  std::vector<ExpressionPtr> arguments;
};

/// One way to a value; `condition` null: always; `value` null: none, or `member` for a decide.
struct Alternative {
  ExpressionPtr condition, value;
  int index = 0;              ///< what the choice column says of a row that takes it
  int member = -1;            ///< decide only
  std::vector<int> beaten_by; ///< exceptions: positions in `excepts` before this one that overrule it
};
/// Exceptions in the order in which they are tried (each after all that beat it), then the lines in turn.
struct Choice {
  bool decide = false;
  std::vector<Alternative> excepts, lines;
  /// Whether there is anything to choose.
  bool plain() const { return !decide && excepts.empty() && lines.size() == 1 && !lines[0].condition; }
};
/// A let with alternatives, in place.
struct Choose {
  std::shared_ptr<const Choice> choice;
};

struct Expression {
  Span span;
  Type type;
  std::variant<Literal, Parameter, Read, Arrive, Apply, AmongMembers, WorkingDays, TableLookup, Choose> node;
};

/// Calls `visit` with each direct part.
template<class Visit> void each_part(const Expression &expression, Visit &&visit) {
  const auto one = [&](const ExpressionPtr &part) {
    if (part) visit(*part);
  };
  if (const auto *apply = std::get_if<Apply>(&expression.node)) {
    for (const ExpressionPtr &operand : apply->operands) one(operand);
  } else if (const auto *among = std::get_if<AmongMembers>(&expression.node)) {
    one(among->operand);
  } else if (const auto *working = std::get_if<WorkingDays>(&expression.node)) {
    one(working->count);
    one(working->after);
  } else if (const auto *lookup = std::get_if<TableLookup>(&expression.node)) {
    for (const ExpressionPtr &argument : lookup->arguments) one(argument);
  } else if (const auto *choose = std::get_if<Choose>(&expression.node)) {
    for (const auto *list : {&choose->choice->excepts, &choose->choice->lines})
      for (const Alternative &alternative : *list) {
        one(alternative.condition);
        one(alternative.value);
      }
  }
}

} // namespace steelyard::plan
