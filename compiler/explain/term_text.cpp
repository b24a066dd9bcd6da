// Terms with their numbers, and worked out step by step (names are in term_names.cpp).
#include "compiler/explain/term_text.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::explain {

using semantics::Aggregate;
using semantics::Binary;
using semantics::FieldRef;
using semantics::FunctionCall;
using semantics::Parenthesized;
using semantics::TableCall;
using semantics::Unary;
using syntax::AggregateOp;
using syntax::BinaryOp;
using syntax::UnaryOp;

namespace {

constexpr int additive = 6, multiplicative = 7, primary = 10;

bool is_arithmetic(BinaryOp op) {
  return op == BinaryOp::add || op == BinaryOp::subtract || op == BinaryOp::multiply ||
         op == BinaryOp::divide;
}
int class_of(BinaryOp op) {
  return op == BinaryOp::add || op == BinaryOp::subtract ? additive : multiplicative;
}

bool is_required(const Term &term) {
  const auto *unary = std::get_if<Unary>(&term.node);
  return unary != nullptr && unary->op == UnaryOp::required;
}

std::string in_parentheses(bool wanted, std::string text) {
  return wanted ? "(" + std::move(text) + ")" : text;
}

/// Aggregates whose value is a quotient that readers want to see.
bool is_quotient(const Evaluated &evaluated) {
  const auto *aggregate = std::get_if<Aggregate>(&evaluated.term->node);
  return aggregate != nullptr && evaluated.aggregate && evaluated.value &&
         std::holds_alternative<Exact>(*evaluated.value) &&
         (aggregate->op == AggregateOp::mean || aggregate->op == AggregateOp::share);
}

int decimals_of(const std::string &number) {
  const std::size_t point = number.find('.');
  if (point == std::string::npos) return 0;
  const std::size_t end = number.find_first_not_of("0123456789", point + 1);
  return static_cast<int>((end == std::string::npos ? number.size() : end) - point - 1);
}

} // namespace

std::string TermText::leaf(const Evaluated &evaluated) const {
  if (!evaluated.value) return "…";
  if (const auto *constant = std::get_if<semantics::Constant>(&evaluated.term->node))
    return say_.constant(*constant, evaluated.term->type);
  return say_.value(*evaluated.value, evaluated.term->type);
}

/// Of a formula: at least as many decimals as its operands were shown with, so that columns of digits can be
/// compared.
std::string TermText::result(const Evaluated &evaluated) const {
  const Exact *exact = evaluated.value ? std::get_if<Exact>(&*evaluated.value) : nullptr;
  if (exact == nullptr || std::holds_alternative<TableCall>(evaluated.term->node)) return leaf(evaluated);
  int decimals = 0;
  each_node(evaluated, [&](const Evaluated &node) {
    if (node.parts.empty() && node.term != nullptr && std::holds_alternative<FieldRef>(node.term->node))
      decimals = std::max(decimals, decimals_of(leaf(node)));
  });
  if (!is_finite_decimal(*exact)) return number_text(*exact);
  return number_text(*exact, std::min(decimals, 8));
}

std::string TermText::numbers(const Evaluated &evaluated, const Done &done, int around) const {
  if (const auto at = done.find(&evaluated); at != done.end())
    return in_parentheses(around > additive - 1 && at->second.starts_with('-'), at->second);
  const Term &term = *evaluated.term;
  if (!evaluated.value) return "…";
  if (is_required(term)) return numbers(evaluated.parts[0], done, around);
  const int own = binding(term);
  const auto list = [&] {
    std::string out;
    for (const Evaluated &part : evaluated.parts) out += (out.empty() ? "" : ", ") + numbers(part, done, 0);
    return out;
  };
  if (const auto *call = std::get_if<TableCall>(&term.node))
    return say_.name(run_.program().tables[call->table].names) + "(" + list() + ")";
  if (const auto *function = std::get_if<FunctionCall>(&term.node)) {
    if (function->function == syntax::Function::working_days)
      return working_days(*function, numbers(evaluated.parts[0], done, primary),
                          numbers(evaluated.parts[1], done, 0));
    return function_name(function->function) + "(" + list() + ")";
  }
  if (const auto *unary = std::get_if<Unary>(&term.node)) {
    const std::string sign = unary->op == UnaryOp::negate ? "-" : say_.say("非 ", "not ");
    return in_parentheses(own < around, sign + numbers(evaluated.parts[0], done, own));
  }
  if (const auto *binary = std::get_if<Binary>(&term.node)) {
    if (binary->op == BinaryOp::or_else && !evaluated.parts[1].value)
      return numbers(evaluated.parts[0], done, around);
    std::string op = operator_text(binary->op);
    if (binary->op == BinaryOp::logical_and) op = say_.say("且", "and");
    if (binary->op == BinaryOp::logical_or) op = say_.say("或", "or");
    if (binary->op == BinaryOp::or_else) op = say_.say("缺则", "or else");
    if (binary->op == BinaryOp::begins_with) op = say_.say("开头为", "begins with");
    return in_parentheses(own < around, numbers(evaluated.parts[0], done, own) + " " + op + " " +
                                            numbers(evaluated.parts[1], done, own + 1));
  }
  if (std::holds_alternative<Parenthesized>(term.node)) {
    const Evaluated &inner = evaluated.parts[0];
    if (is_settled(inner, done)) return numbers(inner, done, around);
    return "(" + numbers(inner, done, 0) + ")";
  }
  if (is_quotient(evaluated)) {
    const interpret::Statistics &over = evaluated.aggregate->statistics;
    const Aggregate &aggregate = std::get<Aggregate>(term.node);
    const std::string sum = number_text(over.sum, std::clamp(aggregate.operand->type.scale, 0, 8));
    const bool mean = aggregate.op == AggregateOp::mean;
    const std::string quotient = mean ? sum + " ÷ " + std::to_string(over.count)
                                      : numbers(evaluated.parts.back(), done, multiplicative) + " ÷ " + sum;
    return in_parentheses(around > additive, quotient);
  }
  const std::string text = leaf(evaluated);
  return in_parentheses(around > additive - 1 && text.starts_with('-'), text);
}

