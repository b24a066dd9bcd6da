// See term_text.h.
#include "compiler/explain/term_text.h"
#include <algorithm>
#include <fmt/format.h>

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

int decimals_of(const std::string &number) {
  const std::size_t point = number.find('.');
  if (point == std::string::npos) return 0;
  const std::size_t end = number.find_first_not_of("0123456789", point + 1);
  return static_cast<int>((end == std::string::npos ? number.size() : end) - point - 1);
}

} // namespace

int binding(const Term &term) {
  if (const auto *unary = std::get_if<Unary>(&term.node)) {
    if (unary->op == UnaryOp::required) return binding(*unary->operand); // written without the word
    return unary->op == UnaryOp::logical_not ? 3 : 8;
  }
  if (std::holds_alternative<semantics::MissingTest>(term.node)) return 4;
  if (std::holds_alternative<semantics::Membership>(term.node)) return 4;
  const auto *binary = std::get_if<Binary>(&term.node);
  if (binary == nullptr) return primary;
  switch (binary->op) {
  case BinaryOp::logical_or:
    return 1;
  case BinaryOp::logical_and:
    return 2;
  case BinaryOp::or_else:
    return 5;
  case BinaryOp::add:
  case BinaryOp::subtract:
    return additive;
  case BinaryOp::multiply:
  case BinaryOp::divide:
    return multiplicative;
  default:
    return 4;
  }
}

const char *operator_text(BinaryOp op) {
  switch (op) {
  case BinaryOp::add:
    return "+";
  case BinaryOp::subtract:
    return "-";
  case BinaryOp::multiply:
    return "×";
  case BinaryOp::divide:
    return "÷";
  case BinaryOp::less:
    return "<";
  case BinaryOp::less_equal:
    return "≤";
  case BinaryOp::greater:
    return ">";
  case BinaryOp::greater_equal:
    return "≥";
  case BinaryOp::equal:
    return "=";
  case BinaryOp::not_equal:
    return "≠";
  default:
    return "?";
  }
}

// ---------- names ----------

std::string TermText::path(const FieldRef &ref, bool inner) const {
  const semantics::Program &program = run_.program();
  std::string out;
  for (int i = inner ? 0 : ref.up; i < ref.up; ++i) out += say_.say("本行.", "this.");
  for (const FieldRef::Step &step : ref.steps) {
    if (step.field >= 0) {
      out += say_.name(program.scopes[step.from].fields[step.field].names) + ".";
      // The key of a row that a field refers to is what stands in the field.
      const bool key_itself =
          &step == &ref.steps.back() && ref.field == 0 && program.scopes[step.scope].key_count == 1;
      if (key_itself) return out.substr(0, out.size() - 1);
    } else if (step.scope > 0) { // quantities of the run as a whole have bare names
      out += say_.name(program.scopes[step.scope].names);
      // A key found by its own name goes without saying.
      bool plain = true;
      for (std::size_t k = 0; k < step.keys.size(); ++k) {
        const auto *key = std::get_if<FieldRef>(&step.keys[k]->node);
        const std::string &wanted = program.scopes[step.scope].fields[k].names.canonical();
        plain = plain && key != nullptr && key->field >= 0 &&
                program.scopes[key->scope].fields[key->field].names.canonical() == wanted;
      }
      if (!plain) {
        out += "[";
        for (std::size_t k = 0; k < step.keys.size(); ++k)
          out += (k == 0 ? "" : ", ") + names(*step.keys[k], 0, inner);
        out += "]";
      }
      out += ".";
    }
  }
  if (ref.field >= 0) return out + say_.name(program.scopes[ref.scope].fields[ref.field].names);
  if (!out.empty()) out.pop_back();
  return out;
}

std::string TermText::operand_names(const Aggregate &aggregate) const {
  if (!aggregate.operand) return {};
  const auto *ref = std::get_if<FieldRef>(&aggregate.operand->node);
  if (ref != nullptr && ref->up == 0) return path(*ref, true);
  return names(*aggregate.operand, 0, true);
}

