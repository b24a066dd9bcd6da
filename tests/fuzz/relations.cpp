// Values of other rows: aggregates, look-ups by keys, neighbours.
#include "tests/fuzz/expressions.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::fuzz {

namespace {

/// A datum of this type can stand where the key is wanted.
bool matches_key(const Draft &draft, const Type &type, const Type &key) {
  if (type.kind == key.kind && type.domain == key.domain)
    return type.kind != TypeKind::number || type.dimension == key.dimension;
  if (type.kind != TypeKind::row) return false;
  const ScopeDraft &target = draft.scopes[type.domain];
  return target.keys == 1 && matches_key(draft, target.fields[0].type, key);
}

const double rows_in_all = 4.4; ///< log10 of the most rows that a dataset has

} // namespace

std::optional<std::string> Expressions::matching(int inner, int outer) {
  const ScopeDraft &own = draft_.scopes[outer];
  if (own.keys == 0) return "";
  const ScopeDraft &there = draft_.scopes[inner];
  const Place at_inner{inner, nullptr, {}};
  bool implied = true; // every key has a field of its name and type
  for (int k = 0; k < own.keys; ++k) {
    const FieldDraft &key = own.fields[k];
    implied = implied && std::any_of(there.fields.begin(), there.fields.end(), [&](const FieldDraft &field) {
                return field.name == key.name &&
                       (field.type.kind == key.type.kind
                            ? field.type.domain == key.type.domain
                            : own.entity && field.type.kind == TypeKind::row && field.type.domain == outer);
              });
  }
  if (implied && inner != outer && random_.chance(60)) return ""; // over the own scope the keys are written
  std::string list;
  std::vector<std::string> by_name;
  bool all = true;
  for (int k = 0; k < own.keys; ++k) {
    const FieldDraft &key = own.fields[k];
    std::vector<Reach> paths;
    for (Reach &path : paths_of(draft_, at_inner)) {
      // A text says little by its type: only references to the own entity serve, and its own key.
      const bool own_row = own.entity && path.type.kind == TypeKind::row && path.type.domain == outer;
      const bool text =
          key.type.kind == TypeKind::text || (key.type.kind == TypeKind::number && key.type.domain < 0);
      const bool same_scope = inner == outer && path.text == key.name;
      if (!path.declared && random_.chance(70)) continue;
      if (text ? own_row || same_scope : matches_key(draft_, path.type, key.type))
        paths.push_back(std::move(path));
    }
    if (paths.empty()) {
      all = false;
      continue;
    }
    const std::string &chosen = random_.pick(paths).text;
    list += (list.empty() ? "" : ", ") + chosen;
    for (const Reach &path : paths)
      if (path.text == key.name || path.text.ends_with("." + key.name)) {
        by_name.push_back(path.text);
        break;
      }
  }
  // Fewer paths than keys: each must end in its key's name.
  if (!by_name.empty() && own.keys > 1 &&
      static_cast<int>(by_name.size()) < own.keys + (random_.chance(30) ? 1 : 0)) {
    if (static_cast<int>(by_name.size()) == own.keys) by_name.pop_back();
    list.clear();
    for (const std::string &path : by_name) list += (list.empty() ? "" : ", ") + path;
    return " by (" + list + ")";
  }
  if (!all) return std::nullopt;
  return " by (" + list + ")";
}

std::optional<Written> Expressions::aggregate(const Place &place, Dimension dimension, int depth) {
  const bool counting = dimension == plain && random_.chance(25);
  std::vector<int> order;
  for (std::size_t i = 1; i < draft_.scopes.size(); ++i) order.push_back(static_cast<int>(i));
  random_.shuffle(order);
  for (const int inner : order) {
    const std::optional<std::string> by = matching(inner, place.scope);
    if (!by) continue;
    Place inside{inner, &place, {}};
    std::string where;
    if (random_.chance(30)) {
      std::vector<Reach> optional;
      for (Reach &path : paths_of(draft_, inside))
        if (path.type.optional) optional.push_back(std::move(path));
      if (!optional.empty() && random_.chance(40)) {
        const std::string &path = random_.pick(optional).text;
        where = " where " + path + " is given";
        inside = knowing(inside, path);
        if (random_.chance(40)) where += " and " + grouped(condition(inside, 0), 5).text;
      } else {
        where = " where " + condition(inside, random_.below(2)).text;
      }
    }
    const ScopeDraft &scope = draft_.scopes[inner];
    const auto closed = [&](Written out) {
      if (!by->empty() || !where.empty()) out.text = "(" + out.text + ")";
      return out;
    };
    if (counting && random_.chance(60))
      return closed(
          {"count of " + scope.name + *by + where, number_type(plain, 0), {rows_in_all, 0, true, false}, 0});
    // The operand: a path named by its scope, or an expression in parentheses.
    std::vector<Reach> paths;
    for (Reach &path : paths_of(draft_, inside))
      if (path.type.kind == TypeKind::number && path.type.dimension == dimension && path.type.scale >= 0)
        paths.push_back(std::move(path));
    const bool formula = depth > 0 && random_.chance(35);
    if (paths.empty() && !formula) continue;
    Written operand;
    std::string text;
    if (formula) {
      operand = number(inside, dimension, depth, true);
      text = fmt::format("({}) over {}", operand.text, scope.name);
    } else {
      operand = written_of(random_.pick(paths));
      text = scope.name + "." + operand.text;
    }
    if (counting)
      return closed(
          {"count of " + text + *by + where, number_type(plain, 0), {rows_in_all, 0, true, false}, 0});
    static const char *const words[] = {"sum of ", "mean of ", "min of ", "max of "};
    const int op = random_.weighted({60, 16, 12, 12});
    Written out{words[op] + text + *by + where, operand.type, operand.extent, 0};
    out.type.domain = -1;
    out.type.optional = op != 0;
    out.extent.positive = out.extent.positive && op != 0;
    if (op == 0) out.extent.high += rows_in_all;
    if (op == 1) out.type.scale = -1;
    return closed(std::move(out));
  }
  return std::nullopt;
}

