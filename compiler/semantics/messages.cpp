// How the checker reports: diagnostics, and suggestions for names that are not there.
#include "compiler/semantics/checker.h"
#include "compiler/syntax/parse.h"
#include <algorithm>
#include <fmt/format.h>
#include <numeric>

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
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

} // namespace

std::string Checker::nearest(const std::string &name, const std::vector<std::string> &candidates) const {
  const std::u32string wanted = code_points(name);
  std::size_t best = std::max<std::size_t>(1, wanted.size() / 3) + 1;
  std::string found;
  for (const std::string &candidate : candidates) {
    const std::size_t distance = edit_distance(wanted, code_points(candidate));
    if (distance < best) best = distance, found = candidate;
  }
  return found;
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

void Checker::unknown_name(const Span &span, const std::string &name, const Place &place) {
  const Scope &scope = program_.scopes[place.scope];
  std::string hint;
  if (const std::string glued = syntax::glued_keyword(name); !glued.empty())
    hint = fmt::format("a blank is missing after {}", glued);
  else if (const std::string close = nearest(name, names_at(place)); !close.empty())
    hint = fmt::format("did you mean {}?", close);
  const std::string where = place.scope == 0 ? "in the run as a whole" : "for each " + scope.names.canonical();
  Diagnostic &d = report("P201", span, fmt::format("there is no name '{}' {}", name, where), hint);
  for (std::size_t other = 1; other < program_.scopes.size(); ++other) {
    if (static_cast<int>(other) == place.scope) continue;
    if (const int field = find_field(static_cast<int>(other), name); field >= 0 && d.related.size() < 3)
      d.related.push_back({program_.scopes[other].fields[field].span,
                           fmt::format("{} has one: write it as a path, {}.{}", program_.scopes[other].names.ident,
                                       program_.scopes[other].names.ident, name)});
  }
}

} // namespace steelyard::semantics