std::string TermText::names(const Term &term, int around, bool inner) const {
  const semantics::Program &program = run_.program();
  if (is_required(term)) return names(*std::get<Unary>(term.node).operand, around, inner);
  const int own = binding(term);
  const auto list = [&](const std::vector<semantics::TermPtr> &terms) {
    std::string out;
    for (const auto &one : terms) out += (out.empty() ? "" : ", ") + names(*one, 0, inner);
    return out;
  };
  std::string out;
  if (const auto *constant = std::get_if<semantics::Constant>(&term.node)) {
    out = say_.constant(*constant, term.type) + (term.type.any_dimension ? "" : say_.unit(term.type));
  } else if (const auto *ref = std::get_if<FieldRef>(&term.node)) {
    out = path(*ref, inner);
  } else if (const auto *parameter = std::get_if<semantics::ParameterRef>(&term.node)) {
    out = say_.name(program.parameters[parameter->parameter].names);
  } else if (const auto *call = std::get_if<TableCall>(&term.node)) {
    out = say_.name(program.tables[call->table].names) + "(" + list(call->arguments) + ")";
  } else if (const auto *function = std::get_if<FunctionCall>(&term.node)) {
    static const char *const zh[] = {"取大", "取小", "绝对值"};
    static const char *const en[] = {"max", "min", "abs"};
    const int which = static_cast<int>(function->function);
    out = say_.say(zh[which], en[which]) + "(" + list(function->arguments) + ")";
  } else if (const auto *unary = std::get_if<Unary>(&term.node)) {
    const std::string sign = unary->op == UnaryOp::negate ? "-" : say_.say("非 ", "not ");
    out = sign + names(*unary->operand, own, inner);
  } else if (const auto *binary = std::get_if<Binary>(&term.node)) {
    std::string op = operator_text(binary->op);
    if (binary->op == BinaryOp::logical_and) op = say_.say("且", "and");
    if (binary->op == BinaryOp::logical_or) op = say_.say("或", "or");
    if (binary->op == BinaryOp::or_else) op = say_.say("缺则", "or else");
    out = names(*binary->left, own, inner) + " " + op + " " + names(*binary->right, own + 1, inner);
  } else if (const auto *test = std::get_if<semantics::MissingTest>(&term.node)) {
    out = names(*test->operand, own, inner) +
          (test->given ? say_.say(" 不缺", " is given") : say_.say(" 缺失", " is missing"));
  } else if (const auto *in = std::get_if<semantics::Membership>(&term.node)) {
    out = names(*in->operand, own, inner) +
          (in->negated ? say_.say(" 不属于 (", " not in (") : say_.say(" 属于 (", " in ("));
    for (std::size_t i = 0; i < in->members.size(); ++i)
      out +=
          (i == 0 ? "" : ", ") + say_.name(program.enums[in->operand->type.domain].members[in->members[i]]);
    out += ")";
  } else if (const auto *aggregate = std::get_if<Aggregate>(&term.node)) {
    static const char *const zh[] = {"合计", "计数", "均值", "最小值", "最大值", "变异系数", "占比"};
    static const char *const en[] = {"sum of", "count of", "mean of", "min of",
                                     "max of", "cv of",    "share of"};
    const int which = static_cast<int>(aggregate->op);
    const std::string &scope = say_.name(program.scopes[aggregate->scope].names);
    out = say_.say(zh[which], en[which]) + " ";
    const auto *field = aggregate->operand ? std::get_if<FieldRef>(&aggregate->operand->node) : nullptr;
    if (!aggregate->operand)
      out += scope;
    else if (aggregate->op == AggregateOp::share)
      out += operand_names(*aggregate);
    else if (field != nullptr && field->up == 0)
      out += scope + "." + path(*field, true);
    else
      out += "(" + operand_names(*aggregate) + ") " + say_.say("遍历 ", "over ") + scope;
    if (aggregate->where) out += say_.say(" 其中 ", " where ") + names(*aggregate->where, 0, false);
    return in_parentheses(around > 0 && aggregate->where != nullptr, out);
  } else if (const auto *neighbour = std::get_if<semantics::Neighbour>(&term.node)) {
    out = neighbour->next ? say_.say("下一行的 ", "next of ") : say_.say("上一行的 ", "previous of ");
    out += names(*neighbour->operand, primary, true) + say_.say(" (沿 ", " (along ") +
           say_.name(program.scopes[neighbour->scope].fields[neighbour->key].names);
    if (neighbour->where) out += say_.say(", 其中 ", ", where ") + names(*neighbour->where, 0, true);
    out += ")";
  } else if (const auto *inside = std::get_if<Parenthesized>(&term.node)) {
    return "(" + names(*inside->inner, 0, inner) + ")";
  }
  return in_parentheses(own < around, out);
}

// ---------- numbers ----------

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
  if (exact == nullptr) return leaf(evaluated);
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
    static const char *const zh[] = {"取大", "取小", "绝对值"};
    static const char *const en[] = {"max", "min", "abs"};
    const int which = static_cast<int>(function->function);
    return say_.say(zh[which], en[which]) + "(" + list() + ")";
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
    return in_parentheses(own < around, numbers(evaluated.parts[0], done, own) + " " + op + " " +
                                            numbers(evaluated.parts[1], done, own + 1));
  }
  if (std::holds_alternative<Parenthesized>(term.node)) {
    const Evaluated &inner = evaluated.parts[0];
    if (is_settled(inner, done)) return numbers(inner, done, around);
    return "(" + numbers(inner, done, 0) + ")";
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
  const std::string text = numbers(evaluated);
  if (is_settled(evaluated, {})) return text;
  const std::string value = result(evaluated);
  return value == text ? text : text + " = " + value;
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

std::string TermText::matches(const Evaluated &evaluated) const {
  const Aggregate &node = std::get<Aggregate>(evaluated.term->node);
  std::string out;
  for (std::size_t i = 0; i < node.matches.size(); ++i)
    out +=
        (out.empty() ? "" : ", ") + names(*node.matches[i].inner, 5, true) + " = " + leaf(evaluated.parts[i]);
  if (node.where) out += (out.empty() ? "" : ", ") + names(*node.where, 0, false);
  return out;
}

} // namespace steelyard::explain
