// Declarations: entities and scopes, their keys, inputs and definitions.
#include "compiler/semantics/checker.h"
#include <algorithm>
#include <fmt/core.h>
#include <functional>

namespace steelyard::semantics {

namespace {

syntax::Span span_of(const syntax::Name &name) {
  return name.ident.span;
}

} // namespace

std::string Checker::second_time(const Span &first, const Span &again) const {
  const auto &layers = program_.layer_of_file;
  if (first.file >= layers.size() || again.file >= layers.size() || layers[first.file] == layers[again.file])
    return {};
  if (use_of_file_[first.file] != use_of_file_[again.file])
    return "a policy that is used stays as it is: give this another name, or use a policy that amends it";
  return "to change what the other policy declares, write replace (替换) before it";
}

int Checker::add_field(int scope, Field field) {
  if (scope == 0) field.names = of_use(std::move(field.names));
  Scope &owner = program_.scopes[scope];
  for (const Field &other : owner.fields) {
    const std::string *shared = other.names.is(field.names.ident)  ? &field.names.ident
                                : other.names.is(field.names.twin) ? &field.names.twin
                                                                   : nullptr;
    if (shared) {
      report("P202", field.span,
             fmt::format("'{}' is declared a second time for each {}", *shared, owner.names.ident),
             second_time(other.span, field.span))
          .related.push_back({other.span, "first declared here"});
      break;
    }
  }
  owner.fields.push_back(std::move(field));
  return static_cast<int>(owner.fields.size()) - 1;
}

void Checker::add_input(int scope, const syntax::InputDecl &decl) {
  Field field;
  field.names = names_of(decl.name);
  field.kind = FieldKind::input;
  field.span = span_of(decl.name);
  field.basis = decl.basis;
  check_basis(decl.basis);
  Bounds bounds;
  const auto type = resolve_type(decl.type, &bounds);
  field.type = type.value_or(Type{});
  if (type) {
    const Bounds usual = default_bounds(*type, true);
    field.bounds.low = bounds.low ? bounds.low : usual.low;
    field.bounds.low_exclusive = bounds.low_exclusive;
    field.bounds.high = bounds.high ? bounds.high : usual.high;
    if (decl.default_value) {
      if (const auto value = literal_of(*decl.default_value, *type)) {
        within_bounds(*value, field.bounds, decl.default_value->span);
        field.default_value = *value;
      }
      if (type->optional)
        report("P220", decl.span,
               fmt::format("'{}' has a default, so it is never missing: leave out optional (可缺)",
                           field.names.ident));
    }
  }
  field.required_in_row = decl.required_in_row;
  if (decl.required_in_row) {
    if (field.default_value || field.type.optional)
      report("P220", decl.span,
             fmt::format("'{}' is required in a row: it cannot also be optional or have a default",
                         field.names.ident));
    field.type.optional = true;
  }
  const int index = add_field(scope, std::move(field));
  if (!type) broken_.insert({scope, index});
  input_decls_[{scope, index}] = &decl;
}

void Checker::declare_entity(const syntax::EntityDecl &decl) {
  const int index = scope_called(decl.name.ident.text); // made in the first sweep
  Scope &scope = program_.scopes[index];
  if (scope.key_count > 0 || !scope.fields.empty())
    return; // a second declaration of the name, reported already
  for (const syntax::KeyDecl &key : decl.keys) {
    Field field;
    field.names = names_of(key.name);
    field.kind = FieldKind::key;
    field.span = span_of(key.name);
    Bounds bounds;
    const auto type = resolve_type(key.type, &bounds);
    field.type = type.value_or(Type{});
    if (field.type.optional) {
      report("P221", key.span, "a key is never missing: leave out optional (可缺)");
      field.type.optional = false;
    }
    if (field.type.kind == TypeKind::list) {
      report("P228", key.span, "a list is no key", "the key of a row is one value");
      field.type.kind = TypeKind::text;
    }
    const Bounds usual = default_bounds(field.type, true);
    field.bounds = {bounds.low ? bounds.low : usual.low, bounds.high ? bounds.high : usual.high,
                    bounds.low_exclusive};
    const int place = add_field(index, std::move(field));
    if (!type) broken_.insert({index, place});
    ++program_.scopes[index].key_count;
  }
  for (const syntax::InputDecl &input : decl.inputs) add_input(index, input);
  scope.tables_file = decl.tables_file;
  if (decl.rows_from) sources_declared_[index] = &*decl.rows_from;
  file_optional_[index] = decl.file_optional;
}

void Checker::check_key_cycles() {
  std::vector<bool> seen;
  // Whether the key of a row of `from` says, by itself or by the rows that it refers to, which row of `to` it
  // is.
  std::function<bool(int, int)> leads = [&](int from, int to) {
    if (from == to) return true;
    if (seen[from]) return false;
    seen[from] = true;
    const Scope &scope = program_.scopes[from];
    return std::any_of(scope.fields.begin(), scope.fields.begin() + scope.key_count, [&](const Field &key) {
      return key.type.kind == TypeKind::row && leads(key.type.domain, to);
    });
  };
  for (std::size_t s = 1; s < program_.scopes.size(); ++s) {
    Scope &scope = program_.scopes[s];
    for (int k = 0; scope.entity && k < scope.key_count; ++k) {
      Field &key = scope.fields[k];
      seen.assign(program_.scopes.size(), false);
      if (key.type.kind != TypeKind::row || !leads(key.type.domain, static_cast<int>(s))) continue;
      report("P226", key.span,
             fmt::format("the key of {} is a row of {}, whose own key leads back here: no cell could hold it",
                         scope.names.ident, program_.scopes[key.type.domain].names.ident),
             "keys end at a text, a number, a date or an enum");
      key.type = Type{}; // the way around ends here: what follows need not look for it
      key.type.kind = TypeKind::text;
      broken_.insert({static_cast<int>(s), k});
    }
  }
}

int Checker::find_or_make_scope(const syntax::ScopeDecl &decl) {
  if (decl.keys.empty()) return 0;
  if (decl.keys.size() == 1 && !decl.name) {
    const syntax::Ident &key = decl.keys[0];
    // `for each tier` makes a scope that is called as its enum; as a key the name means the enum all the
    // same.
    if (const int scope = find_scope(key.text); scope >= 0) return scope;
  }
  // The keys' own names, joined: ASCII by underscores, others without.
  Names names;
  std::vector<Field> keys;
  bool ok = true;
  bool all_twins = true;
  std::string ascii, other;
  for (const syntax::Ident &key : decl.keys) {
    Field field;
    field.kind = FieldKind::key;
    field.span = key.span;
    if (const int e = find_enum(key.text); e >= 0) {
      field.names = own_names(program_.enums[e].names);
      field.type.kind = TypeKind::member;
      field.type.domain = e;
    } else if (const int r = find_range(key.text); r >= 0) {
      field.names = own_names(program_.ranges[r].names);
      field.type.scale = 0;
      field.type.domain = r;
      field.bounds = {Exact(program_.ranges[r].low), Exact(program_.ranges[r].high), false};
    } else if (const int s = find_scope(key.text); s >= 0) {
      const Scope &target = program_.scopes[s];
      if (!target.entity) {
        std::string keys_of_target;
        for (int k = 0; k < target.key_count; ++k)
          keys_of_target += (k ? ", " : "") + target.fields[k].names.ident;
        report("P222", key.span, fmt::format("'{}' is a scope, and a scope is no key of another", key.text),
               fmt::format("name its keys: {}", keys_of_target));
        ok = false;
        continue;
      }
      field.names = own_names(target.names);
      field.type.kind = TypeKind::row;
      field.type.domain = s;
    } else {
      std::vector<std::string> candidates;
      auto add = [&](const Names &n) {
        candidates.push_back(n.ident);
        if (!n.twin.empty()) candidates.push_back(n.twin);
      };
      for (const Scope &known : program_.scopes) add(known.names);
      for (const Enum &known : program_.enums) add(known.names);
      for (const Range &known : program_.ranges) add(known.names);
      const std::string close = nearest(key.text, candidates);
      report("P222", key.span, fmt::format("there is no entity, enum or range '{}' to go through", key.text),
             close.empty() ? "" : fmt::format("did you mean {}?", close));
      unfound(Sought::type);
      ok = false;
      continue;
    }
    const std::string &canonical = field.names.canonical();
    ascii += (ascii.empty() ? "" : "_") + canonical;
    if (field.names.twin.empty())
      all_twins = false;
    else
      other += field.names.twin == canonical ? field.names.ident : field.names.twin;
    keys.push_back(std::move(field));
  }
  if (!ok) return -1;
  names.ident = ascii;
  if (all_twins) names.twin = other;
  if (decl.name) {
    names = names_of(*decl.name);
    const int e = find_enum(names.ident), r = find_range(names.ident);
    if (e >= 0 || r >= 0) {
      report("P202", decl.name->ident.span,
             fmt::format("the scope is called '{}', as {} is", names.ident, e >= 0 ? "an enum" : "a range"))
          .related.push_back(
              {e >= 0 ? program_.enums[e].span : program_.ranges[r].span, "the other of this name"});
      return -1;
    }
  }
  const Names own = names;
  names = of_use(std::move(names));
  if (const int known = scope_of_program(names.ident); known >= 0) {
    const Scope &scope = program_.scopes[known];
    bool same = !scope.entity && scope.key_count == static_cast<int>(keys.size());
    for (std::size_t i = 0; same && i < keys.size(); ++i)
      same = scope.fields[i].names.ident == keys[i].names.ident;
    if (same) return known;
    report("P202", decl.span,
           fmt::format("the scope '{}' is declared a second time with other keys", names.ident))
        .related.push_back({scope.span, "first declared here"});
    return -1;
  }
  Scope scope;
  scope.names = std::move(names);
  scope.own_names = own;
  scope.span = decl.span;
  scope.key_count = static_cast<int>(keys.size());
  scope.fields = std::move(keys);
  program_.scopes.push_back(std::move(scope));
  return static_cast<int>(program_.scopes.size()) - 1;
}

void Checker::declare_scope(const syntax::ScopeDecl &decl) {
  const int scope = find_or_make_scope(decl);
  if (scope < 0) return;
  if (decl.file_optional) file_optional_[scope] = true;
  declare_items(decl.items, scope);
}

void Checker::declare_items(const std::vector<syntax::ScopeItem> &items, int scope) {
  for (const syntax::ScopeItem &item : items) {
    struct Visit {
      Checker &c;
      int scope;

      int definition(const syntax::Name &name, const Basis &basis, bool let, Type type, Bounds bounds) const {
        c.check_basis(basis);
        Field field;
        field.names = c.names_of(name);
        field.kind = let ? FieldKind::let : FieldKind::definition;
        field.type = type;
        field.bounds = bounds;
        field.basis = basis;
        field.span = span_of(name);
        field.definition = static_cast<int>(c.program_.definitions.size());
        Definition d;
        d.scope = scope;
        d.let = let;
        d.order = c.order_++;
        d.field = c.add_field(scope, std::move(field));
        c.program_.definitions.push_back(std::move(d));
        return static_cast<int>(c.program_.definitions.size()) - 1;
      }
      int typed(const syntax::Name &name, const syntax::TypeRef &type_ref, const Basis &basis,
                Pending pending, syntax::RoundingWord rounding) const {
        static const number::Rounding modes[] = {number::Rounding::half_up,   number::Rounding::half_up,
                                                 number::Rounding::half_even, number::Rounding::down,
                                                 number::Rounding::floor,     number::Rounding::ceiling};
        Bounds bounds;
        const auto resolved = c.resolve_type(type_ref, &bounds);
        const Type type = resolved.value_or(Type{});
        const Bounds usual = c.default_bounds(type, false);
        const Bounds all{bounds.low ? bounds.low : usual.low, bounds.high ? bounds.high : usual.high,
                         bounds.low_exclusive};
        const int d = definition(name, basis, false, type, all);
        if (!resolved) c.broken_.insert({scope, c.program_.definitions[d].field});
        c.program_.definitions[d].rounding = modes[static_cast<int>(rounding)];
        pending.definition = d;
        pending.scope = scope;
        pending.order = c.program_.definitions[d].order;
        c.pending_.push_back(pending);
        return d;
      }
      void operator()(const syntax::RowsFromDecl &decl) const {
        if (scope == 0)
          c.report("P607", decl.span, "the run as a whole has one row: it takes no rows from (行取自)");
        else if (c.sources_declared_.count(scope) > 0)
          c.report(
               "P606", decl.span,
               fmt::format("the rows of {} are declared a second time", c.program_.scopes[scope].names.ident))
              .related.push_back({c.sources_declared_[scope]->span, "first declared here"});
        else
          c.sources_declared_[scope] = &decl;
      }
      void operator()(const syntax::InputDecl &decl) const {
        if (scope == 0)
          c.report("P607", decl.span, "an input belongs to an entity or a scope",
                   "a single number for the whole run is a parameter: param (参数)");
        else
          c.add_input(scope, decl);
      }
      void operator()(const syntax::LetDecl &decl) const {
        const int d = definition(decl.name, decl.basis, true, Type{}, Bounds{});
        c.let_decls_[d] = &decl;
        c.pending_.push_back({d, scope, c.program_.definitions[d].order, &decl});
      }
      void operator()(const syntax::DefineDecl &decl) const {
        typed(decl.name, decl.type, decl.basis, {-1, 0, 0, &decl}, decl.rounding);
      }
      void operator()(const syntax::DecideDecl &decl) const {
        Enum e;
        e.names = c.names_of(decl.name);
        e.of_decide = true;
        e.span = span_of(decl.name);
        bool none = decl.optional;
        for (const syntax::DecideAlternative &alternative : decl.alternatives) {
          if (!alternative.name) {
            none = true;
            continue;
          }
          if (std::any_of(e.members.begin(), e.members.end(),
                          [&](const Names &n) { return n.is(alternative.name->ident.text); }))
            continue; // several conditions may lead to the same result
          e.members.push_back(c.names_of(*alternative.name));
          c.member_spans_[static_cast<int>(c.program_.enums.size())].push_back(span_of(*alternative.name));
        }
        Type type;
        type.kind = TypeKind::member;
        type.optional = none;
        type.domain = static_cast<int>(c.program_.enums.size());
        c.program_.enums.push_back(std::move(e));
        const int d = definition(decl.name, decl.basis, false, type, Bounds{});
        c.pending_.push_back({d, scope, c.program_.definitions[d].order, &decl});
      }
      void operator()(const syntax::DeductDecl &decl) const {
        typed(decl.name, decl.type, decl.basis, {-1, 0, 0, &decl}, syntax::RoundingWord::none);
      }
      void operator()(const syntax::AllocateDecl &decl) const {
        typed(decl.name, decl.type, decl.basis, {-1, 0, 0, &decl}, decl.rounding);
      }
      void operator()(const syntax::RemoveDecl &decl) const { c.no_amendment(decl.span); }
      void operator()(const syntax::AddDecl &decl) const { c.no_amendment(decl.span); }
      void operator()(const syntax::CheckDecl &decl) const {
        c.check_basis(decl.basis);
        c.pending_.push_back({-1, scope, c.order_++, &decl});
      }
    };
    std::visit(Visit{*this, scope}, item);
  }
}

} // namespace steelyard::semantics
