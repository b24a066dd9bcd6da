// Expressions and work evaluated row by row over columns, with exact numbers: for small scopes, and for what
// is not compiled.
#include "compiler/native/execution.h"
#include <algorithm>

namespace steelyard::native {

using interpret::Day;
using interpret::is_missing;
using interpret::is_true;
using interpret::Member;
using interpret::Missing;
using interpret::Month;
using interpret::RowId;
using interpret::Text;
using plan::Operator;
using semantics::TypeKind;

int Execution::follow(const std::vector<int> &path, int row) const {
  for (const int join : path) {
    if (row < 0) return -1;
    row = join == plan::whole_run ? 0 : static_cast<int>(columns_[join].get(static_cast<std::size_t>(row)));
  }
  return row;
}

Value Execution::value_of(int id, int row) const {
  const plan::Column &declared = plan_.columns[id];
  if (row < 0 && declared.may_fail && !declared.type.optional) throw HandOver("a required value is missing");
  if (row < 0) return Missing{};
  const engine::Column &column = columns_[id];
  const auto at = static_cast<std::size_t>(row);
  if (!column.is_given(at)) return Missing{};
  if (declared.may_fail && column.given()[at] == failed_row)
    throw HandOver("an error in a value that rows share");
  const Int128 value = column.get(at);
  switch (declared.type.kind) {
  case TypeKind::boolean:
    return value != 0;
  case TypeKind::text:
  case TypeKind::list:
    return Text{column.texts->at(static_cast<std::size_t>(value))};
  case TypeKind::date:
    return Day{static_cast<std::int64_t>(value)};
  case TypeKind::month:
    return Month{static_cast<std::int64_t>(value)};
  case TypeKind::number:
    return Exact(number::Decimal{number::Integer(value), std::max(0, declared.type.scale)});
  case TypeKind::member:
    return Member{static_cast<int>(value)};
  case TypeKind::row:
    return RowId{declared.target, static_cast<int>(value)};
  }
  throw std::logic_error("a value of no kind");
}

Value Execution::constant(const Constant &constant, const semantics::Type &type) {
  if (type.kind == TypeKind::row && !std::holds_alternative<Missing>(constant))
    return row_of_key(type.domain, this->constant(constant, program_.scopes[type.domain].fields[0].type));
  return std::visit(
      [](const auto &value) -> Value {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>)
          return Text{value};
        else
          return value;
      },
      constant);
}

Value Execution::parameter(int parameter) {
  const semantics::Parameter &declared = program_.parameters[parameter];
  for (const auto &[index, value] : options_.parameters)
    if (index == parameter) return constant(value, declared.type);
  if (!options_.day) {
    if (declared.values.size() == 1) return constant(declared.values[0].value, declared.type);
    throw HandOver("a parameter has no value");
  }
  for (const semantics::Parameter::Value &value : declared.values) {
    const bool begun = !value.from || *value.from <= *options_.day;
    const bool ended = value.until && *value.until <= *options_.day;
    if (begun && !ended) return constant(value.value, declared.type);
  }
  throw HandOver("a parameter has no value");
}

Value Execution::evaluate(const plan::Expression &expression, int row) {
  if (const auto *read = std::get_if<plan::Read>(&expression.node))
    return value_of(read->column, follow(read->path, row));
  if (const auto *apply = std::get_if<plan::Apply>(&expression.node)) return this->apply(*apply, row);
  if (const auto *literal = std::get_if<plan::Literal>(&expression.node))
    return constant(literal->value, expression.type);
  if (const auto *parameter = std::get_if<plan::Parameter>(&expression.node))
    return this->parameter(parameter->parameter);
  if (const auto *arrive = std::get_if<plan::Arrive>(&expression.node)) {
    const int target = follow(arrive->path, row);
    if (target < 0) return Missing{};
    return RowId{arrive->scope, target};
  }
  if (const auto *among = std::get_if<plan::AmongMembers>(&expression.node)) {
    const Value operand = evaluate(*among->operand, row);
    if (is_missing(operand)) return operand;
    const int index = std::get<Member>(operand).index;
    return (std::find(among->members.begin(), among->members.end(), index) != among->members.end()) !=
           among->negated;
  }
  if (const auto *lookup = std::get_if<plan::TableLookup>(&expression.node)) return look_up(*lookup, row);
  if (const auto *working = std::get_if<plan::WorkingDays>(&expression.node))
    return working_days(*working, row);
  const plan::Alternative &taken = choose(*std::get<plan::Choose>(expression.node).choice, row);
  if (!taken.value) return Missing{};
  return evaluate(*taken.value, row);
}

