// Definitions of other kinds: decisions, deductions, allocations, variation, shares, values that are no
// numbers; checks and requirements.
#include "tests/fuzz/statements.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::fuzz {

namespace {

bool is_amount(const Reach &reach) {
  return reach.type.kind == TypeKind::number && !reach.type.optional && reach.extent.nonnegative &&
         reach.extent.high < 11;
}

bool is_given_number(const Reach &reach) {
  return reach.type.kind == TypeKind::number && !reach.type.optional;
}

} // namespace

bool Statements::other_kind(int scope) {
  const Place place{scope, nullptr, {}};
  if (random_.chance(30)) {
    define(scope, kind_type(TypeKind::boolean), {}, expressions_.condition(place, random_.between(1, 3)).text,
           {});
    return true;
  }
  if (random_.chance(40)) {
    std::vector<int> declared;
    for (std::size_t i = 0; i < draft_.enums.size(); ++i)
      if (!draft_.enums[i].of_decide) declared.push_back(static_cast<int>(i));
    const Type type = kind_type(TypeKind::member, random_.pick(declared));
    std::vector<std::string> lines;
    for (int i = random_.between(1, 2); i > 0; --i)
      lines.push_back(fmt::format("= {} when {}", expressions_.value(place, type, 0)->text,
                                  expressions_.condition(place, 1).text));
    lines.push_back("= " + expressions_.value(place, type, 0)->text + " otherwise");
    define(scope, type, {}, "", std::move(lines));
    return true;
  }
  const auto path = path_of(scope, [](const Reach &reach) {
    return reach.text.find("this.") != 0 &&
           (reach.type.kind == TypeKind::row || reach.type.kind == TypeKind::text ||
            semantics::in_calendar(reach.type) || reach.type.domain >= 0);
  });
  if (!path || (path->type.kind == TypeKind::member && draft_.enums[path->type.domain].of_decide))
    return false;
  define(scope, path->type, path->extent, path->text, {});
  return true;
}

bool Statements::decide(int scope) {
  Place place{scope, nullptr, {}};
  EnumDraft kinds;
  kinds.name = draft_.fresh("c");
  kinds.of_decide = true;
  Statement statement{scope, {"  decide " + kinds.name + basis()}};
  bool none = false;
  const int count = random_.between(1, 4);
  const auto alternative = [&](const std::string &tail) {
    if (random_.chance(12) && !kinds.members.empty()) {
      none = true;
      statement.lines.push_back("    none" + tail);
    } else if (random_.chance(12) && !kinds.members.empty()) {
      statement.lines.push_back("    " + random_.pick(kinds.members) + tail);
    } else {
      kinds.members.push_back(draft_.fresh("m"));
      statement.lines.push_back("    " + kinds.members.back() + tail);
    }
  };
  const auto optional = path_of(scope, [](const Reach &reach) { return reach.type.optional; });
  if (optional && random_.chance(40)) {
    alternative(" when " + optional->text + " is missing");
    place = knowing(place, optional->text);
  }
  for (int i = 0; i < count; ++i)
    alternative(" when " + expressions_.condition(place, random_.below(3)).text + basis());
  const auto number = random_.chance(20) ? path_of(scope, is_given_number) : std::nullopt;
  if (number) {
    const std::string limit = expressions_.literal(number->type.dimension).text;
    alternative(fmt::format(" when {} >= {}", number->text, limit));
    alternative(fmt::format(" when {} < {}", number->text, limit));
  } else {
    alternative(" otherwise" + basis());
  }
  FieldDraft field;
  field.name = kinds.name;
  field.kind = FieldDraft::Kind::definition;
  field.type = kind_type(TypeKind::member, static_cast<int>(draft_.enums.size()));
  field.type.optional = none;
  draft_.enums.push_back(std::move(kinds));
  draft_.statements.push_back(std::move(statement));
  draft_.scopes[scope].fields.push_back(std::move(field));
  return true;
}

