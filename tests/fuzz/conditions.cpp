// Truth values, and values that are no numbers.
#include "tests/fuzz/expressions.h"
#include <fmt/core.h>

namespace steelyard::fuzz {

Written Expressions::comparison(const Place &place, int depth) {
  static const char *const words[] = {"<", "<=", ">", ">=", "=", "!="};
  const Dimension dimension = any_dimension();
  const Written left = grouped(number(place, dimension, depth), 3);
  Written right;
  switch (random_.weighted({40, 20, 40})) {
  case 0:
    right = literal(dimension);
    break;
  case 1:
    right = Written{"0", number_type(dimension, 0), {}, 0};
    break;
  default:
    right = grouped(number(place, dimension, depth), 3);
    break;
  }
  return {left.text + " " + words[random_.weighted({22, 22, 22, 22, 6, 6})] + " " + right.text,
          kind_type(TypeKind::boolean),
          {},
          5};
}

/// A test of a value of an enum, a truth value, a reference, a date or a missing value.
std::optional<Written> Expressions::test_of_kind(const Place &place) {
  std::vector<Reach> all;
  for (Reach &reach : reachable(draft_, place))
    if (reach.type.optional || reach.type.kind != TypeKind::number) all.push_back(std::move(reach));
  if (all.empty()) return std::nullopt;
  const Reach reach = random_.pick(all);
  const auto made = [](std::string text, int level) {
    return Written{std::move(text), kind_type(TypeKind::boolean), {}, level};
  };
  if (reach.type.optional) {
    if (random_.chance(40)) return made(reach.text + (random_.chance(50) ? " is given" : " is missing"), 5);
    // Known to be given on the other side of `and`.
    if (reach.text.rfind("this.", 0) != 0) {
      const Place known = knowing(place, reach.text);
      return made(fmt::format("{} is given and {}", reach.text, grouped(condition(known, 0), 5).text), 6);
    }
    return made(reach.text + " is given", 5);
  }
  static const char *const order[] = {"<", "<=", ">", ">="};
  switch (reach.type.kind) {
  case TypeKind::boolean:
    return made(reach.text, 0);
  case TypeKind::member: {
    const EnumDraft &domain = draft_.enums[reach.type.domain];
    const std::string &member = random_.pick(domain.members);
    const int way = random_.below(3);
    if (way == 0 && domain.ordered) return made(reach.text + " " + order[random_.below(4)] + " " + member, 5);
    if (way == 1 && domain.members.size() > 2) {
      std::string other = member;
      while (other == member) other = random_.pick(domain.members);
      return made(
          fmt::format("{} {}in ({}, {})", reach.text, random_.chance(30) ? "not " : "", member, other), 5);
    }
    return made(reach.text + (random_.chance(70) ? " = " : " != ") + member, 5);
  }
  case TypeKind::date:
    return made(fmt::format("{} {} 2021-0{}-15", reach.text, order[random_.below(4)], random_.between(1, 9)),
                5);
  case TypeKind::month:
    return made(fmt::format("{} {} 2021-{:02}", reach.text, order[random_.below(4)], random_.between(1, 12)),
                5);
  case TypeKind::text:
    if (random_.chance(50)) break;
    return made(
        fmt::format("{} {} \"K{}\"", reach.text, random_.chance(50) ? "=" : "!=", random_.between(1, 9)), 5);
  case TypeKind::row: { // a reference beside the key that it holds
    const Type &key = draft_.scopes[reach.type.domain].fields[0].type;
    if (random_.chance(50)) break;
    const char *const word = random_.chance(70) ? "=" : "!=";
    if (key.kind == TypeKind::text)
      return made(fmt::format("{} {} \"K{}\"", reach.text, word, random_.between(0, 5)), 5);
    if (key.kind == TypeKind::member)
      return made(fmt::format("{} {} {}", reach.text, word, random_.pick(draft_.enums[key.domain].members)),
                  5);
    break;
  }
  default:
    break;
  }
  // A reference or a text beside another of its kind.
  for (const Reach &other : all)
    if (other.text != reach.text && !other.type.optional && other.type.kind == reach.type.kind &&
        other.type.domain == reach.type.domain)
      return made(reach.text + (random_.chance(50) ? " = " : " != ") + other.text, 5);
  return std::nullopt;
}

Written Expressions::condition(const Place &place, int depth) {
  if (depth > 0) switch (random_.weighted({50, 18, 18, 14})) {
    case 1: {
      const Written left = grouped(condition(place, depth - 1), 5);
      return {left.text + " and " + grouped(condition(place, depth - 1), 5).text,
              kind_type(TypeKind::boolean),
              {},
              6};
    }
    case 2: {
      const Written left = grouped(condition(place, depth - 1), 5);
      return {left.text + " or " + grouped(condition(place, depth - 1), 5).text,
              kind_type(TypeKind::boolean),
              {},
              7};
    }
    case 3:
      return {"not (" + condition(place, depth - 1).text + ")", kind_type(TypeKind::boolean), {}, 5};
    default:
      break;
    }
  if (random_.chance(45))
    if (auto out = test_of_kind(place)) return *out;
  return comparison(place, depth > 0 ? 1 + random_.below(2) : random_.below(2));
}

std::optional<Written> Expressions::value(const Place &place, const Type &type, int depth) {
  if (type.kind == TypeKind::boolean && random_.chance(50)) {
    Written out = condition(place, depth);
    return grouped(std::move(out), 7);
  }
  std::vector<Reach> fitting;
  for (Reach &reach : reachable(draft_, place))
    if (reach.type.kind == type.kind && reach.type.domain == type.domain && !reach.type.optional &&
        (type.kind != TypeKind::number || reach.type.dimension == type.dimension))
      fitting.push_back(std::move(reach));
  if (semantics::in_calendar(type) && random_.chance(40)) return moved(type, place);
  if (!fitting.empty() && !random_.chance(15)) return written_of(random_.pick(fitting));
  switch (type.kind) {
  case TypeKind::boolean:
    return Written{random_.chance(50) ? "true" : "false", type, {}, 0};
  case TypeKind::member:
    if (draft_.enums[type.domain].of_decide) break;
    return Written{random_.pick(draft_.enums[type.domain].members), type, {}, 0};
  case TypeKind::date:
    return Written{
        fmt::format("2021-{:02}-{:02}", random_.between(1, 12), random_.between(1, 28)), type, {}, 0};
  case TypeKind::month:
    return Written{fmt::format("2021-{:02}", random_.between(1, 12)), type, {}, 0};
  case TypeKind::text:
    return Written{fmt::format("\"T{}\"", random_.between(1, 5)), type, {}, 0};
  default:
    break;
  }
  if (fitting.empty()) return std::nullopt;
  return written_of(random_.pick(fitting));
}

/// A date or a month by way of others. What a month does not have, or lies beyond the calendar, is an error
/// in both engines.
Written Expressions::moved(const Type &type, const Place &place) {
  const bool date = type.kind == TypeKind::date;
  std::string from = fmt::format("2020-{:02}", random_.between(1, 12)) + (date ? "-17" : "");
  std::string across = date ? "2022-02" : "2022-02-28";
  for (const Reach &reach : reachable(draft_, place)) {
    if (reach.type.optional || !semantics::in_calendar(reach.type) || random_.chance(50)) continue;
    (reach.type.kind == type.kind ? from : across) = reach.text;
  }
  switch (random_.below(date ? 4 : 3)) {
  case 0:
    return Written{fmt::format("{} {} {}{}", from, random_.chance(50) ? "+" : "-", random_.between(0, 400),
                               date ? " days" : ""),
                   type,
                   {},
                   0};
  case 1:
    return Written{date ? fmt::format("day_of({}, {})", across, random_.between(1, 29))
                        : fmt::format("month_of({})", across),
                   type,
                   {},
                   0};
  case 2:
    return Written{from, type, {}, 0};
  default:
    return Written{fmt::format("month_end({})", across), type, {}, 0};
  }
}

} // namespace steelyard::fuzz
