// Dates and months at work: moved, taken from each other, and counted in working days.
#include "runtime/number/calendar.h"
#include "compiler/interpret/run.h"
#include <fmt/core.h>

namespace steelyard::interpret {

using syntax::BinaryOp;
using syntax::Function;

/// A date by days or a month by months; or the way between two.
Value Run::moved(const semantics::Binary &node, const Term &term, const Frame &frame, const Value &left,
                 const Value &right) {
  const bool date = std::holds_alternative<Day>(left);
  const std::int64_t from = date ? std::get<Day>(left).days : std::get<Month>(left).months;
  if (const Day *other = std::get_if<Day>(&right)) return Exact(from - other->days);
  if (const Month *other = std::get_if<Month>(&right)) return Exact(from - other->months);
  const Exact &by = std::get<Exact>(right);
  const std::optional<std::int64_t> n = calendar::whole(node.op == BinaryOp::subtract ? -by : by);
  const auto to = !n ? std::nullopt : date ? calendar::plus_days(from, *n) : calendar::plus_months(from, *n);
  if (!to)
    return fail(ErrorCode::no_such_date, term.span,
                fmt::format("{} = {} {} {} lies outside the years 0001 to 9999{}", term_text(term),
                            value_text(left, node.left->type), node.op == BinaryOp::add ? "+" : "-",
                            value_text(right, node.right->type), place_of(frame)));
  return date ? Value(Day{*to}) : Value(Month{*to});
}

Value Run::calendar_function(const semantics::FunctionCall &node, const Term &term, const Frame &frame) {
  std::vector<Value> arguments;
  for (const auto &argument : node.arguments) {
    arguments.push_back(evaluate(*argument, frame));
    if (is_failed(arguments.back()) || is_missing(arguments.back())) return arguments.back();
  }
  switch (node.function) {
  case Function::month_of:
    return Month{calendar::month_of(std::get<Day>(arguments[0]).days)};
  case Function::month_end:
    return Day{calendar::last_day(std::get<Month>(arguments[0]).months)};
  case Function::working_days:
    return working_days(node, term, frame, std::get<Exact>(arguments[0]), std::get<Day>(arguments[1]));
  default:
    break;
  }
  const std::optional<std::int64_t> n = calendar::whole(std::get<Exact>(arguments[1]));
  const auto day = n ? calendar::day_in(std::get<Month>(arguments[0]).months, *n) : std::nullopt;
  if (day) return Day{*day};
  return fail(ErrorCode::no_such_date, term.span,
              fmt::format("{} has no day {}{}", value_text(arguments[0], node.arguments[0]->type),
                          value_text(arguments[1], node.arguments[1]->type), place_of(frame)));
}

Value Run::working_days(const semantics::FunctionCall &node, const Term &term, const Frame &frame,
                        const Exact &count, const Day &after) {
  const std::optional<std::int64_t> n = calendar::whole(count);
  if (!n || *n < 1 || *n > calendar::most_working_days)
    return fail(ErrorCode::no_such_date, term.span,
                fmt::format("{} working days cannot be counted: their number goes from 1 to {}{}",
                            number::to_text(count), calendar::most_working_days, place_of(frame)));
  bool failed = false;
  const auto worked = [&](std::int64_t day) -> std::optional<bool> {
    const std::optional<int> row = find_row(node.calendar, {Day{day}});
    if (!row) return std::nullopt;
    const Value value = this->value(node.calendar, *row, node.worked);
    failed = failed || is_failed(value);
    if (is_failed(value) || is_missing(value)) return std::nullopt;
    return is_true(value);
  };
  const std::optional<std::int64_t> day = calendar::plus_working_days(after.days, *n, worked);
  if (failed) return Failed{};
  if (day) return Day{*day};
  return fail(ErrorCode::no_such_date, term.span,
              fmt::format("{} working days after {} lie beyond the year 9999{}", *n,
                          calendar::day_text(after.days), place_of(frame)));
}

} // namespace steelyard::interpret