bool Statements::deduct(int scope) {
  const auto first = path_of(scope, is_amount);
  if (!first) return false;
  const Type type = world_.number_type_of(first->type.dimension);
  const Place place{scope, nullptr, {}};
  std::vector<Reach> amounts;
  for (Reach &reach : reachable(draft_, place))
    if (reach.type.kind == TypeKind::number && reach.type.dimension == type.dimension &&
        reach.extent.nonnegative && reach.extent.high < 11)
      amounts.push_back(std::move(reach));
  random_.shuffle(amounts);
  amounts.resize(std::min<std::size_t>(amounts.size(), static_cast<std::size_t>(random_.between(1, 4))));
  const Written whole = expressions_.literal(type.dimension);
  std::string from = whole.text;
  std::vector<std::string> lines;
  for (const Reach &amount : amounts) {
    if (amount.extent.high > limit_of(type) - 1) continue;
    const bool left_out = draft_.reckless && random_.chance(20);
    if (!left_out)
      from += " + " + expressions_.given(place, {amount.text, amount.type, amount.extent, false}).text;
    std::string line = "less " + amount.text + (random_.chance(30) ? " \"amount\"" : "");
    if (amount.type.optional && random_.chance(50))
      line += " when " + amount.text + " is given";
    else if (draft_.reckless && random_.chance(20))
      line += " when " + expressions_.condition(place, 1).text;
    lines.push_back("    " + line + basis());
  }
  if (lines.empty()) return false;
  FieldDraft field;
  field.name = draft_.fresh("f");
  field.kind = FieldDraft::Kind::definition;
  field.type = type;
  field.extent = {limit_of(type), -30, true, false};
  Statement statement{
      scope,
      {fmt::format("  deduct {}: {}{}", field.name, type_word(draft_, type), basis()), "    from " + from}};
  statement.lines.insert(statement.lines.end(), lines.begin(), lines.end());
  draft_.statements.push_back(std::move(statement));
  draft_.scopes[scope].fields.push_back(std::move(field));
  return true;
}

bool Statements::allocate(int scope) {
  if (scope == 0) return false;
  const ScopeDraft &own = draft_.scopes[scope];
  const bool in_turn = own.keys > 0 && random_.chance(35);
  const int last = random_.below(static_cast<std::size_t>(own.keys));
  std::vector<int> group;
  for (int k = 0; k < own.keys; ++k)
    if (in_turn ? k != last : own.keys > 1 && random_.chance(50)) group.push_back(k);
  // What can be divided: the run's values, and what a key of the group leads to.
  std::vector<Reach> wholes;
  for (Reach &reach : reachable(draft_, {scope, nullptr, {}})) {
    if (!is_amount(reach) || reach.type.domain >= 0) continue;
    bool fits = true;
    for (int f = 0; f < static_cast<int>(own.fields.size()); ++f) {
      const std::string &name = own.fields[f].name;
      const bool through = reach.text == name || reach.text.starts_with(name + ".");
      if (through) fits = std::find(group.begin(), group.end(), f) != group.end() && reach.text != name;
    }
    if (fits) wholes.push_back(std::move(reach));
  }
  if (wholes.empty()) return false;
  const Reach whole = random_.pick(wholes);
  Type type = world_.number_type_of(whole.type.dimension);
  if (type.dimension == plain && type.scale == 0) type.scale = 2; // "count of" would be an aggregate
  if (whole.extent.high > limit_of(type) - 1) return false;
  FieldDraft field;
  field.name = draft_.fresh("f");
  std::string line = fmt::format("  allocate {}: {}{}{} of {}{}", field.name, type_word(draft_, type),
                                 rounding(), basis(), whole.text, random_.chance(15) ? " × 2" : "");
  const Place place{scope, nullptr, {}};
  if (in_turn) {
    const Written part =
        expressions_.within(expressions_.number(place, type.dimension, 2), limit_of(type) - 5);
    line += fmt::format(" each = {}, the last {} takes the rest", part.text, own.fields[last].name);
  } else {
    Written weight = expressions_.number(place, expressions_.any_dimension(), random_.between(0, 2));
    if (!weight.extent.nonnegative && !(draft_.reckless && random_.chance(30)))
      weight.text = "max(0, " + weight.text + ")";
    line += " by " + weight.text + (random_.chance(70) ? "," : "") + " by largest remainder";
    for (std::size_t i = 0; i < group.size(); ++i)
      line += (i == 0 ? " within " : ", ") + own.fields[group[i]].name;
    if (!draft_.reckless || random_.chance(50)) line += ", or nothing";
  }
  field.kind = FieldDraft::Kind::definition;
  field.type = type;
  field.extent = {limit_of(type), -30, !in_turn, false};
  draft_.statements.push_back({scope, {line}});
  draft_.scopes[scope].fields.push_back(std::move(field));
  return true;
}