std::optional<std::string> Expressions::key_path(const Place &place, const Type &key) {
  if (key.kind == TypeKind::member && random_.chance(30))
    return random_.pick(draft_.enums[key.domain].members);
  std::vector<std::string> fitting;
  for (const Reach &path : paths_of(draft_, place)) {
    const bool same = path.type.kind == key.kind && path.type.domain == key.domain &&
                      (key.kind != TypeKind::number || path.type.dimension == key.dimension);
    if (same) fitting.push_back(path.text);
  }
  if (fitting.empty()) return std::nullopt;
  return random_.pick(fitting);
}

std::optional<std::string> Expressions::row_of(const Place &place, int target) {
  const ScopeDraft &scope = draft_.scopes[target];
  std::string keys;
  for (int k = 0; k < scope.keys; ++k) {
    const std::optional<std::string> path = key_path(place, scope.fields[k].type);
    if (!path) return std::nullopt;
    keys += (keys.empty() ? "" : ", ") + *path;
  }
  if (keys.empty()) return std::nullopt;
  return scope.name + "[" + keys + "]";
}

std::optional<Written> Expressions::look_up(const Place &place, Dimension dimension) {
  std::vector<int> order;
  for (std::size_t i = 1; i < draft_.scopes.size(); ++i)
    if (static_cast<int>(i) != place.scope) order.push_back(static_cast<int>(i));
  random_.shuffle(order);
  for (const int target : order) {
    const ScopeDraft &scope = draft_.scopes[target];
    std::vector<const FieldDraft *> fields;
    for (const FieldDraft &field : scope.fields)
      if (field.type.kind == TypeKind::number && field.type.dimension == dimension) fields.push_back(&field);
    if (fields.empty()) continue;
    bool implied = scope.keys > 0;
    std::string keys;
    bool found = true;
    for (int k = 0; k < scope.keys && found; ++k) {
      const FieldDraft &key = scope.fields[k];
      const auto &own = draft_.scopes[place.scope].fields;
      implied = implied && std::any_of(own.begin(), own.end(), [&](const FieldDraft &field) {
                  return field.name == key.name && field.type.kind == key.type.kind &&
                         field.type.domain == key.type.domain && field.kind != FieldDraft::Kind::let &&
                         field.kind != FieldDraft::Kind::definition;
                });
      const std::optional<std::string> path = key_path(place, key.type);
      found = path.has_value();
      if (found) keys += (keys.empty() ? "" : ", ") + *path;
    }
    // A name that the own row has as well would be followed from there.
    for (const FieldDraft &field : draft_.scopes[place.scope].fields)
      implied = implied && field.name != scope.name;
    if (!found && !implied) continue;
    const FieldDraft &field = *random_.pick(fields);
    Written out{scope.name, field.type, field.extent, 0};
    if (!implied || (found && random_.chance(40))) out.text += "[" + keys + "]";
    out.text += "." + field.name;
    out.type.optional = true;
    return out;
  }
  return std::nullopt;
}

std::optional<Written> Expressions::neighbour(const Place &place, Dimension dimension) {
  const ScopeDraft &scope = draft_.scopes[place.scope];
  std::vector<std::string> ordered;
  for (int k = 0; k < scope.keys; ++k) {
    const Type &type = scope.fields[k].type;
    if (type.kind == TypeKind::number || semantics::in_calendar(type) ||
        (type.kind == TypeKind::member && draft_.enums[type.domain].ordered))
      ordered.push_back(scope.fields[k].name);
  }
  if (ordered.empty()) return std::nullopt;
  Place inside{place.scope, &place, {}};
  std::string where;
  if (random_.chance(30)) where = " where " + condition(inside, 0).text;
  const bool formula = random_.chance(30);
  Written operand;
  if (formula) {
    operand = number(inside, dimension, 1);
    operand.text = "(" + operand.text + ")";
  } else {
    std::vector<Reach> paths;
    for (Reach &path : paths_of(draft_, inside))
      if (path.type.kind == TypeKind::number && path.type.dimension == dimension)
        paths.push_back(std::move(path));
    if (paths.empty()) return std::nullopt;
    operand = written_of(random_.pick(paths));
  }
  Written out{fmt::format("({} of {} along {}{})", random_.chance(50) ? "next" : "previous", operand.text,
                          random_.pick(ordered), where),
              operand.type, operand.extent, 0};
  out.type.optional = true;
  return out;
}

std::optional<Written> Expressions::optional_number(const Place &place, Dimension dimension) {
  switch (random_.weighted({28, 20, 32, 20})) {
  case 0: {
    std::vector<Reach> optional;
    for (Reach &reach : of_dimension(place, dimension, false))
      if (reach.type.optional) optional.push_back(std::move(reach));
    if (optional.empty()) return std::nullopt;
    return written_of(random_.pick(optional));
  }
  case 1: {
    auto out = aggregate(place, dimension, 1);
    if (out && out->type.optional) return out;
    return std::nullopt;
  }
  case 2:
    return look_up(place, dimension);
  default:
    return neighbour(place, dimension);
  }
}

} // namespace steelyard::fuzz
