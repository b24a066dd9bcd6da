// Dates, months and the beginnings of texts: what may be added to what, and the functions of the calendar.
#include "compiler/semantics/checker.h"
#include "compiler/semantics/make_term.h"
#include "compiler/syntax/tree_words.h"
#include <fmt/core.h>

namespace steelyard::semantics {

using syntax::BinaryOp;
using syntax::Function;

namespace {

constexpr Dimension days{0, 0, 1};

Type of_kind(TypeKind kind) {
  Type type;
  type.kind = kind;
  return type;
}

Type whole_number(const Dimension &dimension) {
  Type type;
  type.dimension = dimension;
  type.scale = 0;
  return type;
}

} // namespace

/// A whole number in the given unit: what a date or a month is moved by.
bool Checker::require_whole(const Term &term, const Dimension &dimension, const char *what,
                            const char *instead) {
  const Type &type = term.type;
  const bool fits =
      type.kind == TypeKind::number && type.scale == 0 && (type.any_dimension || type.dimension == dimension);
  if (fits) return true;
  const bool unit_fits = type.kind == TypeKind::number && (type.any_dimension || type.dimension == dimension);
  origins(
      report("P316", term.span,
             fmt::format("{}, but this {}", what, unit_fits ? "may have decimals" : "is " + type_name(type)),
             instead),
      {&term});
  return false;
}

/// A date by days, a month by months, and the way between two of a kind.
TermPtr Checker::moved(const syntax::Binary &node, const Span &span, TermPtr left, TermPtr right) {
  const bool between = node.op == BinaryOp::subtract && in_calendar(right->type);
  if (between && left->type.kind == right->type.kind) {
    const Dimension unit = left->type.kind == TypeKind::date ? days : Dimension{};
    return make(span, whole_number(unit), Binary{node.op, std::move(left), std::move(right)});
  }
  const bool moves = (node.op == BinaryOp::add || node.op == BinaryOp::subtract) && in_calendar(left->type);
  if (!moves || in_calendar(right->type)) {
    origins(report("P317", span,
                   fmt::format("{} and {} cannot be joined by {}", type_name(left->type),
                               type_name(right->type), syntax::words(node.op)),
                   "a date takes days behind it (date + 7 days), a month a plain number (month + 1); two "
                   "dates or two "
                   "months can be subtracted"),
            {left.get(), right.get()});
    return nullptr;
  }
  const Type type = of_kind(left->type.kind);
  const bool fits =
      type.kind == TypeKind::date
          ? require_whole(*right, days, "a date is moved by whole days", "write the unit: 7 days (7 天)")
          : require_whole(*right, {}, "a month is moved by a whole number of months",
                          "write a plain number: month + 1");
  if (!fits) return nullptr;
  return make(span, type, Binary{node.op, std::move(left), std::move(right)});
}

TermPtr Checker::begins_with(const syntax::Binary &node, const Span &span, const Place &place) {
  Binary out;
  out.op = node.op;
  for (const auto &[from, to] : {std::pair{&node.left, &out.left}, std::pair{&node.right, &out.right}}) {
    *to = given_expression(**from, place);
    if (!*to) return nullptr;
    if ((*to)->type.kind == TypeKind::row) *to = to_key(std::move(*to));
    if ((*to)->type.kind == TypeKind::text) continue;
    origins(report("P318", (*to)->span,
                   fmt::format("'begins with' (开头为) needs a text on either side, but this is {}",
                               type_name((*to)->type))),
            {to->get()});
    return nullptr;
  }
  return make(span, of_kind(TypeKind::boolean), std::move(out));
}

/// `by holiday.worked`: an entity or scope whose one key is a date, and one of its fields that is true or
/// false.
bool Checker::find_calendar(const syntax::Path &path, const Span &span, FunctionCall &out) {
  const auto refuse = [&](const std::string &what) {
    report("P319", span, what,
           "write an entity whose only key is a date, and a field of it that says whether the day is worked: "
           "by holiday.worked (按 节假日.上班)");
    return false;
  };
  if (path.from_this || path.steps.size() != 2 || !path.steps[0].subscript.empty() ||
      !path.steps[1].subscript.empty())
    return refuse("the calendar of working days is an entity and one of its fields");
  const std::string &entity = path.steps[0].name.text;
  out.calendar = find_scope(entity);
  if (out.calendar <= 0) return refuse(fmt::format("there is no entity or scope '{}'", entity));
  const Scope &scope = program_.scopes[out.calendar];
  if (scope.key_count != 1 || scope.fields[0].type.kind != TypeKind::date)
    return refuse(fmt::format("the only key of {} is not a date", entity));
  const std::string &field = path.steps[1].name.text;
  out.worked = find_field(out.calendar, field);
  if (out.worked < 0) return refuse(fmt::format("{} has no field '{}'", entity, field));
  const Field &worked = scope.fields[out.worked];
  if (worked.type.kind != TypeKind::boolean || worked.kind == FieldKind::let)
    return refuse(fmt::format("{}.{} is no input or definition that is true or false", entity, field));
  return true;
}

TermPtr Checker::calendar_function(const syntax::FunctionCall &node, const Span &span, const Place &place) {
  const std::string name(syntax::words(node.function));
  FunctionCall out;
  out.function = node.function;
  bool ok = !node.calendar || find_calendar(*node.calendar, node.calendar_span, out);
  for (const auto &argument : node.arguments) {
    out.arguments.push_back(given_expression(*argument, place));
    ok = ok && out.arguments.back();
  }
  if (!ok) return nullptr;
  const bool two = node.function == Function::day_of || node.function == Function::working_days;
  if (out.arguments.size() != (two ? 2 : 1)) {
    report("P308", span,
           fmt::format("{} takes {}", name, two ? "a month and the number of a day" : "one value"));
    return nullptr;
  }
  const auto of = [&](std::size_t i, TypeKind kind) {
    const Term &term = *out.arguments[i];
    if (term.type.kind == kind) return true;
    origins(report("P320", term.span,
                   fmt::format("{} needs {}, but this is {}", name, type_name(of_kind(kind)),
                               type_name(term.type))),
            {&term});
    return false;
  };
  TypeKind result = TypeKind::date;
  switch (node.function) {
  case Function::month_of:
    result = TypeKind::month;
    ok = of(0, TypeKind::date);
    break;
  case Function::day_of:
    ok = of(0, TypeKind::month) &&
         require_whole(*out.arguments[1], {}, "the day of a month is a whole number", "");
    break;
  case Function::working_days:
    ok = require_whole(*out.arguments[0], {}, "working days are counted by a whole number", "") &&
         of(1, TypeKind::date);
    break;
  default:
    ok = of(0, TypeKind::month);
  }
  return ok ? make(span, of_kind(result), std::move(out)) : nullptr;
}

} // namespace steelyard::semantics