bool Statements::variation(int scope) {
  std::vector<int> order;
  for (std::size_t i = 1; i < draft_.scopes.size(); ++i) order.push_back(static_cast<int>(i));
  random_.shuffle(order);
  for (const int inner : order) {
    const auto by = expressions_.matching(inner, scope);
    if (!by) continue;
    std::vector<Reach> operands;
    for (Reach &path : paths_of(draft_, {inner, nullptr, {}}))
      if (path.type.kind == TypeKind::number && path.type.scale >= 0 &&
          (path.extent.nonnegative || draft_.reckless))
        operands.push_back(std::move(path));
    if (operands.empty()) continue;
    Type type = number_type(plain, random_.between(1, 8));
    type.optional = true;
    const Place inside{inner, nullptr, {}};
    std::string body =
        fmt::format("cv of {}.{}{}", draft_.scopes[inner].name, random_.pick(operands).text, *by);
    if (random_.chance(25)) body += " where " + expressions_.condition(inside, 1).text;
    define(scope, type, {3, -30, true, false}, body, {});
    return true;
  }
  return false;
}

bool Statements::share(int scope) {
  if (scope == 0) return false;
  std::vector<Reach> operands;
  for (Reach &path : paths_of(draft_, {scope, nullptr, {}}))
    if (is_given_number(path) && path.type.scale >= 0 &&
        (path.extent.positive || (draft_.reckless && random_.chance(30))))
      operands.push_back(std::move(path));
  if (operands.empty()) return false;
  const ScopeDraft &own = draft_.scopes[scope];
  std::string keys;
  for (int k = 0; k < own.keys; ++k)
    if (own.keys > 1 && random_.chance(50)) keys += (keys.empty() ? "" : ", ") + own.fields[k].name;
  std::string text = "share of " + random_.pick(operands).text;
  if (!keys.empty())
    text += keys.find(',') == std::string::npos && random_.chance(50) ? " by " + keys : " by (" + keys + ")";
  if (random_.chance(30)) {
    const Type type = world_.number_type_of(yuan);
    const Written amount =
        expressions_.within(expressions_.number({scope, nullptr, {}}, yuan, 1), limit_of(type));
    define(scope, type, {amount.extent.high, -30, amount.extent.nonnegative, false},
           fmt::format("({}) × ({})", amount.text, text), {});
    return true;
  }
  const bool positive = draft_.reckless ? false : true;
  define(scope, number_type(plain, random_.between(1, 8)),
         {draft_.reckless ? 6.0 : 0.001, -30, positive, false}, text, {});
  return true;
}

/// Counts of the members of one column, which one addition a row serves.
bool Statements::tally(int scope) {
  std::vector<int> order;
  for (std::size_t i = 1; i < draft_.scopes.size(); ++i) order.push_back(static_cast<int>(i));
  random_.shuffle(order);
  for (const int inner : order) {
    std::vector<FieldDraft> columns;
    for (const FieldDraft &field : draft_.scopes[inner].fields)
      if (field.type.kind == TypeKind::member && !field.type.optional && field.kind != FieldDraft::Kind::let)
        columns.push_back(field);
    if (columns.empty()) continue;
    const auto by = expressions_.matching(inner, scope);
    if (!by) continue;
    const FieldDraft column = random_.pick(columns);
    std::vector<std::string> members = draft_.enums[column.type.domain].members;
    random_.shuffle(members);
    members.resize(std::min<std::size_t>(members.size(), static_cast<std::size_t>(random_.between(2, 4))));
    for (const std::string &member : members)
      define(scope, number_type(plain, 0), {4.4, 0, true, false},
             fmt::format("count of {}{} where {} = {}", draft_.scopes[inner].name, *by, column.name, member),
             {});
    return true;
  }
  return false;
}

