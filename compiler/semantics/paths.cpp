// Names and paths: from what is written to a field of a row, and how that row is reached.
#include "compiler/semantics/checker.h"
#include <fmt/core.h>

namespace steelyard::semantics {

namespace {

template<class List> int find_by_name(const List &list, std::string_view name) {
  for (std::size_t i = 0; i < list.size(); ++i)
    if (list[i].names.is(name)) return static_cast<int>(i);
  return -1;
}

TermPtr make(const Span &span, Type type, FieldRef ref) {
  auto term = std::make_unique<Term>();
  term->span = span;
  term->type = type;
  term->node = std::move(ref);
  return term;
}

bool same_type(const Type &a, const Type &b) {
  return a.kind == b.kind && a.domain == b.domain &&
         (a.kind != TypeKind::number || a.dimension == b.dimension);
}

} // namespace

int Checker::scope_called(std::string_view name) const {
  return scope_of_program(of_use(name));
}
int Checker::scope_of_program(std::string_view name) const {
  for (std::size_t i = 1; i < program_.scopes.size(); ++i)
    if (program_.scopes[i].names.is(name)) return static_cast<int>(i);
  return -1;
}
int Checker::find_scope(std::string_view name) const {
  const int found = scope_called(name);
  if (found >= 0) used_scopes_.insert(found);
  return found;
}
int Checker::find_field(int scope, std::string_view name) const {
  // Quantities of the run as a whole share its one row with those of other policies.
  return scope == 0 ? find_by_name(program_.scopes[0].fields, of_use(name))
                    : find_by_name(program_.scopes[scope].fields, name);
}
int Checker::find_enum(std::string_view given) const {
  const std::string name = of_use(given);
  for (std::size_t i = 0; i < program_.enums.size(); ++i)
    if (!program_.enums[i].of_decide && program_.enums[i].names.is(name)) {
      used_enums_.insert(static_cast<int>(i));
      return static_cast<int>(i);
    }
  return -1;
}
int Checker::find_member(int enumeration, std::string_view name) const {
  const auto &members = program_.enums[enumeration].members;
  for (std::size_t i = 0; i < members.size(); ++i)
    if (members[i].is(name)) {
      used_members_.insert({enumeration, static_cast<int>(i)});
      return static_cast<int>(i);
    }
  return -1;
}
int Checker::find_parameter(std::string_view name) const {
  const int found = find_by_name(program_.parameters, of_use(name));
  if (found >= 0) used_parameters_.insert(found);
  return found;
}
int Checker::find_table(std::string_view name) const {
  const int found = find_by_name(program_.tables, of_use(name));
  if (found >= 0) used_tables_.insert(found);
  return found;
}
int Checker::find_range(std::string_view name) const {
  const int found = find_by_name(program_.ranges, of_use(name));
  if (found >= 0) used_ranges_.insert(found);
  return found;
}

/// Sets the term's `optional`: the field itself or any step to it may be missing, unless a fact says
/// otherwise.
void Checker::settle_optional(Term &term, const Place &place) {
  const auto &ref = std::get<FieldRef>(term.node);
  if (place.facts.count(canonical_text(term, program_)) > 0) {
    term.type.optional = false;
    return;
  }
  // A path that ends with a look-up is the row itself.
  bool optional = ref.field >= 0 && program_.scopes[ref.scope].fields[ref.field].type.optional;
  // A prefix of the path that is known to be given makes all steps before it given as well.
  const std::vector<std::string> prefixes = path_prefixes(ref, program_);
  for (std::size_t i = 0; i < ref.steps.size(); ++i) {
    const FieldRef::Step &step = ref.steps[i];
    if (place.facts.count(prefixes[i]) > 0) continue;
    if (step.field >= 0) {
      if (program_.scopes[step.from].fields[step.field].type.optional) optional = true;
    } else {
      if (!step.certain) optional = true;
      for (const TermPtr &key : step.keys)
        if (key->type.optional) optional = true;
    }
  }
  term.type.optional = optional;
}

TermPtr Checker::field_term(int up, int scope, int field, const Span &span, const Place &at) {
  uses_.insert({scope, field});
  if (program_.scopes[scope].fields[field].kind == FieldKind::let) ensure_let(scope, field);
  FieldRef ref;
  ref.up = up;
  ref.scope = scope;
  ref.field = field;
  TermPtr term = make(span, program_.scopes[scope].fields[field].type, std::move(ref));
  settle_optional(*term, at);
  return term;
}

/// A definition of the run as a whole, from any row.
TermPtr Checker::run_field(int field, const Span &span, const Place &place) {
  if (place.scope == 0) return field_term(0, 0, field, span, place);
  uses_.insert({0, field});
  if (program_.scopes[0].fields[field].kind == FieldKind::let) ensure_let(0, field);
  FieldRef ref;
  FieldRef::Step step;
  step.from = place.scope;
  step.scope = 0;
  step.certain = true;
  ref.steps.push_back(std::move(step));
  ref.scope = 0;
  ref.field = field;
  TermPtr term = make(span, program_.scopes[0].fields[field].type, std::move(ref));
  settle_optional(*term, place);
  return term;
}

/// From a row of `scope`: the field called as `names` of the wanted type, else the only path of that type.
/// When the wanted key is that of an entity (type text, say), a reference to that entity serves, through its
/// key.
TermPtr Checker::key_path(int scope, const Names &names, const Type &type, const Span &span,
                          const Place &place, const std::string &purpose, bool quiet) {
  const auto &fields = program_.scopes[scope].fields;
  // A path: fields to follow one after the other, the last one being the value.
  using Way = std::vector<int>;
  auto term_of = [&](const Way &way) {
    TermPtr term = field_term(0, scope, way[0], span, place);
    auto &ref = std::get<FieldRef>(term->node);
    for (std::size_t i = 1; i < way.size(); ++i) {
      FieldRef::Step step;
      step.from = ref.scope;
      step.field = ref.field;
      step.scope = program_.scopes[ref.scope].fields[ref.field].type.domain;
      ref.steps.push_back(std::move(step));
      ref.scope = ref.steps.back().scope;
      ref.field = way[i];
    }
    term->type = program_.scopes[ref.scope].fields[ref.field].type;
    settle_optional(*term, place);
    return term;
  };
  auto key_of =
      [&](const Field &field) { // the key of the entity that the field refers to has the wanted type
        if (field.type.kind != TypeKind::row) return -1;
        const Scope &target = program_.scopes[field.type.domain];
        if (target.key_count == 1 && target.entity && same_type(target.fields[0].type, type) &&
            (target.fields[0].names.ident == names.ident || target.own_names.ident == names.ident))
          return 0;
        return -1;
      };
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Field &field = fields[i];
    const bool same_name = field.names.is(names.ident) || field.names.is(names.twin);
    if (!same_name) continue;
    if (is_broken(scope, static_cast<int>(i))) return nullptr;
    if (same_type(field.type, type)) return term_of({static_cast<int>(i)});
    if (const int then = key_of(field); then >= 0) return term_of({static_cast<int>(i), then});
  }
  // Only keys and inputs count from here on, so that a definition added elsewhere never makes a path
  // ambiguous.
  std::vector<Way> found;
  auto declared = [](const Field &field) {
    return field.kind == FieldKind::key || field.kind == FieldKind::input;
  };
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!declared(fields[i])) continue;
    // Plain texts and numbers say nothing by their type alone.
    const bool telling = type.kind == TypeKind::row || type.kind == TypeKind::member || type.domain >= 0;
    if (telling && same_type(fields[i].type, type))
      found.push_back({static_cast<int>(i)});
    else if (const int then = key_of(fields[i]); then >= 0)
      found.push_back({static_cast<int>(i), then});
  }
  if (found.empty())
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (!declared(fields[i]) || fields[i].type.kind != TypeKind::row) continue;
      const Scope &target = program_.scopes[fields[i].type.domain];
      for (std::size_t k = 0; k < target.fields.size(); ++k) {
        const Field &there = target.fields[k];
        const bool same_name = there.names.is(names.ident) || there.names.is(names.twin);
        const bool telling = type.kind == TypeKind::row || type.kind == TypeKind::member || type.domain >= 0;
        if (!declared(there)) continue;
        if (same_type(there.type, type) && (same_name || telling))
          found.push_back({static_cast<int>(i), static_cast<int>(k)});
        else if (const int then = key_of(there); then >= 0)
          found.push_back({static_cast<int>(i), static_cast<int>(k), then});
      }
    }
  if (found.size() == 1) return term_of(found[0]);
  if (quiet) return nullptr;
  const std::string &from = program_.scopes[scope].names.ident;
  if (found.empty()) {
    point_at_namesake(
        report("P602", span,
               fmt::format("a row of {} has no path to {}, which is needed {}", from, names.ident, purpose),
               "say the paths with by (...), or the keys in [...]"),
        scope, names.ident);
  } else {
    std::string list;
    for (const Way &way : found) {
      int at = scope;
      for (std::size_t i = 0; i < way.size(); ++i) {
        const Field &field = program_.scopes[at].fields[way[i]];
        list += (i > 0 ? "." : list.empty() ? "" : ", ") + field.names.ident;
        at = field.type.domain;
      }
    }
    report("P603", span,
           fmt::format("from a row of {} there are several paths to {}: {}", from, names.ident, list),
           "say which one is meant with by (...), or with the keys in [...]");
  }
  return nullptr;
}

