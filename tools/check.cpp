// `steelyard check`: every error of a policy, and which articles its definitions rest on.
#include "compiler/reach/reach.h"
#include "compiler/semantics/bases.h"
#include "compiler/semantics/load_policy.h"
#include "runtime/data/tables_folder.h"
#include "runtime/json/json.h"
#include "tools/commands.h"
#include "tools/policy_source.h"
#include "tools/run_source.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace steelyard::tools {

namespace {

using semantics::Assumption;
using semantics::Bases;
using semantics::Citation;
using semantics::Program;

std::string place(const Program &program, const syntax::Span &span) {
  return fmt::format("{}:{}", program.files[span.file].name, span.line);
}

void print_citations(const Program &program) {
  const Bases bases(program);
  for (const semantics::Article &article : program.articles) {
    std::size_t count = 0;
    for (const Citation &c : bases.citations) count += c.article == article.id ? 1 : 0;
    fmt::print("{} {}{}{}\n", article.id, article.heading, article.title.empty() ? "" : " " + article.title,
               article.no_computation ? "  (不涉及计算 no computation)"
               : count == 0           ? "  (没有依据此条的定义 nothing rests on it)"
                                      : "");
    for (const Citation &c : bases.citations)
      if (c.article == article.id)
        fmt::print("    {}{}  {}\n", c.what, c.clause.empty() ? "" : "  " + c.clause, place(program, c.span));
  }
  if (!bases.assumptions.empty()) fmt::print("\n假定 assumptions ({})\n", bases.assumptions.size());
  for (const Assumption &a : bases.assumptions)
    fmt::print("    {}: {}  {}\n", a.what, a.reason, place(program, a.span));
}

Json to_json(const syntax::Span &span, const syntax::SourceFiles &files) {
  return {{"file", files[span.file].name},
          {"line", span.line},
          {"column", span.column},
          {"end_line", span.end_line},
          {"end_column", span.end_column}};
}

/// "entry_dx of adrg_dx.csv".
std::string file_of(const Program &program, int scope) {
  const semantics::Scope &of = program.scopes[scope];
  return of.tables_file.empty() ? of.names.canonical() : of.tables_file;
}

/// "AA1, 1 (drg AA19)": with the texts that the row gives.
std::string row_text(interpret::Run &run, const interpret::RowId &row) {
  const semantics::Scope &scope = run.program().scopes[row.scope];
  std::string out = run.row_name(row.scope, row.row), texts;
  for (std::size_t f = 0; f < scope.fields.size(); ++f) {
    const semantics::Field &field = scope.fields[f];
    if (field.kind != semantics::FieldKind::input || field.type.kind != semantics::TypeKind::text) continue;
    const interpret::Value value = run.value(row.scope, row.row, static_cast<int>(f));
    if (interpret::is_missing(value)) continue;
    texts +=
        (texts.empty() ? " (" : ", ") + field.names.canonical() + " " + run.value_text(value, field.type);
  }
  return out + texts + (texts.empty() ? "" : ")");
}

/// What tables hold that can never matter, as lines and as JSON.
struct Unreachable {
  std::vector<std::string> warnings, notes;
  Json rows = Json::array(), codes = Json::array();
};

Unreachable unreachable_of(const Program &program, const data::Dataset &tables) {
  interpret::Run run(program, tables);
  const reach::Findings found = reach::find_unreachable(run);
  Unreachable out;
  for (const reach::DeadRow &one : found.rows) {
    const std::string by = program.field_of(program.definitions[one.definition]).names.canonical();
    out.warnings.push_back(fmt::format("{}: {} can never be what {} finds: {}",
                                       file_of(program, one.row.scope), row_text(run, one.row), by,
                                       one.because));
    out.rows.push_back({{"file", file_of(program, one.row.scope)},
                        {"row", row_text(run, one.row)},
                        {"table", by},
                        {"because", one.because}});
  }
  struct Sum {
    std::size_t count = 0, sets = 0;
    std::string named;
  };
  std::map<std::tuple<bool, std::string>, Sum> sums;
  constexpr std::size_t most_named = 5;
  for (const reach::DeadCodes &one : found.codes) {
    Sum &sum = sums[{one.asked, file_of(program, one.scope)}];
    sum.count += one.count;
    if (sum.sets++ < most_named)
      sum.named += fmt::format("{}{} {}", sum.named.empty() ? "" : ", ", one.set, one.count);
    out.codes.push_back({{"file", file_of(program, one.scope)},
                         {"set", one.set},
                         {"count", one.count},
                         {"asked", one.asked}});
  }
  for (const auto &[of, sum] : sums)
    out.notes.push_back(fmt::format(
        "{}: {} row{} can never matter, since {}: {}{}", std::get<1>(of), sum.count,
        sum.count == 1 ? "" : "s",
        std::get<0>(of) ? "what else is asked along with the set excludes them" : "no rule asks for the set",
        sum.named, sum.sets > most_named ? fmt::format(" and {} more sets", sum.sets - most_named) : ""));
  return out;
}

} // namespace