std::string TermText::numbers(const Evaluated &evaluated) const {
  return numbers(evaluated, {}, 0);
}

/// A single value: a leaf, or what was worked out before.
bool TermText::is_settled(const Evaluated &evaluated, const Done &done) const {
  if (done.count(&evaluated) > 0 || !evaluated.value) return true;
  if (is_quotient(evaluated)) return false;
  const Term &term = *evaluated.term;
  if (is_required(term) || std::holds_alternative<Parenthesized>(term.node))
    return is_settled(evaluated.parts[0], done);
  if (const auto *binary = std::get_if<Binary>(&term.node);
      binary != nullptr && binary->op == BinaryOp::or_else)
    return !evaluated.parts[1].value && is_settled(evaluated.parts[0], done);
  return !std::holds_alternative<Binary>(term.node) && !std::holds_alternative<FunctionCall>(term.node) &&
         !std::holds_alternative<TableCall>(term.node) && !std::holds_alternative<Unary>(term.node);
}

/// Whether the next line may show the result in place of the node: a chain of + and - or of × and ÷ over
/// single values counts as one operation.
bool TermText::is_ready(const Evaluated &evaluated, const Done &done) const {
  if (is_quotient(evaluated)) return true;
  const auto *binary = std::get_if<Binary>(&evaluated.term->node);
  for (std::size_t i = 0; i < evaluated.parts.size(); ++i) {
    const Evaluated &part = evaluated.parts[i];
    if (is_settled(part, done)) continue;
    const auto *chained = std::get_if<Binary>(&part.term->node);
    const bool chain = i == 0 && binary != nullptr && chained != nullptr && is_arithmetic(binary->op) &&
                       is_arithmetic(chained->op) && class_of(binary->op) == class_of(chained->op);
    if (!chain || !is_ready(part, done)) return false;
  }
  return true;
}

void TermText::work(const Evaluated &evaluated, const Done &before, Done &done) const {
  if (is_settled(evaluated, before)) return;
  const bool see_through =
      is_required(*evaluated.term) || std::holds_alternative<Parenthesized>(evaluated.term->node);
  if (!see_through && is_ready(evaluated, before)) {
    done.emplace(&evaluated, result(evaluated));
    return;
  }
  for (const Evaluated &part : evaluated.parts) work(part, before, done);
}

std::vector<std::string> TermText::working(const Evaluated &evaluated) const {
  std::vector<std::string> lines;
  Done done;
  lines.push_back(numbers(evaluated, done, 0));
  while (!is_settled(evaluated, done)) {
    Done more = done;
    work(evaluated, done, more);
    if (more.size() == done.size()) break;
    done = std::move(more);
    lines.push_back(numbers(evaluated, done, 0));
  }
  return lines;
}

std::string TermText::numbers_and_result(const Evaluated &evaluated) const {
  std::string out;
  for (const std::string &line : working(evaluated)) out += (out.empty() ? "" : " = ") + line;
  return out;
}

std::string TermText::table_tests(const Evaluated &call) const {
  const TableCall &node = std::get<TableCall>(call.term->node);
  const semantics::Table &table = run_.program().tables[node.table];
  if (call.table_row < 0) return {};
  const semantics::Table::Row &row = table.rows[call.table_row];
  std::string out;
  for (std::size_t i = 0; i < row.tests.size(); ++i) {
    const std::string argument = say_.value(*call.parts[i].value, table.inputs[i].type);
    std::string text = say_.name(table.inputs[i].names) + " ";
    if (const auto *interval = std::get_if<semantics::Interval>(&row.tests[i])) {
      if (interval->low) text += number_text(*interval->low) + (interval->low_closed ? " ≤ " : " < ");
      text += argument;
      if (interval->high) text += (interval->high_closed ? " ≤ " : " < ") + number_text(*interval->high);
      if (!interval->low && !interval->high) text += say_.say(" (任意)", " (any)");
    } else if (std::holds_alternative<semantics::AnyValue>(row.tests[i])) {
      text += argument + say_.say(" (任意)", " (any)");
    } else {
      text += "= " + argument;
    }
    out += (out.empty() ? "" : ", ") + text;
  }
  return out;
}

} // namespace steelyard::explain