/// The row of `target` that belongs to the row at `place`: by the subscript, or by its keys' own paths. The
/// result is a half-made term: a FieldRef whose last step is the look-up and whose field is still -1.
TermPtr Checker::lookup_row(int target, const syntax::PathStep &written, const Span &span, const Place &place,
                            int up, bool quiet) {
  const Scope &scope = program_.scopes[target];
  FieldRef::Step step;
  step.from = place.scope;
  step.scope = target;
  if (!written.subscript.empty()) {
    if (static_cast<int>(written.subscript.size()) != scope.key_count) {
      report("P604", span,
             fmt::format(
                 "{} has {}, but there {} in [...]", scope.names.ident, counted(scope.key_count, "key"),
                 written.subscript.size() == 1 ? "is one" : fmt::format("are {}", written.subscript.size())));
      return nullptr;
    }
    for (int i = 0; i < scope.key_count; ++i) {
      const Type &type = scope.fields[i].type;
      TermPtr key = expression(*written.subscript[i], place, &type);
      if (!key) return nullptr;
      // A bare number takes the type of its place, as it does in a table or an example.
      const auto *bare = std::get_if<Constant>(&key->node);
      const bool numbers = type.kind == TypeKind::number && key->type.kind == TypeKind::number;
      if (bare && numbers && key->type.dimension == Dimension{} && type.domain >= 0) {
        const Exact &value = std::get<Exact>(*bare);
        const Range &range = program_.ranges[type.domain];
        if (!number::fits_scale(value, 0) || value < Exact(range.low) || value > Exact(range.high)) {
          report("P219", key->span,
                 fmt::format("{} has no number {}", range.names.ident, number::to_text(value)),
                 fmt::format("its numbers go from {} to {}", range.low, range.high));
          return nullptr;
        }
        key->type = type;
      }
      if (!same_type(key->type, type)) {
        origins(report("P617", key->span,
                       fmt::format("the key {} of {} is {}, but this is {}", scope.fields[i].names.ident,
                                   scope.names.ident, type_name(type), type_name(key->type))),
                {key.get()});
        return nullptr;
      }
      step.keys.push_back(std::move(key));
    }
  } else {
    for (int i = 0; i < scope.key_count; ++i) {
      TermPtr key = key_path(place.scope, scope.fields[i].names, scope.fields[i].type, span, place,
                             "to find the row of " + scope.names.ident, quiet);
      if (!key) return nullptr;
      step.keys.push_back(std::move(key));
    }
  }
  // The row is there for sure when the target's rows are made from rows of this scope by the same paths.
  auto same_keys = [&](const std::vector<TermPtr> &keys) {
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (canonical_text(*keys[i], program_) != canonical_text(*step.keys[i], program_)) return false;
    return keys.size() == step.keys.size();
  };
  for (const RowSource &source : scope.sources)
    if (source.every || (!source.input && source.scope == place.scope && same_keys(source.keys)))
      step.certain = true;
  if (target == place.scope) {
    step.certain = true;
    for (int i = 0; i < scope.key_count; ++i) {
      const auto *ref = std::get_if<FieldRef>(&step.keys[i]->node);
      if (!ref || !ref->steps.empty() || ref->field != i || ref->up != 0) step.certain = false;
    }
  }
  FieldRef ref;
  ref.up = up;
  ref.steps.push_back(std::move(step));
  ref.scope = target;
  Type type;
  type.kind = TypeKind::row;
  type.domain = target;
  return make(span, type, std::move(ref));
}

