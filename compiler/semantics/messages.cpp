// How the checker reports: diagnostics, and suggestions for names that are not there.
#include "compiler/semantics/checker.h"
#include "compiler/syntax/parse.h"
#include <algorithm>
#include <fmt/core.h>
#include <numeric>
#include <utility>

namespace steelyard::semantics {

using syntax::Diagnostic;
using syntax::Severity;

Diagnostic &Checker::report(const char *code, const Span &span, std::string message, std::string hint) {
  diagnostics_.push_back({Severity::error, code, span, std::move(message), std::move(hint), {}});
  return diagnostics_.back();
}

void Checker::warn(const char *code, const Span &span, std::string message, std::string hint) {
  diagnostics_.push_back({Severity::warning, code, span, std::move(message), std::move(hint), {}});
}

void Checker::note(const char *code, const Span &span, std::string message, std::string hint) {
  diagnostics_.push_back({Severity::note, code, span, std::move(message), std::move(hint), {}});
}

std::size_t Checker::error_count() const {
  return static_cast<std::size_t>(
      std::count_if(diagnostics_.begin(), diagnostics_.end(),
                    [](const Diagnostic &d) { return d.severity == Severity::error; }));
}

namespace {

std::u32string code_points(const std::string &text) {
  std::u32string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t point = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
      point = (point << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
    out.push_back(point);
    i += length;
  }
  return out;
}

std::size_t edit_distance(const std::u32string &a, const std::u32string &b) {
  // Insertions, deletions, replacements, and neighbours that are swapped.
  std::vector<std::size_t> before, last, row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before = std::exchange(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

} // namespace

std::string Checker::nearest(const std::string &name, const std::vector<std::string> &candidates) const {
  if (std::string used = in_used(name, candidates); !used.empty()) return used;
  const std::u32string wanted = code_points(name);
  std::size_t best = std::max<std::size_t>(1, wanted.size() / 3) + 1;
  std::string found;
  for (const std::string &candidate : candidates) {
    const std::size_t distance = edit_distance(wanted, code_points(candidate));
    if (distance < best) best = distance, found = candidate;
  }
  return own_name(found);
}

std::string Checker::scope_meant(const std::string &name) const {
  std::vector<std::string> names;
  for (std::size_t i = 1; i < program_.scopes.size(); ++i) {
    names.push_back(program_.scopes[i].names.ident);
    if (!program_.scopes[i].names.twin.empty()) names.push_back(program_.scopes[i].names.twin);
  }
  const std::string close = nearest(name, names);
  return close.empty() ? "" : fmt::format("did you mean {}?", close);
}

std::vector<std::string> Checker::names_at(const Place &place) const {
  std::vector<std::string> out;
  auto add = [&](const Names &names) {
    out.push_back(names.ident);
    if (!names.twin.empty()) out.push_back(names.twin);
  };
  for (const Field &field : program_.scopes[place.scope].fields) add(field.names);
  for (const Field &field : program_.scopes[0].fields) add(field.names);
  for (const Parameter &parameter : program_.parameters) add(parameter.names);
  for (const Scope &scope : program_.scopes) add(scope.names);
  return out;
}

void Checker::no_member(const Span &span, int enumeration, const std::string &name) {
  const Enum &e = program_.enums[enumeration];
  std::vector<std::string> names;
  for (const Names &member : e.members) {
    names.push_back(member.ident);
    if (!member.twin.empty()) names.push_back(member.twin);
  }
  std::string hint;
  if (const std::string close = nearest(name, names); !close.empty()) {
    hint = fmt::format("did you mean {}?", close);
  } else {
    for (const Names &member : e.members) hint += (hint.empty() ? "it has " : ", ") + member.ident;
  }
  report("P206", span, fmt::format("{} has no value '{}'", e.names.ident, name), hint)
      .related.push_back({e.span, fmt::format("{} is declared here", e.names.ident)});
  unfound(Sought::member, enumeration);
}

void Checker::no_key(const Span &span, int scope, const std::string &name) {
  const Scope &owner = program_.scopes[scope];
  std::string keys;
  for (int k = 0; k < owner.key_count; ++k) keys += (k ? ", " : "") + owner.fields[k].names.ident;
  report("P605", span, fmt::format("'{}' is no key of {}", name, owner.names.ident),
         keys.empty() ? "the run as a whole has none" : fmt::format("its keys are {}", keys))
      .related.push_back({owner.span, fmt::format("{} is declared here", owner.names.ident)});
  if (keys.empty()) diagnostics_.back().related.clear();
}

void Checker::unknown_name(const Span &span, const std::string &name, const Place &place) {
  const Scope &scope = program_.scopes[place.scope];
  std::string hint;
  if (const std::string glued = syntax::glued_keyword(name); !glued.empty())
    hint = fmt::format("a blank is missing after {}", glued);
  else if (const std::string close = nearest(name, names_at(place)); !close.empty())
    hint = fmt::format("did you mean {}?", close);
  const std::string where =
      place.scope == 0 ? "in the run as a whole" : "for each " + scope.names.canonical();
  Diagnostic &d = report("P201", span, fmt::format("there is no name '{}' {}", name, where), hint);
  for (std::size_t other = 1; other < program_.scopes.size(); ++other) {
    if (static_cast<int>(other) == place.scope) continue;
    if (const int field = find_field(static_cast<int>(other), name); field >= 0 && d.related.size() < 3)
      d.related.push_back(
          {program_.scopes[other].fields[field].span,
           fmt::format("{} has one: write it as a path, {}.{}", program_.scopes[other].names.ident,
                       program_.scopes[other].names.ident, name)});
  }
  point_at_namesake(d, place.scope, name);
  unfound(Sought::name, place.scope);
}

} // namespace steelyard::semantics
