// Formulas: plain, by cases, with exceptions; lets; and the order in which a draft is put together.
#include "tests/fuzz/statements.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::fuzz {

std::string Statements::basis() {
  switch (random_.weighted({70, 12, 8, 10})) {
  case 1:
    return " cite 1";
  case 2:
    return " cite 1 (1), 2";
  case 3:
    return " assumed \"as generated\"";
  default:
    return "";
  }
}

std::string Statements::rounding() {
  static const char *const words[] = {
      "", " rounded half up", " rounded half even", " rounded down", " rounded floor", " rounded ceiling"};
  return words[random_.weighted({64, 4, 8, 8, 8, 8})];
}

void Statements::define(int scope, const Type &type, Extent extent, const std::string &body,
                        std::vector<std::string> more) {
  FieldDraft field;
  field.name = draft_.fresh("f");
  field.kind = FieldDraft::Kind::definition;
  field.type = type;
  std::string line = "  define " + field.name + ": " + type_word(draft_, type);
  if (type.kind == TypeKind::number && type.domain < 0) {
    // A value may round to 0, or up by a unit.
    extent.high = std::min(extent.high + 0.05, limit_of(type));
    extent.positive = extent.positive && extent.low > -type.scale + 0.5;
    extent.low -= 0.35;
    if (extent.nonnegative && random_.chance(12))
      line += " from 0";
    else if (draft_.reckless && random_.chance(6))
      line += " from 0 to 1000";
  }
  field.extent = extent;
  line += type.optional ? " optional" : "";
  if (type.kind == TypeKind::number) line += rounding();
  line += basis();
  Statement statement{scope, {}};
  if (!body.empty() && random_.chance(50)) line += " = " + body;
  statement.lines.push_back(line);
  if (!body.empty() && line.find(" = ") == std::string::npos) statement.lines.push_back("    = " + body);
  for (std::string &each : more) statement.lines.push_back("    " + std::move(each));
  draft_.statements.push_back(std::move(statement));
  draft_.scopes[scope].fields.push_back(std::move(field));
}

Written Statements::value_of(const Place &place, const Type &type) {
  if (type.kind == TypeKind::number && type.domain < 0)
    return expressions_.within(expressions_.number(place, type.dimension, random_.weighted({5, 25, 45, 25})),
                               limit_of(type));
  return *expressions_.value(place, type, 1);
}

/// Up to the limit of its type, which with many decimals is more than 64 bits; or up to 64 bits, so that
/// the double of it is beyond.
Written Statements::enlarged(Written value, const Type &type) {
  const double bits_64 = 18.96 - type.scale;
  const double limit = limit_of(type) > bits_64 && random_.chance(60) ? bits_64 : limit_of(type);
  const int zeros = static_cast<int>(limit - value.extent.high - 0.1);
  if (zeros < 1) return value;
  value = Expressions::grouped(std::move(value), 2);
  value.text += " × 1" + std::string(static_cast<std::size_t>(zeros), '0');
  if (random_.chance(40)) value.text += random_.chance(50) ? " / 3" : " × 7 / 8";
  value.extent.high += zeros;
  value.extent.low += zeros - 1;
  value.type.scale = -1;
  value.level = 2;
  return value;
}

/// A sum of more than 64 bits of two numbers that have no more: with 8 decimals 2^63 is 92233720368.54775808.
Written Statements::beyond_64_bits(const Place &place, const Type &type) {
  static const std::vector<std::string> others{"92233720368.54775807", "46116860184.27387904", "0.00000001",
                                               "92233720367.54775808", "12345678901.00000001"};
  const auto at_least = [&](const std::string &number) {
    // The literal's unit stands behind it.
    const std::string literal = expressions_.literal(type.dimension).text;
    const std::size_t unit = literal.find(' ');
    return fmt::format("max({}{}, {})", number, unit == std::string::npos ? "" : literal.substr(unit),
                       expressions_.number(place, type.dimension, 0, true).text);
  };
  return {at_least("92233720368.54775807") + " + " + at_least(random_.pick(others)),
          number_type(type.dimension, -1),
          {limit_of(type), 10.9, true, true},
          3};
}