/// Goes on from a reference (or a looked-up row) along the further steps of a path.
TermPtr Checker::follow(TermPtr term, const std::vector<syntax::PathStep> &steps, std::size_t from,
                        const Place &place, bool quiet) {
  for (std::size_t i = from; i < steps.size(); ++i) {
    auto &ref = std::get<FieldRef>(term->node);
    const syntax::Ident &name = steps[i].name;
    if (term->type.kind != TypeKind::row) {
      if (!quiet)
        origins(report("P225", name.span,
                       fmt::format("'{}' is {}, which has no part '{}'", steps[i - 1].name.text,
                                   type_name(term->type), name.text)),
                {term.get()});
      return nullptr;
    }
    const int scope = term->type.domain;
    if (ref.field >= 0) { // a reference: follow it
      FieldRef::Step step;
      step.from = ref.scope;
      step.field = ref.field;
      step.scope = scope;
      ref.steps.push_back(std::move(step));
    }
    const int field = find_field(scope, name.text);
    if (field < 0) {
      if (!quiet) {
        Place there;
        there.scope = scope;
        std::vector<std::string> names;
        for (const Field &f : program_.scopes[scope].fields) {
          names.push_back(f.names.ident);
          if (!f.names.twin.empty()) names.push_back(f.names.twin);
        }
        const std::string close = nearest(name.text, names);
        syntax::Diagnostic &d = report(
            "P210", name.span, fmt::format("{} has no '{}'", program_.scopes[scope].names.ident, name.text),
            close.empty() ? "" : fmt::format("did you mean {}?", close));
        if (!ref.steps.empty() && ref.steps.back().field >= 0) {
          const Field &reference = program_.scopes[ref.steps.back().from].fields[ref.steps.back().field];
          d.related.push_back({reference.span, fmt::format("{} is declared here: {}", reference.names.ident,
                                                           type_name(reference.type))});
        }
        has_it_elsewhere(d, scope, name.text);
        unfound(Sought::field, scope);
      }
      return nullptr;
    }
    uses_.insert({scope, field});
    if (program_.scopes[scope].fields[field].kind == FieldKind::let) ensure_let(scope, field);
    if (is_broken(scope, field)) return nullptr;
    ref.scope = scope;
    ref.field = field;
    term->type = program_.scopes[scope].fields[field].type;
    term->span = syntax::join(term->span, name.span);
    settle_optional(*term, place);
  }
  if (std::get<FieldRef>(term->node).field < 0) {
    const Scope &scope = program_.scopes[std::get<FieldRef>(term->node).scope];
    if (!quiet)
      report("P211", term->span, fmt::format("{} is a scope, not a value", scope.names.ident),
             fmt::format("write which of its quantities is meant: {}.NAME", scope.names.ident));
    return nullptr;
  }
  return term;
}

