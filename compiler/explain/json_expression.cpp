// See json_expression.h.
#include "compiler/explain/json_expression.h"
#include "compiler/syntax/tree_words.h"
#include <fmt/core.h>

namespace steelyard::explain {

using semantics::Aggregate;
using semantics::Binary;
using semantics::FieldRef;
using semantics::TypeKind;
using syntax::BinaryOp;

namespace {

const char *symbol(BinaryOp op) {
  switch (op) {
  case BinaryOp::add:
    return "+";
  case BinaryOp::subtract:
    return "-";
  case BinaryOp::multiply:
    return "*";
  case BinaryOp::divide:
    return "/";
  case BinaryOp::less:
    return "<";
  case BinaryOp::less_equal:
    return "<=";
  case BinaryOp::greater:
    return ">";
  case BinaryOp::greater_equal:
    return ">=";
  case BinaryOp::equal:
    return "=";
  case BinaryOp::not_equal:
    return "!=";
  case BinaryOp::logical_and:
    return "and";
  case BinaryOp::logical_or:
    return "or";
  case BinaryOp::or_else:
    return "or_else";
  case BinaryOp::begins_with:
    return "begins_with";
  }
  return "?";
}

bool is_comparison(BinaryOp op) {
  return op >= BinaryOp::less && op <= BinaryOp::not_equal;
}

/// An order comparison of members of an enum.
bool is_ranked(const Binary &binary) {
  return binary.op >= BinaryOp::less && binary.op <= BinaryOp::greater_equal &&
         binary.left->type.kind == TypeKind::member;
}

std::string in_quotes(const std::string &text) {
  return Json(text).dump(-1, Json::BadUtf8::replace);
}

} // namespace

Json JsonExpressions::operator()(const Evaluated &evaluated, const RowId &row) {
  at_ = row;
  Json out;
  out["text"] = text_.names(*evaluated.term);
  Json leaves = Json::array(), comparisons = Json::array();
  out["expression"] = write(evaluated, 0, &leaves);
  out["leaves"] = std::move(leaves);
  compare(evaluated, comparisons);
  if (!comparisons.empty()) out["comparisons"] = std::move(comparisons);
  out["value"] = side(evaluated);
  return out;
}

/// A value as an expression has it: a date is the number of its day.
Json JsonExpressions::side(const Evaluated &evaluated, bool ranked) {
  if (!evaluated.value) return nullptr;
  if (const auto *day = std::get_if<interpret::Day>(&*evaluated.value)) return std::to_string(day->days);
  if (const auto *month = std::get_if<interpret::Month>(&*evaluated.value))
    return std::to_string(month->months);
  const auto *member = std::get_if<interpret::Member>(&*evaluated.value);
  if (ranked && member != nullptr) return std::to_string(member->index);
  return value(*evaluated.value, evaluated.term->type);
}

Json JsonExpressions::value(const Value &value, const semantics::Type &type) {
  if (interpret::is_missing(value) || interpret::is_failed(value)) return nullptr;
  return run_.value_text(value, type);
}

Json JsonExpressions::key(const RowId &row) {
  Json out = Json::array();
  const semantics::Scope &scope = run_.program().scopes[row.scope];
  for (int k = 0; k < scope.key_count; ++k)
    out.push_back(run_.value_text(run_.rows(row.scope).keys[row.row][k], scope.fields[k].type));
  return out;
}

std::string JsonExpressions::literal(const Value &value, const semantics::Type &type) const {
  if (interpret::is_missing(value)) return "none";
  if (interpret::is_failed(value)) return "error";
  std::string text = run_.value_text(value, type);
  if (std::holds_alternative<bool>(value)) return text;
  if (const auto *day = std::get_if<interpret::Day>(&value))
    return day->days < 0 ? fmt::format("({})", day->days) : std::to_string(day->days);
  if (const auto *month = std::get_if<interpret::Month>(&value))
    return month->months < 0 ? fmt::format("({})", month->months) : std::to_string(month->months);
  if (!std::holds_alternative<Exact>(value)) return in_quotes(text);
  const bool plain = text.find_first_of("-/") == std::string::npos;
  return plain ? text : "(" + text + ")";
}

/// A reference written in the policy is the key of its row, whether or not there is such a row.
std::string JsonExpressions::constant_text(const semantics::Constant &constant,
                                           const semantics::Type &type) const {
  const bool key = type.kind == TypeKind::row && !std::holds_alternative<semantics::Missing>(constant);
  const semantics::Type &plain = key ? run_.program().scopes[type.domain].fields[0].type : type;
  const std::string text = literal(run_.constant(constant, plain), plain);
  return key && text[0] != '"' ? in_quotes(text) : text;
}

std::string JsonExpressions::leaf(const Evaluated &evaluated, Json *leaves) {
  if (leaves != nullptr) leaves->push_back(leaf_of(evaluated));
  if (const auto *constant = std::get_if<semantics::Constant>(&evaluated.term->node))
    return constant_text(*constant, evaluated.term->type);
  return literal(*evaluated.value, evaluated.term->type);
}

/// A member of an ordered enum where order decides: its position, so that the numbers show what is compared.
std::string JsonExpressions::rank(const Evaluated &evaluated, Json *leaves) {
  const auto *member = std::get_if<interpret::Member>(&*evaluated.value);
  if (member == nullptr) return write(evaluated, 0, leaves); // missing
  Json of = Json::array();
  write(evaluated, 0, &of);
  if (leaves != nullptr)
    leaves->push_back(
        {{"kind", "rank"}, {"member", value(*evaluated.value, evaluated.term->type)}, {"of", of[0]}});
  return std::to_string(member->index);
}

std::string JsonExpressions::write(const Evaluated &evaluated, int around, Json *leaves) {
  if (!evaluated.value) return "...";
  const Term &term = *evaluated.term;
  const auto part = [&](std::size_t i, int level) { return write(evaluated.parts[i], level, leaves); };
  const int own = binding(term);
  const auto wrapped = [&](const std::string &text) { return own < around ? "(" + text + ")" : text; };
  if (const auto *unary = std::get_if<semantics::Unary>(&term.node)) {
    if (unary->op == syntax::UnaryOp::required)
      return interpret::is_failed(*evaluated.value) && interpret::is_missing(*evaluated.parts[0].value)
                 ? "required(" + part(0, 0) + ")"
                 : part(0, around);
    if (unary->op == syntax::UnaryOp::negate) return "neg(" + part(0, 0) + ")";
    return wrapped("not " + part(0, own + 1));
  }
  if (const auto *binary = std::get_if<Binary>(&term.node)) {
    if (is_ranked(*binary) && evaluated.parts[1].value)
      return wrapped(rank(evaluated.parts[0], leaves) + " " + symbol(binary->op) + " " +
                     rank(evaluated.parts[1], leaves));
    const std::string left = part(0, binary->op == BinaryOp::or_else ? 0
                                     : is_comparison(binary->op)     ? own + 1
                                                                     : own);
    const std::string right = part(1, binary->op == BinaryOp::or_else ? 0 : own + 1);
    if (binary->op == BinaryOp::begins_with) return "begins_with(" + left + ", " + right + ")";
    if (binary->op == BinaryOp::or_else) return "or_else(" + left + ", " + right + ")";
    return wrapped(left + " " + symbol(binary->op) + " " + right);
  }
  if (const auto *function = std::get_if<semantics::FunctionCall>(&term.node)) {
    if (function->function == syntax::Function::working_days)
      return leaf(evaluated, leaves); // rests on a calendar
    std::string out = std::string(syntax::words(function->function)) + "(";
    for (std::size_t i = 0; i < evaluated.parts.size(); ++i) out += (i == 0 ? "" : ", ") + part(i, 0);
    return out + ")";
  }
  if (const auto *test = std::get_if<semantics::MissingTest>(&term.node))
    return std::string(test->given ? "is_given(" : "is_missing(") + part(0, 0) + ")";
  if (const auto *in = std::get_if<semantics::Membership>(&term.node)) {
    std::string out = std::string(in->negated ? "not_in(" : "in(") + part(0, 0);
    const semantics::Enum &of = run_.program().enums[in->operand->type.domain];
    for (const int member : in->members) {
      if (leaves != nullptr) leaves->push_back({{"kind", "constant"}});
      out += ", " + in_quotes(of.members[member].canonical());
    }
    return out + ")";
  }
  if (std::holds_alternative<semantics::Parenthesized>(term.node)) return "(" + part(0, 0) + ")";
  return leaf(evaluated, leaves);
}

void JsonExpressions::compare(const Evaluated &evaluated, Json &out) {
  if (!evaluated.value) return;
  const auto *binary = std::get_if<Binary>(&evaluated.term->node);
  if (binary != nullptr && is_comparison(binary->op)) {
    const Evaluated &left = evaluated.parts[0], &right = evaluated.parts[1];
    if (right.value) {
      Json one;
      const bool ranked = is_ranked(*binary);
      one["left"] = ranked ? rank(left, nullptr) : write(left, 0, nullptr);
      one["op"] = symbol(binary->op);
      one["right"] = ranked ? rank(right, nullptr) : write(right, 0, nullptr);
      one["left_value"] = side(left, ranked);
      one["right_value"] = side(right, ranked);
      one["holds"] = interpret::is_true(*evaluated.value);
      out.push_back(std::move(one));
    }
  }
  if (std::holds_alternative<Aggregate>(evaluated.term->node) ||
      std::holds_alternative<FieldRef>(evaluated.term->node))
    return; // what is inside belongs to the leaf
  for (const Evaluated &part : evaluated.parts) compare(part, out);
}

// ---------- expressions with names ----------

/// What an aggregate does at each inner row: names stand for fields of that row, `this.` for the row of the
/// formula, `a.b` follows a reference, `scope[keys].b` looks a row up (its keys seen from the row left).
std::string JsonExpressions::named(const Term &term, int around) const {
  const semantics::Program &program = run_.program();
  const int own = binding(term);
  const auto wrapped = [&](const std::string &text) { return own < around ? "(" + text + ")" : text; };
  const auto list = [&](const std::vector<semantics::TermPtr> &terms) {
    std::string out;
    for (const auto &one : terms) out += (out.empty() ? "" : ", ") + named(*one, 0);
    return out;
  };
  if (const auto *ref = std::get_if<FieldRef>(&term.node)) {
    std::string out;
    for (int i = 0; i < ref->up; ++i) out += "this.";
    for (const FieldRef::Step &step : ref->steps) {
      const bool first = &step == &ref->steps.front() && ref->up == 0;
      if (step.field < 0 && step.scope > 0 && !first) return "..."; // its keys are seen from yet another row
      if (step.field >= 0)
        out += program.scopes[step.from].fields[step.field].names.canonical() + ".";
      else
        out += step.scope == 0 ? "overall[]."
                               : program.scopes[step.scope].names.canonical() + "[" + list(step.keys) + "].";
    }
    if (ref->field >= 0) return out + program.scopes[ref->scope].fields[ref->field].names.canonical();
    if (!out.empty()) out.pop_back();
    return out;
  }
  if (const auto *parameter = std::get_if<semantics::ParameterRef>(&term.node))
    return literal(run_.parameter(parameter->parameter), term.type);
  if (const auto *unary = std::get_if<semantics::Unary>(&term.node)) {
    if (unary->op == syntax::UnaryOp::required) return named(*unary->operand, around);
    if (unary->op == syntax::UnaryOp::negate) return "neg(" + named(*unary->operand, 0) + ")";
    return wrapped("not " + named(*unary->operand, own + 1));
  }
  if (const auto *binary = std::get_if<Binary>(&term.node)) {
    if (is_ranked(*binary)) return "...";
    if (binary->op == BinaryOp::begins_with)
      return "begins_with(" + named(*binary->left, 0) + ", " + named(*binary->right, 0) + ")";
    if (binary->op == BinaryOp::or_else)
      return "or_else(" + named(*binary->left, 0) + ", " + named(*binary->right, 0) + ")";
    return wrapped(named(*binary->left, is_comparison(binary->op) ? own + 1 : own) + " " +
                   symbol(binary->op) + " " + named(*binary->right, own + 1));
  }
  if (const auto *function = std::get_if<semantics::FunctionCall>(&term.node)) {
    if (function->function == syntax::Function::working_days) return "..."; // rests on a calendar
    return std::string(syntax::words(function->function)) + "(" + list(function->arguments) + ")";
  }
  if (const auto *test = std::get_if<semantics::MissingTest>(&term.node))
    return std::string(test->given ? "is_given(" : "is_missing(") + named(*test->operand, 0) + ")";
  if (const auto *in = std::get_if<semantics::Membership>(&term.node)) {
    std::string out = std::string(in->negated ? "not_in(" : "in(") + named(*in->operand, 0);
    const semantics::Enum &of = program.enums[in->operand->type.domain];
    for (const int member : in->members) out += ", " + in_quotes(of.members[member].canonical());
    return out + ")";
  }
  if (const auto *inside = std::get_if<semantics::Parenthesized>(&term.node))
    return "(" + named(*inside->inner, 0) + ")";
  if (const auto *constant = std::get_if<semantics::Constant>(&term.node))
    return constant_text(*constant, term.type);
  return "..."; // a table, or an aggregate within an aggregate
}

} // namespace steelyard::explain