bool Statements::let(int scope) {
  const Place place{scope, nullptr, {}};
  FieldDraft field;
  field.kind = FieldDraft::Kind::let;
  Written value;
  if (random_.chance(25)) {
    value = expressions_.condition(place, 2);
  } else if (random_.chance(25)) {
    const auto optional = expressions_.optional_number(place, expressions_.any_dimension());
    if (!optional) return false;
    value = *optional;
  } else {
    value = expressions_.number(place, expressions_.any_dimension(), random_.between(1, 3));
    if (value.extent.high > 25) return false;
  }
  field.name = draft_.fresh("l");
  field.type = value.type;
  field.extent = value.extent;
  draft_.statements.push_back(
      {scope, {"  let " + field.name + (random_.chance(20) ? " cite 2" : "") + " = " + value.text}});
  draft_.scopes[scope].fields.push_back(std::move(field));
  return true;
}

bool Statements::number(int scope) {
  const Type type = world_.number_type_of(expressions_.any_dimension());
  const Place place{scope, nullptr, {}};
  const bool may_be_wide = limit_of(type) + type.scale > 18.96;
  Written value = may_be_wide && random_.chance(12) ? beyond_64_bits(place, type)
                  : random_.chance(10)
                      ? expressions_.within(
                            expressions_.widened(expressions_.number(place, type.dimension, 0), type.scale),
                            limit_of(type))
                      : value_of(place, type);
  std::vector<std::string> more;
  if (random_.chance(may_be_wide ? 35 : 5)) value = enlarged(std::move(value), type);
  Extent extent = value.extent;
  if (random_.chance(20)) more = exceptions(scope, type, false, extent);
  define(scope, type, extent, value.text, std::move(more));
  return true;
}

bool Statements::optional_number(int scope) {
  Type type = world_.number_type_of(expressions_.any_dimension());
  const auto value = expressions_.optional_number({scope, nullptr, {}}, type.dimension);
  if (!value || value->extent.high > limit_of(type) - 0.1) return false;
  type.optional = true;
  define(scope, type, value->extent, value->text, {});
  return true;
}

/// What depends on nothing but the row that a reference leads to: it may be computed there, once for all that
/// refer to it. In a reckless draft with its errors.
bool Statements::through(int scope) {
  const Place place{scope, nullptr, {}};
  std::vector<std::string> references;
  for (const FieldDraft &field : draft_.scopes[scope].fields)
    if (field.type.kind == TypeKind::row && !field.type.optional) references.push_back(field.name + ".");
  if (references.empty()) return false;
  const std::string &way = random_.pick(references);
  std::vector<Reach> there;
  for (Reach &reach : paths_of(draft_, place))
    if (reach.text.starts_with(way) && reach.type.kind == TypeKind::number && reach.type.domain < 0 &&
        (draft_.reckless || !reach.type.optional))
      there.push_back(std::move(reach));
  if (there.empty()) return false;
  const auto written = [&](const Reach &reach) {
    Written out = Expressions::written_of(reach);
    if (reach.type.optional) out.text = "required " + out.text;
    out.type.optional = false;
    out.level = reach.type.optional ? 1 : 0;
    return out;
  };
  const Reach &first = random_.pick(there);
  Written value = written(first);
  std::vector<Reach> others;
  const bool divided = random_.chance(50);
  for (const Reach &reach : there)
    if (reach.type.dimension == (divided ? first.type.dimension : plain)) others.push_back(reach);
  Dimension dimension = first.type.dimension;
  if (!others.empty()) {
    const Reach &other = random_.pick(others);
    Written second = written(other);
    if (divided) {
      dimension = plain;
      if (random_.chance(15)) { // 0 in some rows, and mostly the only error of the run
        const Written most = expressions_.literal(other.type.dimension);
        second.text = fmt::format("max(0, {} - {})", second.text, most.text);
        second.level = 0;
        second.extent.positive = false;
      } else if (!second.extent.positive && !(draft_.reckless && random_.chance(70))) {
        const Written least = expressions_.literal(other.type.dimension);
        second = {fmt::format("max({}, {})", second.text, least.text),
                  second.type,
                  {std::max(second.extent.high, least.extent.high), least.extent.low, true, true},
                  0};
      }
      value.extent.high -= second.extent.positive ? second.extent.low : -8;
      value.extent.low -= second.extent.high;
    } else {
      value.extent.high += second.extent.high;
      value.extent.low += second.extent.low;
    }
    value.extent.nonnegative = value.extent.nonnegative && second.extent.nonnegative;
    value.extent.positive = value.extent.positive && second.extent.positive;
    value.text += (divided ? " / " : " × ") + second.text;
  } else {
    value.text += " × 1.005";
    value.extent.high += 0.003;
  }
  value.level = 2;
  Type type = world_.number_type_of(dimension);
  if (type.dimension == plain && type.scale == 0) type.scale = 4;
  value.type = number_type(dimension, -1);
  value = expressions_.within(std::move(value), limit_of(type));
  define(scope, type, value.extent, value.text, {});
  return true;
}