int check(const CheckOptions &options) {
  semantics::LoadResult loaded = semantics::load_policy(options.policy);
  Unreachable unreachable;
  if (loaded.program) {
    int code = ok;
    const auto tables = open_tables(*loaded.program, options.policy, options.tables, code, options.json);
    if (code != ok) return code;
    if (tables && data::has_tables(loaded.program->schema))
      unreachable = unreachable_of(*loaded.program, *tables);
  }
  if (options.json) {
    static const char *const severities[] = {"error", "warning", "note"};
    Json out = {
        {"policy", options.policy}, {"ok", loaded.program.has_value()}, {"diagnostics", Json::array()}};
    for (const syntax::Diagnostic &d : loaded.diagnostics) {
      Json one = to_json(d.span, loaded.files);
      one["severity"] = severities[static_cast<int>(d.severity)];
      one["code"] = d.code;
      one["message"] = d.message;
      if (!d.hint.empty()) one["hint"] = d.hint;
      for (const syntax::Related &r : d.related) {
        Json related = to_json(r.span, loaded.files);
        related["message"] = r.message;
        one["related"].push_back(std::move(related));
      }
      out["diagnostics"].push_back(std::move(one));
    }
    if (!unreachable.rows.empty()) out["unreachable_rows"] = std::move(unreachable.rows);
    if (!unreachable.codes.empty()) out["unreachable_codes"] = std::move(unreachable.codes);
    if (loaded.program && options.citations) {
      const Bases bases(*loaded.program);
      for (const semantics::Article &article : loaded.program->articles)
        out["articles"].push_back(
            {{"article", article.id},
             {"heading", article.heading},
             {"title", article.title},
             {"no_computation", article.no_computation},
             {"cited", std::count_if(bases.citations.begin(), bases.citations.end(),
                                     [&](const Citation &c) { return c.article == article.id; })}});
      for (const Citation &c : bases.citations)
        out["citations"].push_back({{"article", c.article},
                                    {"clause", c.clause},
                                    {"what", c.what},
                                    {"place", to_json(c.span, loaded.files)}});
      for (const Assumption &a : bases.assumptions)
        out["assumptions"].push_back(
            {{"what", a.what}, {"reason", a.reason}, {"place", to_json(a.span, loaded.files)}});
    }
    fmt::print("{}\n", out.sort_members().dump(2));
    return loaded.program ? ok : bad_policy;
  }
  show(loaded, true);
  if (!loaded.program) return bad_policy;
  const Program &program = *loaded.program;
  for (const std::string &line : unreachable.warnings) fmt::print(stderr, "warning: {}\n", line);
  for (const std::string &line : unreachable.notes) fmt::print(stderr, "note: {}\n", line);
  if (options.citations) {
    print_citations(program);
    return ok;
  }
  std::size_t definitions = 0;
  for (const semantics::Definition &d : program.definitions) definitions += d.let ? 0 : 1;
  const Bases bases(program);
  const auto notes = std::count_if(loaded.diagnostics.begin(), loaded.diagnostics.end(),
                                   [](const auto &one) { return one.severity == syntax::Severity::note; });
  fmt::print(
      "{} {}: {} files, {} scopes, {} definitions, {} checks, {} examples, {} assumptions: no errors{}\n",
      program.names.canonical(), program.names.label, program.files.size(), program.scopes.size() - 1,
      definitions, program.checks.size(), program.tests.size(), bases.assumptions.size(),
      notes == 0 ? "" : fmt::format(", {} note{}", notes, notes == 1 ? "" : "s"));
  return ok;
}

} // namespace steelyard::tools