bool Checker::names_nothing(const std::string &name, const Place &place) const {
  return find_field(place.scope, name) < 0 && find_by_name(program_.parameters, of_use(name)) < 0 &&
         find_field(0, name) < 0 && scope_called(name) < 0;
}

TermPtr Checker::resolve_path(const syntax::Path &path, const Span &span, const Place &place, bool quiet) {
  const syntax::PathStep &head = path.steps.front();
  const Place *at = &place;
  int up = 0;
  if (path.from_this) {
    if (!place.outer) {
      if (!quiet)
        report("P212", span, "'this' (本行) has a meaning only inside an aggregate, next or previous");
      return nullptr;
    }
    at = place.outer;
    up = 1;
  }
  if (bool found = false; TermPtr term = element(path, span, place, quiet, found))
    return term;
  else if (found)
    return nullptr;
  const std::string &name = head.name.text;
  const bool more = path.steps.size() > 1;
  const int scope_named = scope_called(name);
  const int field = find_field(at->scope, name);
  // Facts of the outer row are stated without `this.`: the path is settled at the outer place, then moved.
  auto moved = [&](TermPtr term) {
    if (!term || up == 0) return term;
    std::get<FieldRef>(term->node).up = up;
    // What a condition at the inner row has found out is stated with `this.`.
    if (term->type.optional) settle_optional(*term, place);
    return term;
  };
  if (field >= 0 && head.subscript.empty()) {
    const bool row = program_.scopes[at->scope].fields[field].type.kind == TypeKind::row;
    const bool value_of_type = more && !row && find_enum(name) >= 0; // tier.primary beside a field tier
    if (!more || row || (scope_named < 0 && !value_of_type)) {
      uses_.insert({at->scope, field});
      if (program_.scopes[at->scope].fields[field].kind == FieldKind::let) ensure_let(at->scope, field);
      if (is_broken(at->scope, field)) return nullptr;
      TermPtr term = field_term(0, at->scope, field, span, *at);
      return moved(follow(std::move(term), path.steps, 1, *at, quiet));
    }
  }
  if (!more && head.subscript.empty()) {
    if (const int parameter = find_parameter(name); parameter >= 0) {
      if (broken_parameters_.count(parameter) > 0) return nullptr;
      auto term = std::make_unique<Term>();
      term->span = span;
      term->type = program_.parameters[parameter].type;
      term->node = ParameterRef{parameter};
      return term;
    }
  }
  if (const int run = find_field(0, name); run >= 0 && head.subscript.empty()) {
    uses_.insert({0, run});
    if (program_.scopes[0].fields[run].kind == FieldKind::let) ensure_let(0, run);
    if (is_broken(0, run)) return nullptr;
    return moved(follow(run_field(run, span, *at), path.steps, 1, *at, quiet));
  }
  // `for each tier` makes a scope that is called as its enum: tier.primary is still the value.
  const int enum_named = more && path.steps.size() == 2 && head.subscript.empty() ? find_enum(name) : -1;
  const bool value_of_enum = enum_named >= 0 && find_member(enum_named, path.steps[1].name.text) >= 0 &&
                             (scope_named < 0 || find_field(scope_named, path.steps[1].name.text) < 0);
  if (scope_named >= 0 && !value_of_enum) {
    used_scopes_.insert(scope_named);
    if (!more && !head.subscript.empty()) { // the row that has these keys
      TermPtr row = lookup_row(scope_named, head, span, *at, 0, quiet);
      if (row) settle_optional(*row, *at);
      return moved(std::move(row));
    }
    if (!more) {
      if (!quiet) {
        point_at_namesake(report("P211", span, fmt::format("{} is a scope, not a value", name),
                                 fmt::format("write which of its quantities is meant: {}.NAME", name)),
                          at->scope, name);
        unfound(Sought::field, at->scope);
      }
      return nullptr;
    }
    TermPtr row = lookup_row(scope_named, head, span, *at, 0, quiet);
    if (!row) return nullptr;
    return moved(follow(std::move(row), path.steps, 1, *at, quiet));
  }
  if (more && path.steps.size() == 2) {
    if (const int enumeration = find_enum(name); enumeration >= 0) {
      const int member = find_member(enumeration, path.steps[1].name.text);
      if (member < 0) {
        if (!quiet) no_member(path.steps[1].name.span, enumeration, path.steps[1].name.text);
        return nullptr;
      }
      auto term = std::make_unique<Term>();
      term->span = span;
      term->type.kind = TypeKind::member;
      term->type.domain = enumeration;
      term->node = Constant{Member{member}};
      return term;
    }
  }
  if (!quiet) unknown_name(head.name.span, name, *at);
  return nullptr;
}

} // namespace steelyard::semantics
