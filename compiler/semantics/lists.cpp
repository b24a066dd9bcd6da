// Lists of texts on a row: what can be asked of their elements, sets that elements belong to, the first row
// of a table of rules, and a quantity of the row with one of its fields changed.
#include "compiler/semantics/checker.h"
#include "compiler/semantics/each_term.h"
#include "compiler/semantics/make_term.h"
#include <fmt/core.h>
#include <functional>

namespace steelyard::semantics {

using syntax::ListOp;

namespace {

Type plain(TypeKind kind) {
  Type type;
  type.kind = kind;
  return type;
}

bool same_type(const Type &a, const Type &b) {
  return a.kind == b.kind && a.domain == b.domain &&
         (a.kind != TypeKind::number || a.dimension == b.dimension);
}

} // namespace

TermPtr Checker::list_of(const syntax::Expression &e, const Place &place, const char *what) {
  TermPtr list = expression(e, place);
  if (!list || list->type.kind == TypeKind::list) return list;
  origins(report("P328", list->span,
                 fmt::format("'{}' goes over a list, but this is {}", what, type_name(list->type))),
          {list.get()});
  return nullptr;
}

/// Gives the elements of a list their name for the body of a list term.
bool Checker::bind(const std::optional<syntax::Ident> &name, const Place &place, Binder &binder) {
  binder.type = plain(TypeKind::text);
  binder.next = place.binders;
  if (!name) return true;
  binder.name = name->text;
  for (const Binder *other = place.binders; other; other = other->next)
    if (other->name == name->text) {
      report("P323", name->span,
             fmt::format("'{}' is the element of a list outside as well: which one is meant?", name->text),
             "give the inner one another name");
      return false;
    }
  if (find_field(place.scope, name->text) >= 0) {
    report(
        "P323", name->span,
        fmt::format("'{}' is a quantity of {} as well", name->text, program_.scopes[place.scope].names.ident),
        "give the element another name")
        .related.push_back(
            {program_.scopes[place.scope].fields[find_field(place.scope, name->text)].span, "declared here"});
    return false;
  }
  return true;
}

/// A path that is the name of an element; `found` where it is one, right or wrong.
TermPtr Checker::element(const syntax::Path &path, const Span &span, const Place &place, bool quiet,
                         bool &found) {
  if (path.from_this) return nullptr;
  int level = 0;
  for (const Binder *binder = place.binders; binder; binder = binder->next, ++level) {
    if (binder->name.empty() || binder->name != path.steps[0].name.text) continue;
    found = true;
    if (path.steps.size() > 1 || !path.steps[0].subscript.empty()) {
      if (!quiet)
        report("P225", span,
               fmt::format("'{}' is {}, which has no parts", binder->name, type_name(binder->type)),
               fmt::format("the row of an entity with that key is ENTITY[{}]", binder->name));
      return nullptr;
    }
    return make(span, binder->type, ElementRef{level, binder->name});
  }
  return nullptr;
}

/// `operand in SET`: the set is an entity or scope with all keys but its last in brackets, or a list.
TermPtr Checker::in_set(TermPtr operand, bool negated, const syntax::Path &set, const Span &set_span,
                        const Span &span, const Place &place) {
  InSet out;
  out.negated = negated;
  const syntax::PathStep &head = set.steps.front();
  const int scope = set.from_this || set.steps.size() > 1 ? -1 : scope_called(head.name.text);
  const int field = head.subscript.empty() ? find_field(place.scope, head.name.text) : -1;
  const bool own_list = field >= 0 && program_.scopes[place.scope].fields[field].type.kind == TypeKind::list;
  if (scope < 0 || own_list) {
    TermPtr list = resolve_path(set, set_span, place);
    if (!list) return nullptr;
    if (list->type.kind != TypeKind::list) {
      origins(report("P321", set_span,
                     fmt::format("'in' (属于) needs a set here, but this is {}", type_name(list->type)),
                     "a set is a list, or an entity with all its keys but the last in [...]"),
              {list.get()});
      return nullptr;
    }
    if (operand->type.kind != TypeKind::text) {
      origins(
          report("P322", operand->span,
                 fmt::format("the elements of the list are texts, but this is {}", type_name(operand->type))),
          {operand.get()});
      return nullptr;
    }
    out.operand = std::move(operand);
    out.list = std::move(list);
    return make(span, plain(TypeKind::boolean), std::move(out));
  }
  used_scopes_.insert(scope);
  const Scope &of = program_.scopes[scope];
  if (static_cast<int>(head.subscript.size()) != of.key_count - 1) {
    report("P321", set_span,
           fmt::format("{} has {}: as a set all but the last, {}, stand in [...], but there {} here",
                       of.names.ident, counted(static_cast<std::size_t>(of.key_count), "key"),
                       of.key_count > 0 ? of.fields[of.key_count - 1].names.ident : "",
                       head.subscript.size() == 1 ? "is one" : fmt::format("are {}", head.subscript.size())));
    return nullptr;
  }
  for (int k = 0; k < of.key_count; ++k) uses_.insert({scope, k});
  for (int k = 0; k + 1 < of.key_count; ++k) {
    const Type &wanted = of.fields[k].type;
    TermPtr key = given_expression(*head.subscript[k], place, &wanted);
    if (!key) return nullptr;
    if (key->type.kind == TypeKind::row && wanted.kind != TypeKind::row) key = to_key(std::move(key));
    if (!same_type(key->type, wanted)) {
      origins(report("P617", key->span,
                     fmt::format("the key {} of {} is {}, but this is {}", of.fields[k].names.ident,
                                 of.names.ident, type_name(wanted), type_name(key->type))),
              {key.get()});
      return nullptr;
    }
    out.keys.push_back(std::move(key));
  }
  const Type &last = of.fields[of.key_count - 1].type;
  if (!same_type(operand->type, last)) {
    origins(report("P322", operand->span,
                   fmt::format("the set holds values of {}, which is {}, but this is {}",
                               of.fields[of.key_count - 1].names.ident, type_name(last),
                               type_name(operand->type))),
            {operand.get()});
    return nullptr;
  }
  out.operand = std::move(operand);
  out.scope = scope;
  return make(span, plain(TypeKind::boolean), std::move(out));
}

TermPtr Checker::list_term(const syntax::ListTerm &node, const Span &span, const Place &place,
                           const Type *expected) {
  static const char *const names[] = {"any of", "none of", "all of", "first of", "others of", "list of"};
  const char *name = names[static_cast<int>(node.op)];
  ListTerm out;
  out.op = node.op;
  Place inside = place;
  Binder binder;
  Type type = plain(TypeKind::boolean);
  if (node.list) {
    out.list = list_of(*node.list, place, name);
    if (!out.list) return nullptr;
    if (!bind(node.element, place, binder)) return nullptr;
    inside.binders = &binder;
    out.element = binder.name;
  }
  if (node.op == ListOp::others) {
    type = out.list->type;
    type.at_least_one = false;
    return make(span, type, std::move(out));
  }
  if (node.op == ListOp::list) {
    out.body = given_expression(*node.body, inside);
    if (!out.body) return nullptr;
    if (out.body->type.kind != TypeKind::text) {
      origins(report("P324", out.body->span,
                     fmt::format("a list is made of texts, but this is {}", type_name(out.body->type))),
              {out.body.get()});
      return nullptr;
    }
    // A list of one element is one of the sort that is wanted where it stands.
    const bool wanted = expected && expected->kind == TypeKind::list;
    if (!out.list && !wanted) {
      report("P324", span, "a list of one element stands only where a list is wanted",
             "as the value of a define (定义) with the type of a list, or behind with (代入)");
      return nullptr;
    }
    type = wanted ? *expected : out.list->type;
    return make(span, type, std::move(out));
  }
  if (node.set) {
    out.body = in_set(make(out.list->span, binder.type, ElementRef{0, ""}), false, *node.set, node.set_span,
                      syntax::join(out.list->span, node.set_span), inside);
  } else {
    out.body = condition(*node.body, inside);
  }
  if (!out.body) return nullptr;
  return make(span, type, std::move(out));
}

/// The first element of a list, or the first row of an entity or scope.
TermPtr Checker::first_of(const syntax::Aggregate &node, const Span &span, const Place &place) {
  const auto *path = std::get_if<syntax::Path>(&node.operand->node);
  const bool named = path && !path->from_this && path->steps.size() == 1 && path->steps[0].subscript.empty();
  const int scope = named ? scope_called(path->steps[0].name.text) : -1;
  const int own = named ? find_field(place.scope, path->steps[0].name.text) : -1;
  const bool own_list = own >= 0 && program_.scopes[place.scope].fields[own].type.kind == TypeKind::list;
  if (scope < 0 || own_list) {
    ListTerm out;
    out.op = ListOp::first;
    out.list = list_of(*node.operand, place, "first of");
    if (!out.list) return nullptr;
    if (!node.by.empty() || node.by_none || (node.where == nullptr) != !node.element) {
      report("P325", span,
             node.where && !node.element && node.by.empty() && !node.by_none
                 ? "the condition has no name for the element"
                 : "of a list it is: first of LIST, or first of LIST as NAME where CONDITION",
             node.where && !node.element ? "write as (称) and a name before where (其中)" : "");
      return nullptr;
    }
    Type type = plain(TypeKind::text);
    type.optional = node.where || !out.list->type.at_least_one;
    Binder binder;
    if (node.where) {
      if (!bind(node.element, place, binder)) return nullptr;
      Place inside = place;
      inside.binders = &binder;
      out.element = binder.name;
      out.body = condition(*node.where, inside);
      if (!out.body) return nullptr;
    }
    TermPtr term = make(span, type, std::move(out));
    if (type.optional && place.facts.count(canonical_text(*term, program_)) > 0) term->type.optional = false;
    return term;
  }
  used_scopes_.insert(scope);
  if (node.element) {
    report("P325", node.element->span,
           fmt::format("a row of {} needs no name: its quantities are called by their own names",
                       program_.scopes[scope].names.ident),
           "leave out as (称), and write this. (本行.) before what belongs to the own row");
    return nullptr;
  }
  Aggregate out;
  out.op = node.op;
  out.scope = scope;
  Place inside;
  inside.scope = scope;
  inside.outer = &place;
  inside.binders = place.binders;
  // A table of rules knows nothing of the row that asks: all its rows are gone through unless by says which.
  if (!node.by.empty() && !aggregate_matches(out, node, span, place, inside)) return nullptr;
  if (node.where) {
    out.where = condition(*node.where, inside);
    if (!out.where) return nullptr;
  }
  Type type = plain(TypeKind::row);
  type.domain = scope;
  type.optional = true;
  TermPtr term = make(span, type, std::move(out));
  if (place.facts.count(canonical_text(*term, program_)) > 0) term->type.optional = false;
  return term;
}

TermPtr Checker::with_value(const syntax::With &node, const Span &span, const Place &place) {
  TermPtr operand = expression(*node.operand, place);
  if (!operand) return nullptr;
  const auto own = [&](const FieldRef *ref) {
    return ref && ref->up == 0 && ref->steps.empty() && ref->field >= 0;
  };
  const auto *ref = std::get_if<FieldRef>(&operand->node);
  if (!own(ref) || program_.scopes[ref->scope].fields[ref->field].definition < 0) {
    report("P326", operand->span,
           "'with' (代入) computes a let or definition of the own row anew, and this is none",
           "give the formula a name with let (记)");
    return nullptr;
  }
  With out;
  out.scope = place.scope;
  out.field = find_field(place.scope, node.field.text);
  const Scope &scope = program_.scopes[place.scope];
  if (out.field < 0 || scope.fields[out.field].kind == FieldKind::key) {
    report("P326", node.field.span,
           fmt::format("'{}' is no input, let or definition of {}", node.field.text, scope.names.ident));
    return nullptr;
  }
  uses_.insert({place.scope, out.field});
  if (scope.fields[out.field].kind == FieldKind::let) ensure_let(place.scope, out.field);
  if (is_broken(place.scope, out.field)) return nullptr;
  const Field &field = scope.fields[out.field];
  out.value = expression(*node.value, place, &field.type);
  if (!out.value) return nullptr;
  if (!value_fits(*out.value, field.type, field.names)) return nullptr;
  if (!field.type.optional && !require_given(*out.value)) return nullptr;
  // What is known of the row as it is says nothing of the row as it would be.
  const Type type = program_.scopes[ref->scope].fields[ref->field].type;
  operand->type = type;
  out.operand = std::move(operand);
  TermPtr term = make(span, type, std::move(out));
  if (type.optional && place.facts.count(canonical_text(*term, program_)) > 0) term->type.optional = false;
  return term;
}

/// A quantity with a field changed must not rest on other rows of its scope, nor on sums over them: they are
/// computed from the row as it is.
void Checker::check_substitutions() {
  const auto look_for = [&](const Term &term) {
    const auto *with = std::get_if<With>(&term.node);
    if (!with) return;
    std::set<int> seen;
    const Definition *culprit = nullptr;
    std::function<void(int)> visit = [&](int index) {
      if (culprit || !seen.insert(index).second) return;
      const Definition &definition = program_.definitions[index];
      const auto field = [&](int scope, int at) {
        if (const int d = program_.scopes[scope].fields[at].definition; d >= 0) visit(d);
      };
      each_term(definition, [&](const Term &part) {
        bool others = false;
        if (const auto *a = std::get_if<Aggregate>(&part.node)) others = a->scope == with->scope;
        if (const auto *n = std::get_if<Neighbour>(&part.node)) others = n->scope == with->scope;
        if (const auto *in = std::get_if<InSet>(&part.node)) others = in->scope == with->scope;
        const auto *ref = std::get_if<FieldRef>(&part.node);
        if (ref)
          for (const FieldRef::Step &step : ref->steps) {
            others = others || step.scope == with->scope;
            if (step.field >= 0) field(step.from, step.field);
          }
        if (others && !culprit) culprit = &definition;
        if (ref && ref->field >= 0) field(ref->scope, ref->field);
      });
    };
    const auto &of = std::get<FieldRef>(with->operand->node);
    visit(program_.scopes[of.scope].fields[of.field].definition);
    if (!culprit) return;
    const Field &field = program_.field_of(*culprit);
    report("P327", term.span,
           fmt::format("{} rests on other rows of {}, which do not see the changed value", field.names.ident,
                       program_.scopes[with->scope].names.ident),
           "with (代入) is for quantities of the row by itself")
        .related.push_back({field.span, fmt::format("{} is declared here", field.names.ident)});
  };
  for (const Definition &definition : program_.definitions) each_term(definition, look_for);
  for (const Check &check : program_.checks)
    if (check.condition) each_term(*check.condition, look_for);
}

} // namespace steelyard::semantics