/// The total of the rows that agree in one key, named in its scope and read from another.
bool Statements::of_group(int scope) {
  std::vector<int> order;
  for (std::size_t i = 1; i < draft_.scopes.size(); ++i)
    if (static_cast<int>(i) != scope && draft_.scopes[i].keys > 1) order.push_back(static_cast<int>(i));
  random_.shuffle(order);
  for (const int target : order) {
    std::vector<FieldDraft> operands;
    for (const FieldDraft &field : draft_.scopes[target].fields)
      if (field.type.kind == TypeKind::number && field.type.domain < 0 && field.type.scale >= 0 &&
          field.kind != FieldDraft::Kind::let)
        operands.push_back(field);
    const auto row = expressions_.row_of({scope, nullptr, {}}, target);
    if (operands.empty() || !row) continue;
    const FieldDraft operand = random_.pick(operands);
    ScopeDraft &there = draft_.scopes[target];
    FieldDraft total;
    total.name = draft_.fresh("l");
    total.kind = FieldDraft::Kind::let;
    total.type = operand.type;
    total.type.optional = false;
    total.extent = {operand.extent.high + 4.4, -30, operand.extent.nonnegative, false};
    draft_.statements.push_back(
        {target,
         {fmt::format("  let {} = sum of {}.{} by ({})", total.name, there.name, operand.name,
                      there.fields[random_.below(static_cast<std::size_t>(there.keys))].name)}});
    there.fields.push_back(total);
    const Type type = world_.number_type_of(operand.type.dimension);
    const Written value = expressions_.within(
        {fmt::format("({}.{} or else {})", *row, total.name, expressions_.literal(type.dimension).text),
         number_type(type.dimension, -1),
         {std::max(total.extent.high, 6.0), -30, total.extent.nonnegative, false},
         0},
        limit_of(type));
    define(scope, type, value.extent, value.text, {});
    return true;
  }
  return false;
}

/// The same total of the rows of the scope for what they refer to, each by itself, and for the run as a
/// whole: rows that refer to nothing count only in the latter.
bool Statements::totals(int scope) {
  std::vector<FieldDraft> references, operands;
  for (const FieldDraft &field : draft_.scopes[scope].fields) {
    if (field.type.kind == TypeKind::row && field.kind != FieldDraft::Kind::let) references.push_back(field);
    if (field.type.kind == TypeKind::number && field.type.domain < 0 && field.type.scale >= 0 &&
        field.kind != FieldDraft::Kind::let && field.extent.high + 4.4 < limit_of(field.type) - 0.1)
      operands.push_back(field);
  }
  if (scope == 0 || references.empty() || operands.empty()) return false;
  const FieldDraft reference = random_.pick(references), operand = random_.pick(operands);
  Type type = operand.type;
  type.optional = false;
  const Extent extent{operand.extent.high + 4.4, -30, operand.extent.nonnegative, false};
  const std::string total = fmt::format("sum of {}.{}", draft_.scopes[scope].name, operand.name);
  define(reference.type.domain, type, extent, fmt::format("{} by ({})", total, reference.name), {});
  define(0, type, extent, total, {});
  return true;
}

bool Statements::rule(int scope) {
  const Place place{scope, nullptr, {}};
  if (random_.chance(60)) {
    draft_.statements.push_back({scope,
                                 {fmt::format("  check {}: {}{}", draft_.fresh("h"),
                                              expressions_.condition(place, 2).text, basis())}});
    return true;
  }
  const auto path = path_of(scope, is_given_number);
  if (!path) return false;
  std::string condition =
      path->extent.nonnegative ? path->text + " >= 0" : path->text + " >= 0 or " + path->text + " < 0";
  if (draft_.reckless && random_.chance(50)) condition = expressions_.condition(place, 1).text;

  const std::string text = random_.chance(50) ? fmt::format(" else \"broken at {{{}}} and again {{{} × 2}}\"",
                                                            path->text, path->text)
                                              : "";
  draft_.statements.push_back(
      {scope, {fmt::format("  require {}: {}{}{}", draft_.fresh("q"), condition, text, basis())}});
  return true;
}

} // namespace steelyard::fuzz