std::optional<Reach> Statements::path_of(int scope, bool wanted(const Reach &)) {
  std::vector<Reach> fitting;
  for (Reach &reach : reachable(draft_, {scope, nullptr, {}}))
    if (wanted(reach)) fitting.push_back(std::move(reach));
  if (fitting.empty()) return std::nullopt;
  return random_.pick(fitting);
}

bool Statements::cases(int scope) {
  const Place place{scope, nullptr, {}};
  Type type = world_.number_type_of(expressions_.any_dimension());
  type.optional = random_.chance(25);
  std::vector<std::string> lines;
  Extent extent{-30, 30, true, true};
  const auto join = [&](const Extent &one) {
    extent.high = std::max(extent.high, one.high);
    extent.low = std::min(extent.low, one.low);
    extent.nonnegative = extent.nonnegative && one.nonnegative;
    extent.positive = extent.positive && one.positive;
  };
  const auto add = [&](const Place &at, const std::string &tail, bool may_be_none) {
    if (may_be_none && type.optional && random_.chance(40)) {
      lines.push_back("= none" + tail);
      return;
    }
    const Written value = value_of(at, type);
    join(value.extent);
    lines.push_back("= " + value.text + tail);
  };
  switch (random_.weighted({35, 30, 20, 15})) {
  case 0: // conditions of any kind
    for (int i = random_.between(1, 3); i > 0; --i)
      add(place, " when " + expressions_.condition(place, random_.below(3)).text + basis(), true);
    add(place, " otherwise", true);
    break;
  case 1: { // a fact
    const auto path = path_of(scope, [](const Reach &reach) { return reach.type.optional; });
    if (!path) return false;
    const bool missing_first = random_.chance(40);
    if (missing_first)
      add(place, " when " + path->text + " is missing", true);
    else
      add(knowing(place, path->text), " when " + path->text + " is given", false);
    add(missing_first ? knowing(place, path->text) : place,
        random_.chance(30) && !missing_first ? " when " + path->text + " is missing" : " otherwise", true);
    break;
  }
  case 2: { // the members of an enum, all of them
    const auto path = path_of(scope, [](const Reach &reach) {
      return reach.type.kind == TypeKind::member && !reach.type.optional;
    });
    if (!path) return false;
    for (const std::string &member : draft_.enums[path->type.domain].members)
      add(place, " when " + path->text + " = " + member, true);
    break;
  }
  default: { // two sides of a limit
    const auto path = path_of(scope, [](const Reach &reach) {
      return reach.type.kind == TypeKind::number && !reach.type.optional;
    });
    if (!path) return false;
    const std::string limit = expressions_.literal(path->type.dimension).text;
    const bool closed = random_.chance(50);
    add(place, fmt::format(" when {} {} {}", path->text, closed ? "<=" : "<", limit), true);
    add(place, fmt::format(" when {} {} {}", path->text, closed ? ">" : ">=", limit), true);
    break;
  }
  }
  std::vector<std::string> more =
      random_.chance(12) ? exceptions(scope, type, type.optional, extent) : std::vector<std::string>{};
  lines.insert(lines.end(), more.begin(), more.end());
  define(scope, type, extent, "", std::move(lines));
  return true;
}

