// Tables of the policy: from arguments to the value of the one row whose tests all hold.
#include "compiler/interpret/run.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::interpret {

using semantics::AnyValue;
using semantics::CellTest;
using semantics::Interval;
using semantics::OneOf;
using semantics::Table;

namespace {

bool is_in(const Interval &interval, const Exact &value) {
  if (interval.low) {
    const auto order = value <=> *interval.low;
    if (std::is_lt(order) || (std::is_eq(order) && !interval.low_closed)) return false;
  }
  if (interval.high) {
    const auto order = value <=> *interval.high;
    if (std::is_gt(order) || (std::is_eq(order) && !interval.high_closed)) return false;
  }
  return true;
}

bool is_equal(const Constant &constant, const Value &value) {
  if (const auto *text = std::get_if<std::string>(&constant)) {
    const Text *other = std::get_if<Text>(&value);
    return other != nullptr && other->text == *text;
  }
  if (const auto *member = std::get_if<Member>(&constant)) return value == Value(*member);
  if (const auto *number = std::get_if<Exact>(&constant)) {
    if (const bool *truth = std::get_if<bool>(&value)) return (*number == Exact(1)) == *truth;
    const Exact *other = std::get_if<Exact>(&value);
    return other != nullptr && *other == *number;
  }
  if (const auto *truth = std::get_if<bool>(&constant)) return value == Value(*truth);
  if (const auto *day = std::get_if<Day>(&constant)) return value == Value(*day);
  if (const auto *month = std::get_if<Month>(&constant)) return value == Value(*month);
  return false;
}

bool holds_for(const CellTest &test, const Value &value) {
  if (std::holds_alternative<AnyValue>(test)) return true;
  if (const Interval *interval = std::get_if<Interval>(&test))
    return is_in(*interval, std::get<Exact>(value));
  const auto &[values, others] = std::get<OneOf>(test);
  return std::any_of(values.begin(), values.end(),
                     [&](const Constant &one) { return is_equal(one, value); }) != others;
}

/// The bounds that the arguments are held against: those of rows in which every other test holds.
void tell_bands(Observer &observer, const Table &table, int index, const std::vector<Value> &arguments) {
  for (const Table::Row &row : table.rows) {
    for (std::size_t input = 0; input < row.tests.size(); ++input) {
      const Interval *interval = std::get_if<Interval>(&row.tests[input]);
      if (interval == nullptr) continue;
      bool others = true;
      for (std::size_t k = 0; k < row.tests.size(); ++k)
        others = others && (k == input || holds_for(row.tests[k], arguments[k]));
      if (!others) continue;
      const Exact &value = std::get<Exact>(arguments[input]);
      if (interval->low) observer.on_band(index, static_cast<int>(input), *interval->low, value);
      if (interval->high) observer.on_band(index, static_cast<int>(input), *interval->high, value);
    }
  }
}

} // namespace

Value Run::table_value(const semantics::TableCall &node, const Term &term,
                       const std::vector<Value> &arguments) {
  const Table &table = program_.tables[node.table];
  Observer *observer = context_.silent ? nullptr : options_.observer;
  if (observer != nullptr) tell_bands(*observer, table, node.table, arguments);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const Table::Row &candidate = table.rows[row];
    bool holds = true;
    for (std::size_t i = 0; holds && i < arguments.size(); ++i)
      holds = holds_for(candidate.tests[i], arguments[i]);
    if (!holds) continue;
    if (observer != nullptr) observer->on_table_row(node.table, static_cast<int>(row));
    return constant(candidate.value, table.type);
  }
  std::string given;
  for (std::size_t i = 0; i < arguments.size(); ++i)
    given += fmt::format("{}{} {}", i == 0 ? "" : ", ", table.inputs[i].names.canonical(),
                         value_text(arguments[i], table.inputs[i].type));
  return fail(ErrorCode::no_table_row, term.span,
              fmt::format("no row of {} fits {}", table.names.canonical(), given));
}

} // namespace steelyard::interpret
