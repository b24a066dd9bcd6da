// Dates and months row by row, by the same functions as the interpreter; what has no answer is handed over to
// it.
#include "runtime/number/calendar.h"
#include "compiler/native/execution.h"

namespace steelyard::native {

using interpret::Day;
using interpret::Month;
using plan::Operator;

namespace {

std::int64_t found(const std::optional<std::int64_t> &value) {
  if (!value) throw HandOver("a date that no calendar has");
  return *value;
}

} // namespace

Value Execution::of_calendar(Operator op, const Value &value) {
  if (op == Operator::month_of) return Month{calendar::month_of(std::get<Day>(value).days)};
  return Day{calendar::last_day(std::get<Month>(value).months)};
}

Value Execution::moved(Operator op, const Value &left, const Value &right) {
  if (const Day *other = std::get_if<Day>(&right)) return Exact(std::get<Day>(left).days - other->days);
  if (const Month *other = std::get_if<Month>(&right))
    return Exact(std::get<Month>(left).months - other->months);
  const Exact &by = std::get<Exact>(right);
  const std::int64_t n = found(calendar::whole(op == Operator::subtract ? -by : by));
  if (op == Operator::day_of) return Day{found(calendar::day_in(std::get<Month>(left).months, n))};
  if (const Day *day = std::get_if<Day>(&left)) return Day{found(calendar::plus_days(day->days, n))};
  return Month{found(calendar::plus_months(std::get<Month>(left).months, n))};
}

Value Execution::working_days(const plan::WorkingDays &node, int row) {
  const Value count = evaluate(*node.count, row), after = evaluate(*node.after, row);
  if (interpret::is_missing(count) || interpret::is_missing(after)) return interpret::Missing{};
  const std::int64_t n = found(calendar::whole(std::get<Exact>(count)));
  if (n < 1 || n > calendar::most_working_days) throw HandOver("working days that cannot be counted");
  const auto worked = [&](std::int64_t day) -> std::optional<bool> {
    const int at = table_of(node.scope).find(&day);
    if (at < 0) return std::nullopt;
    const Value value = value_of(node.worked, at);
    if (interpret::is_missing(value)) return std::nullopt;
    return interpret::is_true(value);
  };
  return Day{found(calendar::plus_working_days(std::get<Day>(after).days, n, worked))};
}

} // namespace steelyard::native
