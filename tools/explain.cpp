// `steelyard explain`: how the results of one row came about; or of every row, for a program to check.
#include "compiler/explain/derive.h"
#include "compiler/explain/json.h"
#include "compiler/explain/row_spec.h"
#include "compiler/explain/text.h"
#include "runtime/json/json.h"
#include "tools/commands.h"
#include "tools/policy_source.h"
#include "tools/recorded.h"
#include "tools/recorded_source.h"
#include "tools/run_source.h"
#include "tools/why_not_text.h"
#include <fmt/format.h>

namespace steelyard::tools {

namespace {

/// Every row of every entity and of every scope that has inputs or results, in the order of the policy and of
/// the keys: one JSON object a line. Other rows' steps are not repeated, since those rows have lines of their
/// own.
int explain_all(interpret::Run &run, explain::DeriveOptions derive, const explain::JsonOptions &json) {
  derive.premises = false;
  explain::Deriver deriver(run, derive);
  const semantics::Program &program = run.program();
  for (std::size_t s = 0; s < program.scopes.size(); ++s) {
    const semantics::Scope &scope = program.scopes[s];
    if (!scope.entity && static_cast<int>(scope.fields.size()) == scope.key_count)
      continue; // nothing but keys
    for (const int row : run.ordered_rows(static_cast<int>(s)))
      fmt::print("{}\n", explain::to_json(run, deriver.derive({static_cast<int>(s), row}), json).dump());
  }
  if (run.error_count() == 0) return ok;
  for (const interpret::RunError &error : run.first_errors(20))
    show_error(interpret::to_text(error, program));
  return bad_data;
}

std::string usage_error(const ExplainOptions &options) {
  if (options.all && !options.row.empty()) return "explain: either a row or --all, not both";
  if (options.all && !options.json) return "explain --all: only with --format json";
  if (options.all && (options.only || options.why_not))
    return "explain --all: --only and --why-not go with one row";
  if (options.only && options.why_not) return "explain: either --only or --why-not";
  if (!options.all && options.row.empty())
    return "explain: say which row, as case=C0000001 (or --all --format json)";
  return {};
}

} // namespace

int explain(const ExplainOptions &options) {
  const bool recorded = is_recorded(options.run.policy);
  if (recorded != options.run.data.empty()) {
    show_error(recorded ? "explain: a run file holds its data; --data goes with a policy"
                        : "explain: --data DIR is missing");
    return bad_usage;
  }
  if (recorded) return explain_recorded(options);
  if (const std::string error = usage_error(options); !error.empty()) {
    show_error(error);
    return bad_usage;
  }
  int code = ok;
  const auto source = open_run(options.run, code);
  if (!source) return code;
  const semantics::Program &program = *source->policy.program;
  interpret::Run run(program, source->data.dataset, source->options);
  const auto language = options.language == "en" ? explain::Language::en : explain::Language::zh;
  explain::DeriveOptions derive;
  derive.day = source->options.day;
  for (const auto &[index, value] : source->options.parameters) derive.parameters_set.push_back(index);
  if (options.all) return explain_all(run, derive, {language});
  const auto row = explain::find_row(run, options.row);
  if (const auto *message = std::get_if<std::string>(&row)) {
    show_error(*message);
    return bad_usage;
  }
  const auto at = std::get<interpret::RowId>(row);
  if (options.why_not) {
    const auto why = explain::why_not(run, derive, at, *options.why_not);
    if (const auto *message = std::get_if<std::string>(&why)) {
      show_error(*message);
      return bad_usage;
    }
    fmt::print("{}", why_not_text(run, std::get<explain::WhyNot>(why), options));
    return ok;
  }
  std::optional<int> only;
  if (options.only) {
    const auto field = explain::find_quantity(program, at.scope, *options.only);
    if (const auto *message = std::get_if<std::string>(&field)) {
      show_error(*message);
      return bad_usage;
    }
    only = std::get<int>(field);
  }
  explain::Deriver deriver(run, derive);
  const explain::Derivation derivation = deriver.derive(at, only);
  if (options.json) {
    fmt::print("{}\n", explain::to_json(run, derivation, {language}).dump(2));
  } else {
    const std::string command =
        fmt::format("steelyard explain {} --data {}", options.run.policy, options.run.data);
    fmt::print("{}", explain::to_text(run, derivation, {language, command}));
  }
  return derivation.errors.empty() ? ok : bad_data;
}

} // namespace steelyard::tools
