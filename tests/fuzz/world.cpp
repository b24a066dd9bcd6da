// Enums, ranges, parameters, entities, scopes and inputs.
#include "tests/fuzz/world.h"
#include <algorithm>
#include <cmath>
#include <fmt/core.h>

namespace steelyard::fuzz {

Type World::number_type_of(Dimension dimension) {
  if (dimension == days) return number_type(days, 0);
  if (dimension == plain) return number_type(plain, random_.chance(30) ? 0 : random_.between(1, 8));
  if (dimension == yuan)
    return number_type(yuan, random_.chance(50) ? 2 : random_.chance(50) ? 8 : random_.between(0, 8));
  return number_type(dimension, random_.chance(50) ? 8 : random_.between(0, 8));
}

void World::declare() {
  draft_.preamble = {"steelyard 1", "policy fuzz \"Generated\" in force from 2020-01-01",
                     "article 1 \"One\" \"first\"", "article 2 \"Two\""};
  draft_.scopes.push_back({"overall", "overall", {}, 0, false, false, false, {}});
  for (int i = random_.between(1, 3); i > 0; --i) add_enum();
  for (int i = random_.below(3); i > 0; --i) {
    RangeDraft range{draft_.fresh("g"), random_.chance(70) ? 1 : random_.below(5), 0};
    range.high = range.low + random_.between(0, 12);
    draft_.preamble.push_back(fmt::format("range {} from {} to {}", range.name, range.low, range.high));
    draft_.ranges.push_back(std::move(range));
  }
  for (int i = random_.below(5); i > 0; --i) add_parameter();
  for (int i = random_.below(4); i > 0; --i) add_table();
  for (int i = random_.between(1, 4); i > 0; --i) add_entity();
  if (random_.chance(30)) add_derived_entity();
  for (int i = random_.below(4); i > 0; --i) add_scope();
}

void World::add_enum() {
  EnumDraft out{draft_.fresh("n"), {}, random_.chance(50), false};
  std::string text = "enum " + out.name + ": ";
  for (int i = random_.between(1, 4); i >= 0; --i) {
    out.members.push_back(draft_.fresh("m"));
    text += out.members.back();
    if (random_.chance(15)) text += " \"成员" + std::to_string(draft_.names) + "\"";
    if (i > 0) text += out.ordered ? " < " : ", ";
  }
  draft_.preamble.push_back(text);
  draft_.enums.push_back(std::move(out));
}

void World::add_parameter() {
  ParameterDraft out;
  out.name = draft_.fresh("p");
  if (random_.chance(20)) { // no number
    std::string value, type;
    switch (random_.below(4)) {
    case 0:
      out.type = kind_type(TypeKind::boolean);
      value = random_.chance(50) ? "true" : "false";
      break;
    case 1:
      out.type = kind_type(random_.chance(60) ? TypeKind::date : TypeKind::month);
      value =
          fmt::format("2021-{:02}", random_.between(1, 12)) + (out.type.kind == TypeKind::date ? "-15" : "");
      break;
    case 2:
      out.type = kind_type(TypeKind::text);
      value = fmt::format("\"{}{}\"", random_.chance(50) ? "K" : "T", random_.below(6));
      break;
    default:
      out.type = kind_type(TypeKind::member, random_.below(draft_.enums.size()));
      value = "\"" + random_.pick(draft_.enums[out.type.domain].members) + "\"";
      type = ": " + draft_.enums[out.type.domain].name;
      break;
    }
    draft_.declarations.push_back({fmt::format("param {}{} = {} assumed \"chosen\"", out.name, type, value)});
    draft_.parameters.push_back(std::move(out));
    return;
  }
  const Written value = expressions_.literal(expressions_.any_dimension());
  out.type = value.type;
  out.extent = value.extent;
  std::string line = "param " + out.name + " = " + value.text;
  if (draft_.periods && random_.chance(50)) {
    // Both values in the decimals of the first.
    line += " until 2021-01-01, " + value.text + " from 2021-01-01 until 2022-01-01";
    if (random_.chance(50)) line += ", 3 from 2022-01-01";
    out.extent.high = std::max(out.extent.high, 0.48);
    out.extent.low = std::min(out.extent.low, 0.47);
  }
  line += random_.chance(50) ? " cite 1" : " assumed \"chosen\"";
  draft_.declarations.push_back({line});
  draft_.parameters.push_back(std::move(out));
}

std::string World::bounded(Type &type, Extent &extent) {
  extent.high = limit_of(type);
  const bool is_signed = type.dimension == plain && type.scale > 0;
  extent.nonnegative = !is_signed;
  const int digits = std::min(random_.between(0, 7), static_cast<int>(limit_of(type)) - 1);
  const std::string high = "1" + std::string(static_cast<std::size_t>(digits), '0');
  extent.low = -type.scale;
  switch (random_.weighted({22, 30, 20, 12, 6, 10})) {
  case 0:
    return ""; // up to the limit of the type
  case 1:
    extent = {digits + 0.001, extent.low, true, false};
    return " from 0 to " + high;
  case 2:
    extent = {digits + 0.001, extent.low, true, true};
    return " above 0 to " + high;
  case 3:
    extent = {digits + 0.001, extent.low, false, false};
    return " from -" + high + " to " + high;
  case 4:
    extent.nonnegative = extent.positive = true;
    return " above 0";
  default:
    extent = {digits + 0.002, type.scale > 0 ? -2.01 : -0.01, true, true};
    if (type.scale == 0) return " from 1 to " + high;
    return (type.scale > 1 ? " from 0.01 to " : " from 0.1 to ") + high;
  }
}

void World::add_input(ScopeDraft &scope, bool absent_rows) {
  FieldDraft field;
  field.name = draft_.fresh("i");
  std::string bounds, value;
  switch (random_.weighted({64, 10, 10, 5, 5, 6})) {
  case 1:
    field.type = kind_type(TypeKind::boolean);
    value = random_.chance(50) ? "true" : "false";
    break;
  case 2: {
    std::vector<int> declared;
    for (std::size_t i = 0; i < draft_.enums.size(); ++i)
      if (!draft_.enums[i].of_decide) declared.push_back(static_cast<int>(i));
    field.type = kind_type(TypeKind::member, random_.pick(declared));
    break;
  }
  case 3:
    field.type = kind_type(TypeKind::text);
    break;
  case 4:
    field.type = kind_type(random_.chance(60) ? TypeKind::date : TypeKind::month);
    break;
  case 5:
    if (!draft_.ranges.empty()) {
      field.type = number_type(plain, 0);
      field.type.domain = random_.below(draft_.ranges.size());
      const RangeDraft &range = draft_.ranges[field.type.domain];
      field.extent = {std::log10(std::max(1, range.high)) + 0.001, 0, true, range.low > 0};
      break;
    }
    [[fallthrough]];
  default:
    field.type = number_type_of(expressions_.any_dimension());
    bounds = bounded(field.type, field.extent);
    value = field.type.scale > 0 && random_.chance(30) ? "0.5" : "1";
    if (!field.extent.positive && random_.chance(60)) value = "0";
    break;
  }
  std::string line = fmt::format("  input {}: {}{}", field.name, type_word(draft_, field.type), bounds);
  const bool can_default =
      !value.empty() && (value != "0.5" || bounds.empty() || bounds[1] != 'f' || bounds.find("from -") == 0);
  if (absent_rows || random_.chance(35)) {
    const int way = random_.weighted({40, can_default ? 40 : 0, absent_rows ? 20 : 0});
    if (way == 1)
      line += " default " + value;
    else
      line += way == 0 ? " optional" : " required in row";
    field.type.optional = way != 1;
  }
  if (random_.chance(10)) line += " cite 2";
  scope.lines.push_back(line);
  scope.fields.push_back(std::move(field));
}

void World::add_entity() {
  ScopeDraft out;
  out.entity = true;
  out.name = draft_.fresh("e");
  out.head = "for each " + out.name;
  out.lines.push_back("entity " + out.name + (random_.chance(10) ? " file optional" : ""));
  const int keys = random_.chance(8) ? 2 : 1;
  for (int k = 0; k < keys; ++k) {
    FieldDraft key;
    key.name = keys == 1 && random_.chance(75) ? out.name : draft_.fresh("k");
    key.kind = FieldDraft::Kind::key;
    switch (random_.weighted({66, 10, 9, draft_.ranges.empty() ? 0 : 9, 6})) {
    case 0:
      key.type = kind_type(TypeKind::text);
      break;
    case 1:
      key.type = number_type(plain, 0);
      key.extent = {12, 0, true, false};
      break;
    case 2:
      key.type = kind_type(TypeKind::member, random_.below(draft_.enums.size()));
      break;
    case 3: {
      key.type = number_type(plain, 0);
      key.type.domain = random_.below(draft_.ranges.size());
      key.extent = {1.31, 0, true, false};
      break;
    }
    default:
      key.type = kind_type(random_.chance(60) ? TypeKind::date : TypeKind::month);
      break;
    }
    out.lines.push_back(fmt::format("  key {}: {}", key.name, type_word(draft_, key.type)));
    out.fields.push_back(std::move(key));
  }
  out.keys = keys;
  out.referable = keys == 1;
  // References to the entities before it.
  for (std::size_t i = 1; i < draft_.scopes.size(); ++i) {
    const ScopeDraft &target = draft_.scopes[i];
    if (!target.referable || !random_.chance(65)) continue;
    for (int more = random_.chance(15) ? 2 : 1; more > 0; --more) {
      FieldDraft field;
      field.name = more == 1 && random_.chance(75) ? target.name : draft_.fresh("r");
      field.type = kind_type(TypeKind::row, static_cast<int>(i));
      field.type.optional = random_.chance(25);
      out.lines.push_back(
          fmt::format("  input {}: {}{}", field.name, target.name, field.type.optional ? " optional" : ""));
      out.fields.push_back(std::move(field));
    }
  }
  for (int i = random_.between(1, 6); i > 0; --i) add_input(out, false);
  draft_.declarations.push_back(out.lines);
  draft_.scopes.push_back(std::move(out));
}

/// An entity without a file of its own: its rows are what another entity refers to.
void World::add_derived_entity() {
  std::vector<int> entities;
  for (std::size_t i = 1; i < draft_.scopes.size(); ++i)
    if (draft_.scopes[i].entity) entities.push_back(static_cast<int>(i));
  const int from = random_.pick(entities);
  ScopeDraft out;
  out.entity = out.derived = out.referable = true;
  out.name = draft_.fresh("d");
  out.head = "for each " + out.name;
  out.keys = 1;
  FieldDraft key;
  key.name = out.name;
  key.kind = FieldDraft::Kind::key;
  key.type = kind_type(TypeKind::text);
  out.fields.push_back(key);
  out.lines = {"entity " + out.name,
               fmt::format("  rows from {} by ({})", draft_.scopes[from].name, out.name),
               fmt::format("  key {}: text", out.name)};
  FieldDraft reference;
  reference.name = out.name;
  reference.type = kind_type(TypeKind::row, static_cast<int>(draft_.scopes.size()));
  reference.type.optional = random_.chance(60);
  for (std::vector<std::string> &declaration : draft_.declarations)
    if (declaration[0].starts_with("entity " + draft_.scopes[from].name) &&
        declaration == draft_.scopes[from].lines)
      declaration.push_back(
          fmt::format("  input {}: {}{}", out.name, out.name, reference.type.optional ? " optional" : ""));
  draft_.scopes[from].fields.push_back(std::move(reference));
  draft_.declarations.push_back(out.lines);
  draft_.scopes.push_back(std::move(out));
}

std::optional<std::string> World::source_for(int scope) {
  std::vector<int> others;
  for (std::size_t i = 1; i < draft_.scopes.size(); ++i)
    if (static_cast<int>(i) != scope) others.push_back(static_cast<int>(i));
  random_.shuffle(others);
  for (const int other : others) {
    std::string paths;
    for (int k = 0; k < draft_.scopes[scope].keys; ++k) {
      const Type &key = draft_.scopes[scope].fields[k].type;
      std::vector<std::string> fitting;
      for (const Reach &path : paths_of(draft_, {other, nullptr, {}})) {
        const bool same = path.type.kind == key.kind && path.type.domain == key.domain &&
                          (key.kind != TypeKind::number || path.type.dimension == key.dimension);
        if (same) fitting.push_back(path.text);
      }
      if (fitting.empty()) {
        paths.clear();
        break;
      }
      paths += (paths.empty() ? "" : ", ") + random_.pick(fitting);
    }
    if (!paths.empty()) return fmt::format("{} by ({})", draft_.scopes[other].name, paths);
  }
  return std::nullopt;
}

int World::add_scope() {
  struct Domain {
    std::string name;
    Type type;
    Extent extent;
  };
  std::vector<Domain> domains;
  for (std::size_t i = 1; i < draft_.scopes.size(); ++i)
    if (draft_.scopes[i].referable)
      domains.push_back({draft_.scopes[i].name, kind_type(TypeKind::row, static_cast<int>(i)), {}});
  // An enum or range with a scope of its own name no longer serves as a key beside others.
  const auto taken = [&](const std::string &name) {
    return std::any_of(draft_.scopes.begin(), draft_.scopes.end(),
                       [&](const ScopeDraft &scope) { return scope.name == name; });
  };
  for (std::size_t i = 0; i < draft_.enums.size(); ++i)
    if (!draft_.enums[i].of_decide && !taken(draft_.enums[i].name))
      domains.push_back({draft_.enums[i].name, kind_type(TypeKind::member, static_cast<int>(i)), {}});
  for (std::size_t i = 0; i < draft_.ranges.size(); ++i) {
    if (taken(draft_.ranges[i].name)) continue;
    Domain domain{draft_.ranges[i].name, number_type(plain, 0), {1.31, 0, true, draft_.ranges[i].low > 0}};
    domain.type.domain = static_cast<int>(i);
    domains.push_back(domain);
  }
  if (domains.empty()) return -1;
  random_.shuffle(domains);
  const int count = std::min(static_cast<int>(domains.size()), random_.weighted({0, 20, 60, 20}));
  ScopeDraft out;
  std::string joined;
  for (int k = 0; k < count; ++k) {
    out.head += (k == 0 ? "for each " : ", ") + domains[k].name;
    joined += (k == 0 ? "" : "_") + domains[k].name;
    FieldDraft key;
    key.name = domains[k].name;
    key.kind = FieldDraft::Kind::key;
    key.type = domains[k].type;
    key.extent = domains[k].extent;
    out.fields.push_back(std::move(key));
  }
  out.keys = count;
  const bool single_reference = count == 1 && domains[0].type.kind == TypeKind::row;
  out.name = joined;
  if (single_reference || random_.chance(65)) {
    out.name = draft_.fresh("s");
    out.head += " as " + out.name;
  }
  for (const ScopeDraft &other : draft_.scopes)
    if (other.name == out.name) return -1;
  draft_.scopes.push_back(out);
  const int index = static_cast<int>(draft_.scopes.size()) - 1;
  std::vector<std::string> sources;
  for (int i = random_.weighted({30, 50, 20}); i > 0; --i)
    if (const auto source = source_for(index))
      if (std::find(sources.begin(), sources.end(), *source) == sources.end()) sources.push_back(*source);
  const bool every = count == 1 && !single_reference && sources.empty() && random_.chance(60);
  const bool by_paths = !sources.empty();
  int inputs = every ? 0 : random_.below(4);
  if (!every && (!by_paths || random_.chance(40))) sources.insert(sources.begin(), "input");
  if (!every && !by_paths && inputs == 0) inputs = 1;
  ScopeDraft &scope = draft_.scopes[index];
  const bool file = inputs > 0 || (!sources.empty() && sources[0] == "input");
  scope.lines.push_back(scope.head + (file && random_.chance(45) ? " file optional" : ""));
  if (by_paths || (!sources.empty() && random_.chance(50))) {
    std::string line = "  rows from ";
    for (std::size_t i = 0; i < sources.size(); ++i) line += (i > 0 ? ", " : "") + sources[i];
    scope.lines.push_back(line);
  }
  for (; inputs > 0; --inputs) add_input(scope, by_paths);
  draft_.declarations.push_back(scope.lines);
  return index;
}

} // namespace steelyard::fuzz
