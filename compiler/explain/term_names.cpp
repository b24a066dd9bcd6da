// Terms with names, in Chinese or English, as the policy could have written them. `required` is left out:
// where a formula is shown, the value was there.
#include "compiler/explain/term_text.h"
#include "compiler/syntax/tree_words.h"

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

bool is_required(const Term &term) {
  const auto *unary = std::get_if<Unary>(&term.node);
  return unary != nullptr && unary->op == UnaryOp::required;
}

std::string in_parentheses(bool wanted, std::string text) {
  return wanted ? "(" + std::move(text) + ")" : text;
}

} // namespace

int binding(const Term &term) {
  if (const auto *unary = std::get_if<Unary>(&term.node)) {
    if (unary->op == UnaryOp::required) return binding(*unary->operand); // written without the word
    return unary->op == UnaryOp::logical_not ? 3 : 8;
  }
  if (std::holds_alternative<semantics::MissingTest>(term.node)) return 4;
  if (std::holds_alternative<semantics::Membership>(term.node)) return 4;
  if (std::holds_alternative<semantics::InSet>(term.node)) return 4;
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

std::string TermText::path(const FieldRef &ref) const {
  const semantics::Program &program = run_.program();
  std::string out;
  for (int i = 0; i < ref.up; ++i) out += say_.say("本行.", "this.");
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
          out += (k == 0 ? "" : ", ") + names(*step.keys[k], 0);
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
  const Term *operand = aggregate.operand.get();
  while (const auto *inside = std::get_if<Parenthesized>(&operand->node)) operand = inside->inner.get();
  return names(*operand, 0);
}

std::string TermText::function_name(syntax::Function function) const {
  static const char *const zh[] = {"取大", "取小", "绝对值", "取月", "取日", "月末"};
  return say_.chinese() ? zh[static_cast<int>(function)] : std::string(syntax::words(function));
}

std::string TermText::working_days(const FunctionCall &call, const std::string &count,
                                   const std::string &after) const {
  const semantics::Scope &scope = run_.program().scopes[call.calendar];
  return count + say_.say(" 个工作日起自 ", " working days after ") + after + say_.say(" 按 ", " by ") +
         say_.name(scope.names) + "." + say_.name(scope.fields[call.worked].names);
}

std::string TermText::names(const Term &term, int around) const {
  const semantics::Program &program = run_.program();
  if (is_required(term)) return names(*std::get<Unary>(term.node).operand, around);
  const int own = binding(term);
  const auto list = [&](const std::vector<semantics::TermPtr> &terms) {
    std::string out;
    for (const auto &one : terms) out += (out.empty() ? "" : ", ") + names(*one, 0);
    return out;
  };
  std::string out;
  if (const auto *constant = std::get_if<semantics::Constant>(&term.node)) {
    out = say_.constant(*constant, term.type) + (term.type.any_dimension ? "" : say_.unit(term.type));
  } else if (const auto *ref = std::get_if<FieldRef>(&term.node)) {
    out = path(*ref);
  } else if (const auto *parameter = std::get_if<semantics::ParameterRef>(&term.node)) {
    out = say_.name(program.parameters[parameter->parameter].names);
  } else if (const auto *call = std::get_if<TableCall>(&term.node)) {
    out = say_.name(program.tables[call->table].names) + "(" + list(call->arguments) + ")";
  } else if (const auto *function = std::get_if<FunctionCall>(&term.node)) {
    out = function->function == syntax::Function::working_days
              ? working_days(*function, names(*function->arguments[0], primary),
                             names(*function->arguments[1], 0))
              : function_name(function->function) + "(" + list(function->arguments) + ")";
  } else if (const auto *unary = std::get_if<Unary>(&term.node)) {
    const std::string sign = unary->op == UnaryOp::negate ? "-" : say_.say("非 ", "not ");
    out = sign + names(*unary->operand, own);
  } else if (const auto *binary = std::get_if<Binary>(&term.node)) {
    std::string op = operator_text(binary->op);
    if (binary->op == BinaryOp::logical_and) op = say_.say("且", "and");
    if (binary->op == BinaryOp::logical_or) op = say_.say("或", "or");
    if (binary->op == BinaryOp::or_else) op = say_.say("缺则", "or else");
    if (binary->op == BinaryOp::begins_with) op = say_.say("开头为", "begins with");
    out = names(*binary->left, own) + " " + op + " " + names(*binary->right, own + 1);
  } else if (const auto *test = std::get_if<semantics::MissingTest>(&term.node)) {
    out = names(*test->operand, own) +
          (test->given ? say_.say(" 不缺", " is given") : say_.say(" 缺失", " is missing"));
  } else if (const auto *in = std::get_if<semantics::Membership>(&term.node)) {
    out = names(*in->operand, own) +
          (in->negated ? say_.say(" 不属于 (", " not in (") : say_.say(" 属于 (", " in ("));
    for (std::size_t i = 0; i < in->members.size(); ++i)
      out +=
          (i == 0 ? "" : ", ") + say_.name(program.enums[in->operand->type.domain].members[in->members[i]]);
    out += ")";
  } else if (const auto *set = std::get_if<semantics::InSet>(&term.node)) {
    out = names(*set->operand, own) +
          (set->negated ? say_.say(" 不属于 ", " not in ") : say_.say(" 属于 ", " in ")) + set_name(*set);
  } else if (const auto *element = std::get_if<semantics::ElementRef>(&term.node)) {
    out = element->name;
  } else if (const auto *elements = std::get_if<semantics::ListTerm>(&term.node)) {
    return in_parentheses(around > 0 && elements->op != syntax::ListOp::others, list_names(*elements));
  } else if (const auto *with = std::get_if<semantics::With>(&term.node)) {
    return "(" + names(*with->operand, 0) + say_.say(" 代入 ", " with ") +
           say_.name(program.scopes[with->scope].fields[with->field].names) + " = " + names(*with->value, 0) +
           ")";
  } else if (const auto *aggregate = std::get_if<Aggregate>(&term.node)) {
    static const char *const zh[] = {"合计", "计数", "均值", "最小值", "最大值", "变异系数", "占比", "首个"};
    static const char *const en[] = {"sum of", "count of", "mean of",  "min of",
                                     "max of", "cv of",    "share of", "first of"};
    const int which = static_cast<int>(aggregate->op);
    const std::string &scope = say_.name(program.scopes[aggregate->scope].names);
    out = say_.say(zh[which], en[which]) + " ";
    const auto *field = aggregate->operand ? std::get_if<FieldRef>(&aggregate->operand->node) : nullptr;
    if (!aggregate->operand)
      out += scope;
    else if (aggregate->op == AggregateOp::share)
      out += operand_names(*aggregate);
    else if (field != nullptr && field->up == 0)
      out += scope + "." + path(*field);
    else
      out += "(" + operand_names(*aggregate) + ") " + say_.say("遍历 ", "over ") + scope;
    if (aggregate->where) out += say_.say(" 其中 ", " where ") + names(*aggregate->where, 0);
    return in_parentheses(around > 0 && aggregate->where != nullptr, out);
  } else if (const auto *neighbour = std::get_if<semantics::Neighbour>(&term.node)) {
    out = neighbour->next ? say_.say("下一行的 ", "next of ") : say_.say("上一行的 ", "previous of ");
    out += names(*neighbour->operand, primary) + say_.say(" (沿 ", " (along ") +
           say_.name(program.scopes[neighbour->scope].fields[neighbour->key].names);
    if (neighbour->where) out += say_.say(", 其中 ", ", where ") + names(*neighbour->where, 0);
    out += ")";
  } else if (const auto *inside = std::get_if<Parenthesized>(&term.node)) {
    return "(" + names(*inside->inner, 0) + ")";
  }
  return in_parentheses(own < around, out);
}

/// A set as it is written behind `in`.
std::string TermText::set_name(const semantics::InSet &set) const {
  if (set.scope < 0) return names(*set.list, primary);
  std::string out = say_.name(run_.program().scopes[set.scope].names);
  for (std::size_t k = 0; k < set.keys.size(); ++k)
    out += (k == 0 ? "[" : ", ") + names(*set.keys[k], 0) + (k + 1 == set.keys.size() ? "]" : "");
  return out;
}

std::string TermText::list_names(const semantics::ListTerm &node) const {
  static const char *const zh[] = {"任一 ", "无一 ", "全部 ", "首个 ", "其余 ", "列表 "};
  static const char *const en[] = {"any of ", "none of ", "all of ", "first of ", "others of ", "list of "};
  std::string out = say_.say(zh[static_cast<int>(node.op)], en[static_cast<int>(node.op)]);
  if (node.op == syntax::ListOp::list) {
    out += names(*node.body, primary);
    if (node.list) out += say_.say(" 遍历 ", " over ") + names(*node.list, primary);
  } else {
    out += names(*node.list, primary);
  }
  if (!node.element.empty()) out += say_.say(" 称 ", " as ") + node.element;
  if (node.op == syntax::ListOp::list || !node.body) return out;
  // `any of X in S` has no name for the element.
  const auto *set = std::get_if<semantics::InSet>(&node.body->node);
  if (node.element.empty() && set != nullptr) return out + say_.say(" 属于 ", " in ") + set_name(*set);
  return out + say_.say(" 其中 ", " where ") + names(*node.body, 0);
}

std::string TermText::matches(const Evaluated &evaluated, bool with_where) const {
  const Aggregate &node = std::get<Aggregate>(evaluated.term->node);
  std::string out;
  for (std::size_t i = 0; i < node.matches.size(); ++i)
    out += (out.empty() ? "" : ", ") + names(*node.matches[i].inner, 5) + " = " + leaf(evaluated.parts[i]);
  if (node.where && with_where) out += (out.empty() ? "" : ", ") + names(*node.where, 0);
  return out;
}

} // namespace steelyard::explain
