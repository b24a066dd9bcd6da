// Aggregates: over which rows, which of them belong to the own row, and what may be summed.
#include "compiler/semantics/checker.h"
#include <fmt/core.h>

namespace steelyard::semantics {

using syntax::AggregateOp;

namespace {
bool same_type(const Type &a, const Type &b) {
  return a.kind == b.kind && a.domain == b.domain &&
         (a.kind != TypeKind::number || a.dimension == b.dimension);
}
} // namespace

TermPtr Checker::share(const syntax::Aggregate &node, const Span &span, const Place &place) {
  const Scope &scope = program_.scopes[place.scope];
  if (node.over || node.where) {
    report("P310", span,
           "'share of' (占比) goes over the rows of its own scope: it takes only by (按) and keys");
    return nullptr;
  }
  Aggregate out;
  out.op = node.op;
  out.scope = place.scope;
  Place plain;
  plain.scope = place.scope;
  out.operand = given_expression(*node.operand, plain);
  if (!out.operand || !require_number(*out.operand, "share of")) return nullptr;
  if (out.operand->type.scale < 0) {
    report(
        "P304", out.operand->span, "the values that are summed must have fixed decimals",
        "define the value with a name and a type (define NAME: money(2) = ...), and take the share of that");
    return nullptr;
  }
  for (std::size_t i = 0; i < node.by.size(); ++i) {
    const syntax::Path &path = node.by[i];
    int key = -1;
    for (int k = 0; k < scope.key_count; ++k)
      if (path.steps.size() == 1 && scope.fields[k].names.is(path.steps[0].name.text)) key = k;
    if (key < 0) {
      no_key(node.by_spans[i], place.scope, path.steps.back().name.text);
      return nullptr;
    }
    out.matches.push_back(
        {field_term(0, place.scope, key, span, plain), field_term(0, place.scope, key, span, plain)});
  }
  Type type;
  auto term = std::make_unique<Term>();
  term->span = span;
  term->type = type;
  term->node = std::move(out);
  return term;
}

bool Checker::aggregate_matches(Aggregate &out, const syntax::Aggregate &node, const Span &span,
                                const Place &place, const Place &inside) {
  const Scope &own = program_.scopes[place.scope];
  const Place at_inner{inside.scope, nullptr, {}};
  if (node.by_none) return true;
  if (node.by.empty()) {
    // The own row is the only one that agrees with itself in all keys: a total over one row is never what is
    // meant.
    if (inside.scope == place.scope && own.key_count > 0) {
      std::string keys;
      for (int k = 0; k < own.key_count; ++k) keys += (k ? ", " : "") + own.fields[k].names.ident;
      report("P614", span,
             fmt::format("over the rows of its own scope {} this finds only the row itself", own.names.ident),
             own.key_count > 1
                 ? fmt::format("write by (按) and the keys that are to agree, fewer than all of {}", keys)
                 : fmt::format("over all rows of {} it is defined under overall (总体)", own.names.ident));
      return false;
    }
    for (int k = 0; k < own.key_count; ++k) {
      TermPtr inner = key_path(inside.scope, own.fields[k].names, own.fields[k].type, span, at_inner,
                               fmt::format("to tell which rows belong to one {}", own.names.ident), false);
      if (!inner) return false;
      out.matches.push_back({std::move(inner), field_term(0, place.scope, k, span, place)});
    }
    return true;
  }
  const bool positional = static_cast<int>(node.by.size()) == own.key_count;
  for (std::size_t i = 0; i < node.by.size(); ++i) {
    TermPtr inner = resolve_path(node.by[i], node.by_spans[i], at_inner);
    if (!inner) return false;
    int key = positional ? static_cast<int>(i) : -1;
    if (!positional)
      for (int k = 0; k < own.key_count; ++k)
        if (own.fields[k].names.is(node.by[i].steps.back().name.text)) key = k;
    if (key < 0) {
      report("P616", node.by_spans[i],
             fmt::format("'{}' is not the name of a key of {}, and there is not one path for each key",
                         node.by[i].steps.back().name.text, own.names.ident),
             "name one path for each key, or paths that end in the keys' names");
      return false;
    }
    const Type &wanted = own.fields[key].type;
    if (!same_type(inner->type, wanted) && inner->type.kind == TypeKind::row) {
      const Type *inner_key = key_type_of_row(inner->type);
      if (inner_key && same_type(*inner_key, wanted)) inner = to_key(std::move(inner));
    }
    if (!same_type(inner->type, wanted)) {
      origins(report("P617", node.by_spans[i],
                     fmt::format("the key {} of {} is {}, but this path is {}", own.fields[key].names.ident,
                                 own.names.ident, type_name(wanted), type_name(inner->type))),
              {inner.get()});
      return false;
    }
    out.matches.push_back({std::move(inner), field_term(0, place.scope, key, span, place)});
  }
  return true;
}

TermPtr Checker::aggregate(const syntax::Aggregate &node, const Span &span, const Place &place) {
  if (node.op == AggregateOp::share) return share(node, span, place);
  if (node.op == AggregateOp::first) return first_of(node, span, place);
  static const char *const names[] = {"sum of", "count of", "mean of", "min of", "max of", "cv of"};
  const char *name = names[static_cast<int>(node.op)];

  const auto *path = std::get_if<syntax::Path>(&node.operand->node);
  int scope = -1;
  if (node.over) {
    scope = find_scope(node.over->text);
    if (scope < 0) {
      report("P204", node.over->span,
             fmt::format("there is no entity or scope '{}' to go over", node.over->text),
             scope_meant(node.over->text));
      unfound(Sought::scope);
      return nullptr;
    }
  } else if (path && !path->from_this) {
    scope = find_scope(path->steps[0].name.text);
  }
  if (scope < 0) {
    std::vector<std::string> scopes;
    for (const Scope &s : program_.scopes) {
      scopes.push_back(s.names.ident);
      if (!s.names.twin.empty()) scopes.push_back(s.names.twin);
    }
    const std::string close = path ? nearest(path->steps[0].name.text, scopes) : "";
    report("P204", node.operand->span, fmt::format("over which rows does '{}' go?", name),
           close.empty() ? "write SCOPE.NAME, or add over (遍历) and an entity or scope"
                         : fmt::format("did you mean {}?", close));
    unfound(Sought::scope);
    return nullptr;
  }
  Aggregate out;
  out.op = node.op;
  out.scope = scope;
  Place inside;
  inside.scope = scope;
  inside.outer = &place;
  inside.binders = place.binders;
  if (!aggregate_matches(out, node, span, place, inside)) return nullptr;
  if (node.where) {
    out.where = condition(*node.where, inside);
    if (!out.where) return nullptr;
    inside.facts = facts_if(*out.where, true);
  }
  // `count of case`: the rows themselves.
  const bool rows_only = path && path->steps.size() == 1 && scope_called(path->steps[0].name.text) == scope &&
                         !(node.over && find_field(scope, path->steps[0].name.text) >= 0);
  Type type;
  if (rows_only) {
    if (node.op != AggregateOp::count) {
      report("P211", node.operand->span,
             fmt::format("'{}' needs a quantity of {}, not the rows themselves", name,
                         program_.scopes[scope].names.ident));
      return nullptr;
    }
  } else {
    TermPtr operand;
    if (!node.over && path) {
      // The head names the scope; what follows is a path from its row.
      const int field = find_field(scope, path->steps[1].name.text);
      if (field < 0) {
        std::vector<std::string> fields;
        for (const Field &f : program_.scopes[scope].fields) {
          fields.push_back(f.names.ident);
          if (!f.names.twin.empty()) fields.push_back(f.names.twin);
        }
        const std::string close = nearest(path->steps[1].name.text, fields);
        report("P210", path->steps[1].name.span,
               fmt::format("{} has no '{}'", program_.scopes[scope].names.ident, path->steps[1].name.text),
               close.empty() ? "" : fmt::format("did you mean {}?", close));
        unfound(Sought::field, scope);
        return nullptr;
      }
      uses_.insert({scope, field});
      if (program_.scopes[scope].fields[field].kind == FieldKind::let) ensure_let(scope, field);
      if (is_broken(scope, field)) return nullptr;
      operand =
          follow(field_term(0, scope, field, node.operand->span, inside), path->steps, 2, inside, false);
    } else {
      operand = expression(*node.operand, inside);
    }
    if (!operand) return nullptr;
    if (node.op != AggregateOp::count) {
      const bool ordered =
          in_calendar(operand->type) && (node.op == AggregateOp::min || node.op == AggregateOp::max);
      if (!ordered && !require_number(*operand, name)) return nullptr;
    }
    const bool summed =
        node.op == AggregateOp::sum || node.op == AggregateOp::mean || node.op == AggregateOp::cv;
    if (summed && operand->type.scale < 0) {
      origins(report("P304", operand->span, "the values that are summed must have fixed decimals",
                     "define the value with a name and a type (define NAME: money(2) = ...), and sum that"),
              {operand.get()});
      return nullptr;
    }
    type = operand->type;
    out.operand = std::move(operand);
  }
  switch (node.op) {
  case AggregateOp::sum:
    type.optional = false;
    break;
  case AggregateOp::count:
    type = Type{};
    type.scale = 0;
    break;
  case AggregateOp::mean:
    type.scale = -1;
    type.optional = true;
    break;
  case AggregateOp::cv:
    type = Type{};
    type.optional = true;
    break;
  default:
    type.optional = true;
    break;
  }
  if (type.kind == TypeKind::number) type.domain = -1;
  auto term = std::make_unique<Term>();
  term->span = span;
  term->type = type;
  term->node = std::move(out);
  if (type.optional && place.facts.count(canonical_text(*term, program_)) > 0) term->type.optional = false;
  return term;
}

} // namespace steelyard::semantics