std::strong_ordering Execution::compare(const Value &a, const Value &b) {
  if (const bool *x = std::get_if<bool>(&a)) return *x <=> std::get<bool>(b);
  if (const Exact *x = std::get_if<Exact>(&a)) return *x <=> std::get<Exact>(b);
  if (const Member *x = std::get_if<Member>(&a)) return x->index <=> std::get<Member>(b).index;
  if (const Text *x = std::get_if<Text>(&a)) return x->text.compare(std::get<Text>(b).text) <=> 0;
  if (const Day *x = std::get_if<Day>(&a)) return x->days <=> std::get<Day>(b).days;
  if (const Month *x = std::get_if<Month>(&a)) return x->months <=> std::get<Month>(b).months;
  const RowId &x = std::get<RowId>(a);
  const RowId &y = std::get<RowId>(b);
  if (x.row == y.row) return std::strong_ordering::equal;
  const std::vector<int> rank = ranks(x.scope);
  return rank[x.row] <=> rank[y.row];
}

Value Execution::apply(const plan::Apply &node, int row) {
  const auto operand = [&](std::size_t i) { return evaluate(*node.operands[i], row); };
  Value left = operand(0);
  switch (node.op) {
  case Operator::is_missing:
    return is_missing(left);
  case Operator::is_given:
    return !is_missing(left);
  case Operator::required:
    if (is_missing(left)) throw HandOver("a required value is missing");
    return left;
  case Operator::logical_and:
    return is_true(left) && is_true(operand(1));
  case Operator::logical_or:
    return is_true(left) || is_true(operand(1));
  case Operator::or_else:
    return is_missing(left) ? operand(1) : left;
  case Operator::where_there:
    return is_missing(left) ? left : operand(1);
  case Operator::logical_not:
    return is_missing(left) ? left : Value(!is_true(left));
  case Operator::negate:
    return is_missing(left) ? left : Value(-std::get<Exact>(left));
  case Operator::absolute:
    return is_missing(left) ? left : Value(number::abs(std::get<Exact>(left)));
  case Operator::greatest:
  case Operator::least:
    for (std::size_t i = 1; i < node.operands.size(); ++i) {
      if (is_missing(left)) return left;
      Value other = operand(i);
      if (is_missing(other)) return other;
      const auto order = compare(other, left);
      if (node.op == Operator::greatest ? order > 0 : order < 0) left = std::move(other);
    }
    return left;
  case Operator::month_of:
  case Operator::month_end:
    return is_missing(left) ? left : of_calendar(node.op, left);
  default:
    break;
  }
  const Value right = operand(1);
  if (is_missing(left) || is_missing(right)) return Missing{};
  if (node.op == Operator::day_of || ((node.op == Operator::add || node.op == Operator::subtract) &&
                                      semantics::in_calendar(node.operands[0]->type)))
    return moved(node.op, left, right);
  switch (node.op) {
  case Operator::begins_with:
    return std::get<Text>(left).text.starts_with(std::get<Text>(right).text);
  case Operator::add:
    return std::get<Exact>(left) + std::get<Exact>(right);
  case Operator::subtract:
    return std::get<Exact>(left) - std::get<Exact>(right);
  case Operator::multiply:
    return std::get<Exact>(left) * std::get<Exact>(right);
  case Operator::divide:
    if (std::get<Exact>(right).is_zero()) throw HandOver("a division by zero");
    return std::get<Exact>(left) / std::get<Exact>(right);
  case Operator::mean:
    if (std::get<Exact>(right).is_zero()) return Missing{};
    return std::get<Exact>(left) / std::get<Exact>(right);
  default:
    break;
  }
  const auto order = compare(left, right);
  switch (node.op) {
  case Operator::equal:
    return order == 0;
  case Operator::not_equal:
    return order != 0;
  case Operator::less:
    return order < 0;
  case Operator::less_equal:
    return order <= 0;
  case Operator::greater:
    return order > 0;
  case Operator::greater_equal:
    return order >= 0;
  default:
    throw std::logic_error("an operator of no kind");
  }
}

