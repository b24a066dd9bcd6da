// Types, paths and the text of a draft.
#include "tests/fuzz/draft.h"
#include <fmt/core.h>

namespace steelyard::fuzz {

Type number_type(Dimension dimension, int scale) {
  Type type;
  type.dimension = dimension;
  type.scale = scale;
  return type;
}

Type kind_type(TypeKind kind, int domain) {
  Type type;
  type.kind = kind;
  type.domain = domain;
  return type;
}

double limit_of(const Type &type) {
  if (type.dimension == yuan) return 13;
  return type.dimension == plain && type.scale > 0 ? 6 : 12;
}

std::string type_word(const Draft &draft, const Type &type) {
  switch (type.kind) {
  case TypeKind::boolean:
    return "bool";
  case TypeKind::text:
    return "text";
  case TypeKind::date:
    return "date";
  case TypeKind::month:
    return "calendar month";
  case TypeKind::member:
    return draft.enums[type.domain].name;
  case TypeKind::row:
    return draft.scopes[type.domain].name;
  case TypeKind::list: // lists are not among what is made up here
  case TypeKind::number:
    break;
  }
  if (type.domain >= 0) return draft.ranges[type.domain].name;
  if (type.dimension == yuan) return fmt::format("money({})", type.scale);
  if (type.dimension == points) return fmt::format("points({})", type.scale);
  if (type.dimension == yuan_per_point) return fmt::format("value({})", type.scale);
  if (type.dimension == yuan_per_day) return fmt::format("money per day({})", type.scale);
  if (type.dimension == days) return "days";
  return type.scale > 0 ? fmt::format("ratio({})", type.scale) : "count";
}

namespace {

void follow(const Draft &draft, const Place &place, int scope, const Reach &so_far, int steps,
            std::vector<Reach> &out) {
  for (const FieldDraft &field : draft.scopes[scope].fields) {
    Reach reach;
    reach.text = so_far.text.empty() ? field.name : so_far.text + "." + field.name;
    reach.type = field.type;
    reach.extent = field.extent;
    const bool let = field.kind == FieldDraft::Kind::let;
    reach.declared =
        (so_far.text.empty() || so_far.declared) && !let && field.kind != FieldDraft::Kind::definition;
    const bool known = place.facts.count(reach.text) > 0;
    reach.type.optional = !known && (field.type.optional || so_far.type.optional);
    if (field.type.kind == TypeKind::row && steps > 0)
      follow(draft, place, field.type.domain, reach, steps - 1, out);
    out.push_back(std::move(reach));
  }
}

} // namespace

std::vector<Reach> paths_of(const Draft &draft, const Place &place) {
  std::vector<Reach> out;
  follow(draft, place, place.scope, Reach{}, 2, out);
  return out;
}

std::vector<Reach> reachable(const Draft &draft, const Place &place) {
  std::vector<Reach> out = paths_of(draft, place);
  if (place.outer && draft.outer) {
    std::vector<Reach> outer;
    follow(draft, *place.outer, place.outer->scope, Reach{}, 1, outer);
    for (Reach &reach : outer) {
      reach.text = "this." + reach.text;
      out.push_back(std::move(reach));
    }
  }
  if (place.scope != 0)
    for (const FieldDraft &field : draft.scopes[0].fields) {
      Reach reach{field.name, field.type, field.extent, false};
      if (place.facts.count(field.name) > 0) reach.type.optional = false;
      out.push_back(std::move(reach));
    }
  for (const ParameterDraft &parameter : draft.parameters)
    out.push_back({parameter.name, parameter.type, parameter.extent, false});
  return out;
}

Place knowing(const Place &place, const std::string &path) {
  Place out = place;
  if (path.rfind("this.", 0) == 0) return out; // facts of the outer row are the outer place's
  for (std::size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.', dot + 1))
    out.facts.insert(path.substr(0, dot));
  out.facts.insert(path);
  return out;
}

std::string Draft::text() const {
  std::string out;
  const auto add = [&](const std::vector<std::string> &lines) {
    for (const std::string &line : lines) out += line + "\n";
  };
  add(preamble);
  for (const std::vector<std::string> &declaration : declarations) add(declaration);
  int at = -1;
  for (const Statement &statement : statements) {
    if (statement.scope != at) add({scopes[statement.scope].head});
    at = statement.scope;
    add(statement.lines);
  }
  return out;
}

} // namespace steelyard::fuzz
