// Expressions: their types, units and missing values.
#include "compiler/semantics/checker.h"
#include "compiler/semantics/make_term.h"
#include <algorithm>
#include <fmt/core.h>
#include <iterator>

namespace steelyard::semantics {

using syntax::BinaryOp;
using syntax::UnaryOp;

namespace {

Type boolean() {
  Type type;
  type.kind = TypeKind::boolean;
  return type;
}

bool is_comparison(BinaryOp op) {
  return op >= BinaryOp::less && op <= BinaryOp::not_equal;
}

int wider_scale(int a, int b) {
  return a < 0 || b < 0 ? -1 : std::max(a, b);
}

Dimension unit_dimension(syntax::Unit unit) {
  switch (unit) {
  case syntax::Unit::yuan:
    return {1, 0, 0};
  case syntax::Unit::point:
    return {0, 1, 0};
  case syntax::Unit::day:
    return {0, 0, 1};
  case syntax::Unit::none:
    break;
  }
  return {};
}

} // namespace

const syntax::Ident *bare_name(const syntax::Expression &e) {
  const auto *path = std::get_if<syntax::Path>(&e.node);
  if (!path || path->from_this || path->steps.size() != 1 || !path->steps[0].subscript.empty())
    return nullptr;
  return &path->steps[0].name;
}

Place Checker::with(const Place &place, const Facts &more) {
  Place out = place;
  out.facts.insert(more.begin(), more.end());
  return out;
}

bool Checker::require_given(const Term &term) {
  if (!term.type.optional) return true;
  if (contains_cv(term, false)) {
    report("P313", term.span, "'cv of' (变异系数) may only be the whole right side of a definition",
           "define it under a name of its own and use that");
    return false;
  }
  std::string what = "this value";
  if (const auto *ref = std::get_if<FieldRef>(&term.node))
    what = ref->field < 0 ? fmt::format("the row of {}", program_.scopes[ref->scope].names.ident)
                          : program_.scopes[ref->scope].fields[ref->field].names.ident;
  origins(report("P401", term.span, fmt::format("{} may be missing here", what),
                 "test it with 'is given' (不缺) first, write 'required' (必有) where its absence is an "
                 "error, or give a "
                 "value with 'or else' (缺则)"),
          {&term});
  return false;
}

bool Checker::require_number(const Term &term, const char *what) {
  if (term.type.kind == TypeKind::number) return true;
  origins(
      report("P302", term.span, fmt::format("{} needs a number, but this is {}", what, type_name(term.type))),
      {&term});
  return false;
}

TermPtr Checker::given_expression(const syntax::Expression &e, const Place &place, const Type *expected) {
  TermPtr term = expression(e, place, expected);
  if (!term || !require_given(*term)) return nullptr;
  return term;
}

TermPtr Checker::condition(const syntax::Expression &e, const Place &place) {
  TermPtr term = given_expression(e, place);
  if (!term) return nullptr;
  if (term->type.kind != TypeKind::boolean) {
    origins(report("P303", term->span,
                   fmt::format("a condition must be true or false, but this is {}", type_name(term->type))),
            {term.get()});
    return nullptr;
  }
  return term;
}

TermPtr Checker::expression(const syntax::Expression &e, const Place &place, const Type *expected) {
  struct Visit {
    Checker &checker;
    const syntax::Expression &e;
    const Place &place;
    const Type *expected;

    TermPtr operator()(const syntax::NumberLiteral &n) const {
      Type type;
      type.scale = n.value.scale + (n.percent ? 2 : 0);
      type.dimension = unit_dimension(n.unit);
      const Dimension per = unit_dimension(n.per);
      type.dimension.yuan = static_cast<std::int8_t>(type.dimension.yuan - per.yuan);
      type.dimension.point = static_cast<std::int8_t>(type.dimension.point - per.point);
      type.dimension.day = static_cast<std::int8_t>(type.dimension.day - per.day);
      type.any_dimension = n.value.units.is_zero() && n.unit == syntax::Unit::none;
      Exact value(n.percent ? number::Decimal{n.value.units, n.value.scale + 2} : n.value);
      return make(e.span, type, Constant{std::move(value)});
    }
    TermPtr operator()(const syntax::TextLiteral &t) const {
      Type type;
      type.kind = TypeKind::text;
      return make(e.span, type, Constant{t.text});
    }
    TermPtr operator()(const syntax::BoolLiteral &b) const {
      return make(e.span, boolean(), Constant{b.value});
    }
    TermPtr operator()(const syntax::DateLiteral &d) const {
      const auto day = checker.day_of(d, e.span);
      if (!day) return nullptr;
      Type type;
      type.kind = TypeKind::date;
      return make(e.span, type, Constant{Day{*day}});
    }
    TermPtr operator()(const syntax::MonthLiteral &m) const {
      const auto month = checker.month_of(m, e.span);
      if (!month) return nullptr;
      Type type;
      type.kind = TypeKind::month;
      return make(e.span, type, Constant{Month{*month}});
    }
    TermPtr operator()(const syntax::Path &path) const {
      if (expected && (expected->kind == TypeKind::member || expected->kind == TypeKind::row))
        if (TermPtr member; checker.bare_member(e, place, *expected, member)) return member;
      if (const syntax::Ident *name = bare_name(e); name && expected) {
        const Type *key = checker.key_type_of_row(*expected);
        const Type &wanted = key ? *key : *expected;
        if (wanted.kind == TypeKind::member && checker.names_nothing(name->text, place)) {
          checker.no_member(e.span, wanted.domain, name->text);
          return nullptr;
        }
      }
      return checker.resolve_path(path, e.span, place);
    }
    TermPtr operator()(const syntax::TableCall &call) const {
      return checker.table_call(call, e.span, place);
    }
    TermPtr operator()(const syntax::FunctionCall &call) const {
      return checker.function_call(call, e.span, place);
    }
    TermPtr operator()(const syntax::Unary &u) const {
      if (u.op == UnaryOp::logical_not) {
        TermPtr operand = checker.condition(*u.operand, place);
        return operand ? make(e.span, boolean(), Unary{u.op, std::move(operand)}) : nullptr;
      }
      if (u.op == UnaryOp::required) {
        TermPtr operand = checker.expression(*u.operand, place, expected);
        if (!operand) return nullptr;
        if (!operand->type.optional)
          checker.warn("P402", e.span, "this value is never missing here: 'required' (必有) does nothing");
        Type type = operand->type;
        type.optional = false;
        return make(e.span, type, Unary{u.op, std::move(operand)});
      }
      TermPtr operand = checker.given_expression(*u.operand, place);
      if (!operand || !checker.require_number(*operand, "a minus sign")) return nullptr;
      const Type type = operand->type;
      return make(e.span, type, Unary{u.op, std::move(operand)});
    }
    TermPtr operator()(const syntax::Binary &b) const { return checker.binary(b, e.span, place); }
    TermPtr operator()(const syntax::MissingTest &m) const {
      TermPtr operand = checker.expression(*m.operand, place);
      if (!operand) return nullptr;
      if (!operand->type.optional)
        checker.warn("P403", e.span,
                     fmt::format("this value is never missing here: the test is always {}",
                                 m.given ? "true" : "false"));
      return make(e.span, boolean(), MissingTest{std::move(operand), m.given});
    }
    TermPtr operator()(const syntax::Membership &m) const { return checker.membership(m, e.span, place); }
    TermPtr operator()(const syntax::Aggregate &a) const { return checker.aggregate(a, e.span, place); }
    TermPtr operator()(const syntax::ListTerm &l) const {
      return checker.list_term(l, e.span, place, expected);
    }
    TermPtr operator()(const syntax::With &w) const { return checker.with_value(w, e.span, place); }
    TermPtr operator()(const syntax::Neighbour &n) const { return checker.neighbour(n, e.span, place); }
    TermPtr operator()(const syntax::Parenthesized &p) const {
      TermPtr inner = checker.expression(*p.inner, place, expected);
      if (!inner) return nullptr;
      const Type type = inner->type;
      return make(e.span, type, Parenthesized{std::move(inner)});
    }
  };
  return std::visit(Visit{*this, e, place, expected}, e.node);
}

const Type *Checker::key_type_of_row(const Type &type) const {
  if (type.kind != TypeKind::row) return nullptr;
  const Scope &scope = program_.scopes[type.domain];
  return scope.key_count == 1 ? &scope.fields[0].type : nullptr;
}

/// True when `e` is a bare name that stands for a member of the enum that `other` has (itself or as the key
/// of the row it refers to); a field of the own row that has that very type goes first.
bool Checker::bare_member(const syntax::Expression &e, const Place &place, const Type &other, TermPtr &out) {
  const syntax::Ident *name = bare_name(e);
  if (!name) return false;
  const Type *type = &other;
  if (const Type *key = key_type_of_row(other)) type = key;
  if (type->kind != TypeKind::member) return false;
  const int member = find_member(type->domain, name->text);
  if (member < 0) return false;
  const int field = find_field(place.scope, name->text);
  if (field >= 0) {
    const Type &own = program_.scopes[place.scope].fields[field].type;
    if (own.kind == TypeKind::member && own.domain == type->domain) {
      report("P213", e.span,
             fmt::format("'{}' is both a quantity of the row and a value of {}", name->text,
                         program_.enums[type->domain].names.ident),
             fmt::format("write {}.{} for the value", program_.enums[type->domain].names.ident, name->text))
          .related = {{program_.scopes[place.scope].fields[field].span, "the quantity"},
                      {member_spans_[type->domain][member], "the value"}};
      return true;
    }
  }
  Type result;
  result.kind = TypeKind::member;
  result.domain = type->domain;
  out = make(e.span, result, Constant{Member{member}});
  return true;
}

TermPtr Checker::to_key(TermPtr row) {
  auto *ref = std::get_if<FieldRef>(&row->node);
  const Type *key = key_type_of_row(row->type);
  if (!ref || !key) return row;
  if (ref->field >= 0) { // else the row has been looked up by its keys
    FieldRef::Step step;
    step.from = ref->scope;
    step.field = ref->field;
    step.scope = row->type.domain;
    ref->steps.push_back(std::move(step));
  }
  ref->scope = row->type.domain;
  ref->field = 0;
  const bool optional = row->type.optional;
  row->type = *key;
  row->type.optional = optional;
  return row;
}

TermPtr Checker::binary(const syntax::Binary &node, const Span &span, const Place &place) {
  if (node.op == BinaryOp::logical_and || node.op == BinaryOp::logical_or) {
    TermPtr left = condition(*node.left, place);
    const Facts facts = left ? facts_if(*left, node.op == BinaryOp::logical_and) : Facts{};
    TermPtr right = condition(*node.right, with(place, facts));
    if (!left || !right) return nullptr;
    return make(span, boolean(), Binary{node.op, std::move(left), std::move(right)});
  }
  if (node.op == BinaryOp::or_else) {
    TermPtr left = expression(*node.left, place);
    TermPtr right = left ? expression(*node.right, place, &left->type) : expression(*node.right, place);
    if (!left || !right) return nullptr;
    if (!left->type.optional)
      warn("P402", span, "the first value is never missing: 'or else' (缺则) does nothing");
    if (!value_fits(*right, left->type, Names{"the value before 'or else' (缺则)", "", ""})) return nullptr;
    Type type = left->type;
    type.scale = wider_scale(left->type.scale, right->type.scale);
    type.optional = right->type.optional;
    if (type.any_dimension) type.dimension = right->type.dimension;
    return make(span, type, Binary{node.op, std::move(left), std::move(right)});
  }
  if (node.op == BinaryOp::begins_with) return begins_with(node, span, place);
  return is_comparison(node.op) ? comparison(node, span, place) : arithmetic(node, span, place);
}

TermPtr Checker::arithmetic(const syntax::Binary &node, const Span &span, const Place &place) {
  TermPtr left = given_expression(*node.left, place);
  TermPtr right = given_expression(*node.right, place);
  if (!left || !right) return nullptr;
  if (in_calendar(left->type) || in_calendar(right->type))
    return moved(node, span, std::move(left), std::move(right));
  const char *what = node.op == BinaryOp::add        ? "+"
                     : node.op == BinaryOp::subtract ? "-"
                     : node.op == BinaryOp::multiply ? "×"
                                                     : "/";
  if (!require_number(*left, what) || !require_number(*right, what)) return nullptr;
  const Type &a = left->type;
  const Type &b = right->type;
  Type type;
  if (node.op == BinaryOp::add || node.op == BinaryOp::subtract) {
    if (!a.any_dimension && !b.any_dimension && !(a.dimension == b.dimension)) {
      origins(report("P301", span,
                     fmt::format("{} and {} cannot be {}", type_name(a), type_name(b),
                                 node.op == BinaryOp::add ? "added" : "subtracted"),
                     "the two sides must have the same unit"),
              {left.get(), right.get()});
      return nullptr;
    }
    type.dimension = a.any_dimension ? b.dimension : a.dimension;
    type.any_dimension = a.any_dimension && b.any_dimension;
    type.scale = wider_scale(a.scale, b.scale);
  } else {
    const int sign = node.op == BinaryOp::multiply ? 1 : -1;
    type.dimension.yuan = static_cast<std::int8_t>(a.dimension.yuan + sign * b.dimension.yuan);
    type.dimension.point = static_cast<std::int8_t>(a.dimension.point + sign * b.dimension.point);
    type.dimension.day = static_cast<std::int8_t>(a.dimension.day + sign * b.dimension.day);
    type.any_dimension = a.any_dimension || (sign > 0 && b.any_dimension);
    type.scale = sign > 0 && a.scale >= 0 && b.scale >= 0 ? a.scale + b.scale : -1;
  }
  return make(span, type, Binary{node.op, std::move(left), std::move(right)});
}

TermPtr Checker::comparison(const syntax::Binary &node, const Span &span, const Place &place) {
  const std::size_t before = diagnostics_.size();
  TermPtr left, right;
  // A bare name beside a value of an enum is a member of that enum.
  const syntax::Ident *left_name = bare_name(*node.left);
  const syntax::Ident *right_name = bare_name(*node.right);
  const auto quiet = [&](const syntax::Expression &e) {
    return resolve_path(std::get<syntax::Path>(e.node), e.span, place, true);
  };
  if (left_name && !right_name) {
    right = expression(*node.right, place);
    if (!right) return nullptr;
    left = expression(*node.left, place, &right->type);
  } else if (left_name && right_name) {
    if (TermPtr known = quiet(*node.left)) {
      left = std::move(known);
      right = expression(*node.right, place, &left->type);
    } else if (TermPtr other = quiet(*node.right);
               other && (other->type.kind == TypeKind::member || other->type.kind == TypeKind::row)) {
      right = std::move(other);
      left = expression(*node.left, place, &right->type);
    } else {
      left = expression(*node.left, place);
      return nullptr;
    }
  } else {
    left = expression(*node.left, place);
    right = left ? expression(*node.right, place, &left->type) : expression(*node.right, place);
  }
  if (!left != !right && diagnostics_.size() > before && diagnostics_.back().code == "P201")
    origins(diagnostics_.back(), {left.get(), right.get()});
  if (!left || !right) return nullptr;
  if (!require_given(*left) || !require_given(*right)) return nullptr;
  if (left->type.kind == TypeKind::row && right->type.kind != TypeKind::row) left = to_key(std::move(left));
  if (right->type.kind == TypeKind::row && left->type.kind != TypeKind::row) right = to_key(std::move(right));
  const Type &a = left->type;
  const Type &b = right->type;
  const bool same_kind = a.kind == b.kind && (a.kind == TypeKind::number || a.domain == b.domain);
  if (!same_kind) {
    if (a.kind == TypeKind::member && right_name)
      origins(
          report("P314", right->span,
                 fmt::format("{} is compared with {}, which is no value of it", type_name(a), type_name(b))),
          {left.get(), right.get()});
    else
      origins(report("P314", span, fmt::format("{} cannot be compared with {}", type_name(a), type_name(b))),
              {left.get(), right.get()});
    return nullptr;
  }
  if (a.kind == TypeKind::number && !a.any_dimension && !b.any_dimension && !(a.dimension == b.dimension)) {
    std::string hint = "the two sides must have the same unit";
    const auto bare = [](const Term &t) {
      return std::holds_alternative<Constant>(t.node) && t.type.dimension == Dimension{};
    };
    if (bare(*right) || bare(*left))
      hint = "write the unit of the number: 100 yuan (元), 100 points (点), 30 days (天)";
    origins(
        report("P301", span, fmt::format("{} cannot be compared with {}", type_name(a), type_name(b)), hint),
        {left.get(), right.get()});
    return nullptr;
  }
  const bool order = node.op != BinaryOp::equal && node.op != BinaryOp::not_equal;
  const bool ordered = a.kind == TypeKind::number || in_calendar(a) ||
                       (a.kind == TypeKind::member && program_.enums[a.domain].ordered);
  if (order && !ordered) {
    origins(report("P306", span, fmt::format("{} has no order: only = and != compare it", type_name(a)),
                   a.kind == TypeKind::member ? "declare the values of the enum with < between them" : ""),
            {left.get(), right.get()});
    return nullptr;
  }
  return make(span, boolean(), Binary{node.op, std::move(left), std::move(right)});
}

TermPtr Checker::membership(const syntax::Membership &node, const Span &span, const Place &place) {
  TermPtr operand = given_expression(*node.operand, place);
  if (!operand) return nullptr;
  if (operand->type.kind == TypeKind::row) operand = to_key(std::move(operand));
  if (node.set) return in_set(std::move(operand), node.negated, *node.set, node.set_span, span, place);
  if (operand->type.kind != TypeKind::member) {
    origins(
        report("P307", operand->span,
               fmt::format("'in' (属于) needs a value of an enum, but this is {}", type_name(operand->type))),
        {operand.get()});
    return nullptr;
  }
  Membership out;
  out.negated = node.negated;
  bool ok = true;
  for (const syntax::Ident &name : node.members) {
    const int member = find_member(operand->type.domain, name.text);
    if (member < 0) {
      no_member(name.span, operand->type.domain, name.text);
      ok = false;
    } else if (std::find(out.members.begin(), out.members.end(), member) != out.members.end()) {
      report("P214", name.span, fmt::format("'{}' is named twice", name.text));
      ok = false;
    } else {
      out.members.push_back(member);
    }
  }
  if (!ok) return nullptr;
  out.operand = std::move(operand);
  return make(span, boolean(), std::move(out));
}

TermPtr Checker::function_call(const syntax::FunctionCall &node, const Span &span, const Place &place) {
  if (node.function >= syntax::Function::month_of) return calendar_function(node, span, place);
  static const char *const names[] = {"max", "min", "abs"};
  const char *name = names[static_cast<int>(node.function)];
  FunctionCall out;
  out.function = node.function;
  Type type;
  bool ok = true;
  for (const auto &argument : node.arguments) {
    TermPtr term = given_expression(*argument, place);
    if (!term || !require_number(*term, name)) {
      ok = false;
      continue;
    }
    if (out.arguments.empty())
      type = term->type;
    else if (ok) {
      if (!type.any_dimension && !term->type.any_dimension && !(type.dimension == term->type.dimension)) {
        origins(report("P301", term->span,
                       fmt::format("{} of {} and {} has no meaning", name, type_name(type),
                                   type_name(term->type)),
                       "all values must have the same unit"),
                {out.arguments.front().get(), term.get()});
        ok = false;
      }
      type.scale = wider_scale(type.scale, term->type.scale);
      if (type.any_dimension)
        type.dimension = term->type.dimension, type.any_dimension = term->type.any_dimension;
    }
    out.arguments.push_back(std::move(term));
  }
  if (!ok) return nullptr;
  const std::size_t count = out.arguments.size();
  if (node.function == syntax::Function::abs ? count != 1 : count < 2) {
    report("P308", span,
           node.function == syntax::Function::abs ? "abs takes one value"
                                                  : fmt::format("{} takes two values or more", name));
    return nullptr;
  }
  type.domain = -1;
  return make(span, type, std::move(out));
}

TermPtr Checker::table_call(const syntax::TableCall &node, const Span &span, const Place &place) {
  const int index = find_table(node.table.text);
  if (index < 0) {
    std::vector<std::string> names;
    for (const Table &table : program_.tables) {
      names.push_back(table.names.ident);
      if (!table.names.twin.empty()) names.push_back(table.names.twin);
    }
    const std::string close = nearest(node.table.text, names);
    report("P209", node.table.span, fmt::format("there is no table '{}'", node.table.text),
           close.empty() ? "" : fmt::format("did you mean {}?", close));
    unfound(Sought::table);
    return nullptr;
  }
  if (broken_tables_.count(index) > 0) return nullptr;
  const Table &table = program_.tables[index];
  if (node.arguments.size() != table.inputs.size()) {
    report("P309", span,
           fmt::format("the table {} has {}, but there {} here", table.names.ident,
                       counted(table.inputs.size(), "input"),
                       node.arguments.size() == 1 ? "is one value"
                                                  : fmt::format("are {} values", node.arguments.size())));
    return nullptr;
  }
  TableCall out;
  out.table = index;
  for (std::size_t i = 0; i < node.arguments.size(); ++i) {
    const Type &wanted = table.inputs[i].type;
    TermPtr term = given_expression(*node.arguments[i], place, &wanted);
    if (!term) return nullptr;
    if (term->type.kind == TypeKind::row && wanted.kind != TypeKind::row) term = to_key(std::move(term));
    if (!value_fits(*term, wanted, table.inputs[i].names)) return nullptr;
    out.arguments.push_back(std::move(term));
  }
  return make(span, table.type, std::move(out));
}

TermPtr Checker::neighbour(const syntax::Neighbour &node, const Span &span, const Place &place) {
  const Scope &scope = program_.scopes[place.scope];
  int key = -1;
  for (int i = 0; i < scope.key_count; ++i)
    if (scope.fields[i].names.is(node.along.text)) key = i;
  if (key < 0) {
    no_key(node.along.span, place.scope, node.along.text);
    return nullptr;
  }
  const Type &type = scope.fields[key].type;
  const bool ordered = type.kind == TypeKind::number || in_calendar(type) ||
                       (type.kind == TypeKind::member && program_.enums[type.domain].ordered);
  if (!ordered) {
    report("P615", node.along.span, fmt::format("the key {} has no order to go along", node.along.text),
           type.kind == TypeKind::member ? "declare the values of the enum with < between them" : "")
        .related.push_back({scope.fields[key].span,
                            fmt::format("{} is declared here: {}", node.along.text, type_name(type))});
    return nullptr;
  }
  Place inside;
  inside.scope = place.scope;
  inside.outer = &place;
  TermPtr where;
  if (node.where) {
    where = condition(*node.where, inside);
    if (!where) return nullptr;
    inside.facts = facts_if(*where, true);
  }
  TermPtr operand = expression(*node.operand, inside);
  if (!operand) return nullptr;
  Type result = operand->type;
  result.optional = true;
  Neighbour out{node.next, place.scope, key, std::move(operand), std::move(where)};
  TermPtr term = make(span, result, std::move(out));
  if (place.facts.count(canonical_text(*term, program_)) > 0) term->type.optional = false;
  return term;
}

/// What is known to be given where `term` is `truth`.
Facts Checker::facts_if(const Term &term, bool truth) const {
  if (const auto *p = std::get_if<Parenthesized>(&term.node)) return facts_if(*p->inner, truth);
  if (const auto *u = std::get_if<Unary>(&term.node))
    return u->op == UnaryOp::logical_not ? facts_if(*u->operand, !truth) : Facts{};
  if (const auto *test = std::get_if<MissingTest>(&term.node)) {
    Facts out;
    if (test->given != truth) return out;
    const Term *operand = test->operand.get();
    while (const auto *p = std::get_if<Parenthesized>(&operand->node)) operand = p->inner.get();
    out.insert(canonical_text(*operand, program_));
    // A path that is given makes the references on its way given.
    // So are a row that was looked up, for its other fields, and its keys.
    if (const auto *ref = std::get_if<FieldRef>(&operand->node)) {
      for (std::string &prefix : path_prefixes(*ref, program_)) out.insert(std::move(prefix));
      if (!ref->steps.empty())
        for (const TermPtr &key : ref->steps.front().keys) out.insert(canonical_text(*key, program_));
    }
    return out;
  }
  if (const auto *b = std::get_if<Binary>(&term.node)) {
    if (b->op != BinaryOp::logical_and && b->op != BinaryOp::logical_or) return {};
    const Facts left = facts_if(*b->left, truth);
    const Facts right = facts_if(*b->right, truth);
    Facts out;
    if ((b->op == BinaryOp::logical_and) == truth)
      std::set_union(left.begin(), left.end(), right.begin(), right.end(), std::inserter(out, out.end()));
    else
      std::set_intersection(left.begin(), left.end(), right.begin(), right.end(),
                            std::inserter(out, out.end()));
    return out;
  }
  return {};
}

} // namespace steelyard::semantics
