// See row_spec.h.
#include "compiler/explain/row_spec.h"
#include "compiler/explain/wording.h"
#include "runtime/number/calendar.h"
#include <algorithm>
#include <chrono>
#include <fmt/core.h>
#include <optional>
#include <vector>

namespace steelyard::explain {

using interpret::RowId;
using interpret::Run;
using interpret::Value;
using semantics::TypeKind;

namespace {

std::string trimmed(const std::string &text) {
  const std::size_t from = text.find_first_not_of(' ');
  return from == std::string::npos ? "" : text.substr(from, text.find_last_not_of(' ') - from + 1);
}

/// Parts between commas (ASCII or full-width) outside of quotes.
std::vector<std::string> parts_of(const std::string &text) {
  static const std::string wide_comma = "，";
  std::vector<std::string> out(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (!quoted && text[i] == ',') {
      out.emplace_back();
    } else if (!quoted && text.compare(i, wide_comma.size(), wide_comma) == 0) {
      out.emplace_back();
      i += wide_comma.size() - 1;
    } else {
      out.back() += text[i];
    }
  }
  for (std::string &part : out) part = trimmed(part);
  return out;
}

std::string unquoted(const std::string &text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return text;
  return text.substr(1, text.size() - 2);
}

/// The value of a key of `type` that `text` spells. Empty when it spells none, or a reference to no row.
std::optional<Value> value_of(Run &run, const semantics::Type &type, const std::string &text) {
  const semantics::Program &program = run.program();
  switch (type.kind) {
  case TypeKind::list: // no key is one
  case TypeKind::text: {
    // Keys are compared by their text; a view into the caller's string would not outlive it, but the look-up
    // does not keep it.
    return Value(interpret::Text{text});
  }
  case TypeKind::number: {
    const auto number = number::parse_decimal(text);
    return number ? std::optional<Value>(number::Exact(*number)) : std::nullopt;
  }
  case TypeKind::boolean:
    if (text == "true" || text == "是") return Value(true);
    if (text == "false" || text == "否") return Value(false);
    return std::nullopt;
  case TypeKind::member: {
    const auto &members = program.enums[type.domain].members;
    for (std::size_t m = 0; m < members.size(); ++m)
      if (members[m].is(text) || (!members[m].label.empty() && members[m].label == text))
        return Value(interpret::Member{static_cast<int>(m)});
    return std::nullopt;
  }
  case TypeKind::date: {
    int year = 0;
    unsigned month = 0, day = 0;
    if (text.size() != 10 || std::sscanf(text.c_str(), "%4d-%2u-%2u", &year, &month, &day) != 3)
      return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                           std::chrono::day{day}};
    if (!date.ok()) return std::nullopt;
    return Value(interpret::Day{std::chrono::sys_days(date).time_since_epoch().count()});
  }
  case TypeKind::month: {
    const auto month = calendar::parse_month(text);
    return month ? std::optional<Value>(interpret::Month{*month}) : std::nullopt;
  }
  case TypeKind::row: {
    const auto key = value_of(run, program.scopes[type.domain].fields[0].type, text);
    if (!key) return std::nullopt;
    const auto row = run.find_row(type.domain, {*key});
    return row ? std::optional<Value>(RowId{type.domain, *row}) : std::nullopt;
  }
  }
  return std::nullopt;
}

std::string known_scopes(const semantics::Program &program) {
  std::string out = "overall";
  for (std::size_t s = 1; s < program.scopes.size(); ++s) out += ", " + program.scopes[s].names.canonical();
  return out;
}

} // namespace