namespace {

bool is_in(const semantics::Interval &interval, const Exact &value) {
  if (interval.low) {
    const auto order = value <=> *interval.low;
    if (order < 0 || (order == 0 && !interval.low_closed)) return false;
  }
  if (interval.high) {
    const auto order = value <=> *interval.high;
    if (order > 0 || (order == 0 && !interval.high_closed)) return false;
  }
  return true;
}

bool is_equal(const Constant &constant, const Value &value) {
  if (const auto *text = std::get_if<std::string>(&constant)) return std::get<Text>(value).text == *text;
  if (const auto *member = std::get_if<Member>(&constant)) return std::get<Member>(value) == *member;
  if (const auto *day = std::get_if<Day>(&constant)) return std::get<Day>(value) == *day;
  if (const auto *month = std::get_if<Month>(&constant)) return std::get<Month>(value) == *month;
  if (const auto *truth = std::get_if<bool>(&constant)) return std::get<bool>(value) == *truth;
  const auto *number = std::get_if<Exact>(&constant);
  if (number == nullptr) return false;
  if (const bool *truth = std::get_if<bool>(&value)) return (*number == Exact(1)) == *truth;
  return std::get<Exact>(value) == *number;
}

bool holds_for(const semantics::CellTest &test, const Value &value) {
  if (std::holds_alternative<semantics::AnyValue>(test)) return true;
  if (const auto *interval = std::get_if<semantics::Interval>(&test))
    return is_in(*interval, std::get<Exact>(value));
  const auto &[values, others] = std::get<semantics::OneOf>(test);
  return std::any_of(values.begin(), values.end(),
                     [&](const Constant &one) { return is_equal(one, value); }) != others;
}

} // namespace

Value Execution::look_up(const plan::TableLookup &lookup, int row) {
  std::vector<Value> arguments;
  for (const plan::ExpressionPtr &argument : lookup.arguments) {
    arguments.push_back(evaluate(*argument, row));
    if (is_missing(arguments.back())) return Missing{};
  }
  const semantics::Table &table = program_.tables[lookup.table];
  for (const semantics::Table::Row &candidate : table.rows) {
    bool holds = true;
    for (std::size_t i = 0; holds && i < arguments.size(); ++i)
      holds = holds_for(candidate.tests[i], arguments[i]);
    if (holds) return constant(candidate.value, table.type);
  }
  throw HandOver("no row of a table fits");
}

const plan::Alternative &Execution::choose(const plan::Choice &choice, int row) {
  std::vector<std::size_t> holding;
  for (std::size_t i = 0; i < choice.excepts.size(); ++i) {
    const plan::Alternative &except = choice.excepts[i];
    const bool beaten = std::any_of(except.beaten_by.begin(), except.beaten_by.end(), [&](int strong) {
      return std::find(holding.begin(), holding.end(), static_cast<std::size_t>(strong)) != holding.end();
    });
    if (beaten) continue;
    if (!except.condition || is_true(evaluate(*except.condition, row))) holding.push_back(i);
  }
  if (holding.size() > 1) throw HandOver("two exceptions hold");
  if (!holding.empty()) return choice.excepts[holding[0]];
  for (const plan::Alternative &line : choice.lines)
    if (!line.condition || is_true(evaluate(*line.condition, row))) return line;
  throw HandOver("no alternative covers a row");
}

/// As the interpreter brings a value to the type of its definition.
Value Execution::rounded(Value value, int definition) const {
  const semantics::Definition &declared = program_.definitions[definition];
  const semantics::Field &field = program_.field_of(declared);
  if (is_missing(value)) {
    if (!field.type.optional) throw HandOver("a value is missing");
    return value;
  }
  const Exact *exact = std::get_if<Exact>(&value);
  if (exact == nullptr) return value;
  Exact stored(number::round(*exact, field.type.scale, declared.rounding));
  const semantics::Bounds &bounds = field.bounds;
  if ((bounds.low && (bounds.low_exclusive ? stored <= *bounds.low : stored < *bounds.low)) ||
      (bounds.high && stored > *bounds.high))
    throw HandOver("a value is outside the range of its type");
  return stored;
}

} // namespace steelyard::native
