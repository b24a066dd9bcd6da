// Terms: one function for each kind of node. Operands are evaluated from left to right and only where they
// are needed; a Failed operand makes the whole Failed without a further report.
#include "compiler/interpret/run.h"
#include <algorithm>
#include <fmt/core.h>
#include <stdexcept>

namespace steelyard::interpret {

using semantics::Binary;
using semantics::FieldRef;
using syntax::BinaryOp;

namespace {

std::string defect(const char *what) {
  return fmt::format("{}: the checker should have refused this policy", what);
}

const Exact &as_number(const Value &value) {
  const Exact *number = std::get_if<Exact>(&value);
  if (number == nullptr) throw std::logic_error(defect("arithmetic on a value that is no number"));
  return *number;
}

} // namespace

Value Run::evaluate(const Term &term, const Frame &frame) {
  return std::visit([&](const auto &node) { return eval(node, term, frame); }, term.node);
}

Value Run::evaluate_quietly(const Term &term, const Frame &frame) {
  const Within within(*this, {-1, frame.scope, frame.row, nullptr, true, nullptr});
  return evaluate(term, frame);
}

std::optional<ListElements> Run::elements_quietly(const Term &list, const Frame &frame) {
  const Within within(*this, {-1, frame.scope, frame.row, nullptr, true, nullptr});
  return elements_of(list, frame);
}

Value Run::eval(const Constant &node, const Term &term, const Frame &) {
  return constant(node, term.type);
}

Value Run::eval(const FieldRef &node, const Term &, const Frame &frame) {
  const Frame *start = &frame;
  for (int i = 0; i < node.up; ++i) {
    if (start->outer == nullptr) throw std::logic_error(defect("`this.` outside an aggregate"));
    start = start->outer;
  }
  int scope = start->scope;
  int row = start->row;
  for (std::size_t i = 0; i < node.steps.size(); ++i) {
    const FieldRef::Step &step = node.steps[i];
    if (step.field >= 0) {
      // The key of a reference is known without its row. While the rows of an entity are being made from the
      // references to it, asking for the row here would go round in a circle.
      const bool key_of_reference =
          building_[step.scope] && i + 1 == node.steps.size() && node.field == 0 &&
          program_.scopes[scope].fields[step.field].kind == semantics::FieldKind::input;
      if (key_of_reference) return stored_key(scope, row, step.field);
      Value reference = value(scope, row, step.field);
      const RowId *target = std::get_if<RowId>(&reference);
      if (target == nullptr) return reference; // missing or failed
      scope = target->scope;
      row = target->row;
    } else {
      const Frame here{scope, row, start->outer};
      Key key;
      for (const auto &term : step.keys) {
        key.push_back(evaluate(*term, here));
        if (is_failed(key.back()) || is_missing(key.back())) return key.back();
      }
      const std::optional<int> target = find_row(step.scope, key);
      if (!target) return Missing{};
      scope = step.scope;
      row = *target;
    }
  }
  if (node.field < 0) return RowId{scope, row};
  if (scope != node.scope) throw std::logic_error(defect("a field of another scope"));
  return value(scope, row, node.field);
}

Value Run::eval(const semantics::ParameterRef &node, const Term &term, const Frame &) {
  return parameter_at(node.parameter, term.span);
}

Value Run::parameter(int parameter) {
  const Within within(*this, {-1, 0, 0, nullptr, true, nullptr});
  return parameter_at(parameter, {});
}

Value Run::parameter_at(int parameter, const Span &span) {
  const semantics::Parameter &declared = program_.parameters[parameter];
  for (const auto &[index, value] : options_.parameters)
    if (index == parameter) return constant(value, declared.type);
  const std::string &name = declared.names.canonical();
  if (!options_.day) {
    if (declared.values.size() == 1) return constant(declared.values[0].value, declared.type);
    return fail(ErrorCode::no_parameter_value, span,
                fmt::format("{} has several periods, and no day is chosen", name));
  }
  for (const semantics::Parameter::Value &value : declared.values) {
    const bool begun = !value.from || *value.from <= *options_.day;
    const bool ended = value.until && *value.until <= *options_.day;
    if (begun && !ended) return constant(value.value, declared.type);
  }
  return fail(ErrorCode::no_parameter_value, span,
              fmt::format("{} has no value on {}", name, value_text(Day{*options_.day}, {})));
}

Value Run::eval(const semantics::TableCall &node, const Term &term, const Frame &frame) {
  std::vector<Value> arguments;
  for (const auto &argument : node.arguments) {
    arguments.push_back(evaluate(*argument, frame));
    if (is_failed(arguments.back()) || is_missing(arguments.back())) return arguments.back();
  }
  return table_value(node, term, arguments);
}

Value Run::eval(const semantics::FunctionCall &node, const Term &term, const Frame &frame) {
  if (node.function >= syntax::Function::month_of) return calendar_function(node, term, frame);
  if (node.function == syntax::Function::abs) {
    Value operand = evaluate(*node.arguments.at(0), frame);
    if (is_failed(operand) || is_missing(operand)) return operand;
    return number::abs(as_number(operand));
  }
  Value best = Missing{};
  for (const auto &argument : node.arguments) {
    Value value = evaluate(*argument, frame);
    if (is_failed(value) || is_missing(value)) return value;
    const bool better =
        is_missing(best) || (node.function == syntax::Function::max ? std::is_gt(compare(value, best))
                                                                    : std::is_lt(compare(value, best)));
    if (better) best = std::move(value);
  }
  return best;
}

Value Run::eval(const semantics::Unary &node, const Term &term, const Frame &frame) {
  Value operand = evaluate(*node.operand, frame);
  if (is_failed(operand)) return operand;
  if (node.op == syntax::UnaryOp::required) {
    if (is_missing(operand))
      return fail(
          ErrorCode::required_missing, term.span,
          fmt::format("{} is missing, but it is required{}", term_text(*node.operand), place_of(frame)));
    return operand;
  }
  if (is_missing(operand)) return operand;
  if (node.op == syntax::UnaryOp::logical_not) return !is_true(operand);
  return -as_number(operand);
}

Value Run::eval(const Binary &node, const Term &term, const Frame &frame) {
  if (node.op == BinaryOp::logical_and || node.op == BinaryOp::logical_or) return logical(node, frame);
  Value left = evaluate(*node.left, frame);
  if (is_failed(left)) return left;
  if (node.op == BinaryOp::or_else) return is_missing(left) ? evaluate(*node.right, frame) : left;
  Value right = evaluate(*node.right, frame);
  if (is_failed(right)) return right;
  if (is_missing(left) || is_missing(right)) return Missing{};
  switch (node.op) {
  case BinaryOp::divide:
    if (as_number(right).is_zero())
      return fail(ErrorCode::division_by_zero, term.span,
                  fmt::format("division by zero: {} = {} / 0{}", term_text(term),
                              number::to_text(as_number(left)), place_of(frame)));
    [[fallthrough]];
  case BinaryOp::add:
  case BinaryOp::subtract:
  case BinaryOp::multiply:
    if (semantics::in_calendar(node.left->type)) return moved(node, term, frame, left, right);
    return arithmetic(node, term, left, right);
  case BinaryOp::begins_with:
    return std::get<Text>(left).text.starts_with(std::get<Text>(right).text);
  default:
    return comparison(node, term, left, right);
  }
}

/// The right side is looked at only when the left does not decide.
Value Run::logical(const Binary &node, const Frame &frame) {
  const bool deciding = node.op == BinaryOp::logical_or;
  Value left = evaluate(*node.left, frame);
  if (is_failed(left)) return left;
  if (is_true(left) == deciding) return deciding;
  Value right = evaluate(*node.right, frame);
  if (is_failed(right)) return right;
  return is_true(right);
}

Value Run::arithmetic(const Binary &node, const Term &, const Value &left, const Value &right) {
  const Exact &a = as_number(left);
  const Exact &b = as_number(right);
  switch (node.op) {
  case BinaryOp::add:
    return a + b;
  case BinaryOp::subtract:
    return a - b;
  case BinaryOp::multiply:
    return a * b;
  default:
    break;
  }
  return a / b;
}

Value Run::comparison(const Binary &node, const Term &term, const Value &left, const Value &right) {
  const auto order = compare(left, right);
  if (node.op == BinaryOp::equal) return std::is_eq(order);
  if (node.op == BinaryOp::not_equal) return std::is_neq(order);
  if (options_.observer != nullptr && !context_.silent) {
    const Exact *a = std::get_if<Exact>(&left);
    const Exact *b = std::get_if<Exact>(&right);
    if (a != nullptr && b != nullptr) options_.observer->on_comparison(term, *a, *b);
  }
  switch (node.op) {
  case BinaryOp::less:
    return std::is_lt(order);
  case BinaryOp::less_equal:
    return std::is_lteq(order);
  case BinaryOp::greater:
    return std::is_gt(order);
  case BinaryOp::greater_equal:
    return std::is_gteq(order);
  default:
    throw std::logic_error(defect("an operator of no kind"));
  }
}

Value Run::eval(const semantics::MissingTest &node, const Term &, const Frame &frame) {
  Value operand = evaluate(*node.operand, frame);
  if (is_failed(operand)) return operand;
  return is_missing(operand) != node.given;
}

Value Run::eval(const semantics::Membership &node, const Term &, const Frame &frame) {
  Value operand = evaluate(*node.operand, frame);
  if (is_failed(operand) || is_missing(operand)) return operand;
  const int index = std::get<Member>(operand).index;
  const bool found = std::find(node.members.begin(), node.members.end(), index) != node.members.end();
  return found != node.negated;
}

Value Run::eval(const semantics::Parenthesized &node, const Term &, const Frame &frame) {
  return evaluate(*node.inner, frame);
}

std::strong_ordering Run::compare(const Value &a, const Value &b) {
  if (a.index() != b.index()) return a.index() <=> b.index(); // only where missing values are put in order
  if (const bool *x = std::get_if<bool>(&a)) return *x <=> std::get<bool>(b);
  if (const Exact *x = std::get_if<Exact>(&a)) return *x <=> std::get<Exact>(b);
  if (const Member *x = std::get_if<Member>(&a)) return x->index <=> std::get<Member>(b).index;
  if (const Text *x = std::get_if<Text>(&a)) return x->text.compare(std::get<Text>(b).text) <=> 0;
  if (const Day *x = std::get_if<Day>(&a)) return x->days <=> std::get<Day>(b).days;
  if (const Month *x = std::get_if<Month>(&a)) return x->months <=> std::get<Month>(b).months;
  if (const RowId *x = std::get_if<RowId>(&a)) {
    const RowId &y = std::get<RowId>(b);
    if (x->row == y.row) return std::strong_ordering::equal;
    ordered_rows(x->scope);
    const RowSet &set = *row_sets_[x->scope];
    return set.rank[x->row] <=> set.rank[y.row];
  }
  return std::strong_ordering::equal;
}

} // namespace steelyard::interpret