std::variant<RowId, std::string> find_row(Run &run, const std::string &text, bool partial) {
  const semantics::Program &program = run.program();
  const std::size_t equals = text.find('=');
  const std::string scope_name = trimmed(text.substr(0, equals));
  if (equals == std::string::npos && (scope_name == "overall" || scope_name == "总体")) return RowId{0, 0};
  int scope = -1;
  for (std::size_t s = 1; s < program.scopes.size(); ++s) {
    const semantics::Names &names = program.scopes[s].names;
    if (names.is(scope_name) || names.chinese() == scope_name) scope = static_cast<int>(s);
  }
  if (scope < 0)
    return fmt::format("{}: the policy has no '{}'; write SCOPE=KEY, with one of: {}", text, scope_name,
                       known_scopes(program));
  const semantics::Scope &declared = program.scopes[scope];
  std::string keys;
  for (int k = 0; k < declared.key_count; ++k)
    keys += (k == 0 ? "" : ",") + declared.fields[k].names.canonical();
  const std::string wanted = fmt::format("{}={}", declared.names.canonical(), keys);
  if (equals == std::string::npos) {
    const std::vector<int> &rows = run.ordered_rows(scope);
    const std::string first =
        rows.empty() ? wanted : Wording(run, Language::en).row_argument({scope, rows[0]});
    return fmt::format("{}: write which one, as {}", text, first);
  }
  std::vector<std::string> parts = parts_of(text.substr(equals + 1));
  if (declared.key_count == 1) parts = {trimmed(text.substr(equals + 1))};
  if (static_cast<int>(parts.size()) != declared.key_count)
    return fmt::format("{}: {} has {} key{}: write {}", text, declared.names.canonical(), declared.key_count,
                       declared.key_count == 1 ? "" : "s", wanted);
  interpret::Key key;
  for (int k = 0; k < declared.key_count; ++k) {
    const semantics::Field &field = declared.fields[k];
    std::string part = parts[k];
    if (const std::size_t named = part.find('=');
        named != std::string::npos && field.names.is(trimmed(part.substr(0, named))))
      part = trimmed(part.substr(named + 1));
    part = unquoted(part);
    parts[k] = part;
    std::optional<Value> value = value_of(run, field.type, part);
    if (!value && field.type.kind == TypeKind::row)
      return fmt::format("{}: there is no {} {}", text, program.scopes[field.type.domain].names.canonical(),
                         part);
    if (!value && field.type.kind == TypeKind::member) {
      std::string members;
      for (const semantics::Names &member : program.enums[field.type.domain].members)
        members += (members.empty() ? "" : ", ") + member.canonical();
      return fmt::format("{}: '{}' is no {}; it is one of: {}", text, part, field.names.canonical(), members);
    }
    if (!value) return fmt::format("{}: '{}' is no {}", text, part, field.names.canonical());
    // The text is kept in `parts`, which lives as long as the key.
    if (auto *view = std::get_if<interpret::Text>(&*value)) view->text = parts[k];
    key.push_back(std::move(*value));
  }
  if (const auto row = run.find_row(scope, key)) return RowId{scope, *row};
  if (partial) return fmt::format("{}: there is no such row of {}", text, declared.names.canonical());
  std::string some;
  const std::vector<int> &rows = run.ordered_rows(scope);
  for (std::size_t i = 0; i < std::min<std::size_t>(rows.size(), 5); ++i)
    some += (i == 0 ? "" : "; ") + run.row_key(scope, rows[i]);
  return fmt::format("{}: there is no such row among the {} of {}{}", text, rows.size(),
                     declared.names.canonical(), rows.empty() ? "" : "; the first are: " + some);
}

std::variant<int, std::string> find_quantity(const semantics::Program &program, int scope,
                                             const std::string &name) {
  std::string known;
  const auto &fields = program.scopes[scope].fields;
  for (std::size_t f = 0; f < fields.size(); ++f) {
    if (fields[f].kind != semantics::FieldKind::let && fields[f].kind != semantics::FieldKind::definition)
      continue;
    if (fields[f].names.is(name) || fields[f].names.chinese() == name) return static_cast<int>(f);
    known += (known.empty() ? "" : ", ") + fields[f].names.canonical();
  }
  for (const semantics::Field &field : fields)
    if (field.names.is(name) || field.names.chinese() == name)
      return fmt::format(
          "--only {}: it is read from the data and not computed; see what explain lists as inputs", name);
  const std::string of =
      scope == 0 ? std::string("the run as a whole") : program.scopes[scope].names.canonical();
  return fmt::format("--only {}: {} has no such quantity; it has {}", name, of,
                     known.empty() ? "none" : known);
}

} // namespace steelyard::explain