/// Exceptions that exclude or override each other; in a reckless draft also some that may clash.
std::vector<std::string> Statements::exceptions(int scope, const Type &type, bool optional, Extent &extent) {
  const Place place{scope, nullptr, {}};
  std::vector<std::string> out, names;
  const auto add = [&](const std::string &condition, const std::string &overrides) {
    std::string value = "none";
    if (!optional || !random_.chance(30)) {
      const Written written = value_of(place, type);
      value = written.text;
      extent.high = std::max(extent.high, written.extent.high);
      extent.low = std::min(extent.low, written.extent.low);
      extent.nonnegative = extent.nonnegative && written.extent.nonnegative;
      extent.positive = extent.positive && written.extent.positive;
    }
    names.push_back(draft_.fresh("x"));
    out.push_back(
        fmt::format("except {}: {} when {}{}{}", names.back(), value, condition, basis(), overrides));
  };
  const auto limit = path_of(
      scope, [](const Reach &reach) { return reach.type.kind == TypeKind::number && !reach.type.optional; });
  switch (random_.weighted({25, limit ? 30 : 0, 30, draft_.reckless ? 15 : 0})) {
  case 0:
    add(expressions_.condition(place, 2).text, "");
    break;
  case 1: {
    add(fmt::format("{} < {}", limit->text, expressions_.literal(limit->type.dimension).text), "");
    // Above every literal, in the unit of the literals.
    const std::string literal = expressions_.literal(limit->type.dimension).text;
    const std::size_t unit = literal.find(' ');
    add(fmt::format("{} > 1000000{}", limit->text, unit == std::string::npos ? "" : literal.substr(unit)),
        "");
    break;
  }
  case 2: {
    std::string beaten;
    for (int i = random_.between(2, 3); i > 0; --i) {
      add(expressions_.condition(place, 1).text, beaten.empty() ? "" : " overrides " + beaten);
      beaten += (beaten.empty() ? "" : ", ") + names.back();
    }
    break;
  }
  default:
    for (int i = 2; i > 0; --i) add(expressions_.condition(place, 1).text, "");
    break;
  }
  return out;
}

bool Statements::excepts(int scope) {
  Type type = world_.number_type_of(expressions_.any_dimension());
  type.optional = random_.chance(15);
  const Written value = value_of({scope, nullptr, {}}, type);
  Extent extent = value.extent;
  std::vector<std::string> more = exceptions(scope, type, type.optional, extent);
  define(scope, type, extent, value.text, std::move(more));
  return true;
}

void Statements::add() {
  static constexpr bool (Statements::*kinds[])(int) = {
      &Statements::let,      &Statements::number,     &Statements::optional_number, &Statements::cases,
      &Statements::excepts,  &Statements::other_kind, &Statements::decide,          &Statements::deduct,
      &Statements::allocate, &Statements::variation,  &Statements::share,           &Statements::rule,
      &Statements::tally,    &Statements::of_group,   &Statements::through,         &Statements::totals};
  if (random_.chance(6)) world_.add_scope();
  for (int attempt = 0; attempt < 6; ++attempt) {
    const int scope = random_.chance(9) ? 0 : random_.between(1, static_cast<int>(draft_.scopes.size()) - 1);
    const int kind = random_.weighted({14, 26, 9, 14, 8, 9, 9, 4, 7, 5, 5, 7, 4, 5, 7, 4});
    if ((this->*kinds[kind])(scope)) return;
  }
}

Draft draft_policy(std::uint64_t seed) {
  Random random(seed);
  random.next();
  Draft draft;
  draft.reckless = random.chance(25);
  draft.periods = random.chance(25);
  draft.outer = random.chance(30);
  World world(random, draft);
  world.declare();
  Statements statements(random, draft, world);
  for (int i = random.chance(70) ? random.between(2, 14) : random.between(10, 30); i > 0; --i)
    statements.add();
  // The order of the text means nothing but the order of columns and errors.
  if (random.chance(30)) random.shuffle(draft.statements);
  if (random.chance(20)) random.shuffle(draft.declarations);
  return draft;
}

} // namespace steelyard::fuzz
