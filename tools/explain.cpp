// `steelyard explain`: how the results of one row came about; or every row, for a program to check.
#include "compiler/explain/derive.h"
#include "compiler/explain/row_spec.h"
#include "compiler/explain/text.h"
#include "tools/commands.h"
#include "tools/policy_source.h"
#include "tools/run_source.h"
#include <cstdio>
#include <fmt/format.h>

namespace steelyard::tools {

int explain(const ExplainOptions &options) {
  if (options.row.empty() == !options.all) {
    show_error(options.all ? "explain: either a row or --all, not both"
                           : "explain: say which row, as case=C0000001 (or --all with --format json)");
    return bad_usage;
  }
  int code = ok;
  const auto source = open_run(options.run, code);
  if (!source) return code;
  const semantics::Program &program = *source->policy.program;
  interpret::Run run(program, source->data.dataset, source->options);
  const auto row = explain::find_row(run, options.row);
  if (const auto *message = std::get_if<std::string>(&row)) {
    show_error(*message);
    return bad_usage;
  }
  const auto at = std::get<interpret::RowId>(row);
  std::optional<int> only;
  if (options.only) {
    const auto field = explain::find_quantity(program, at.scope, *options.only);
    if (const auto *message = std::get_if<std::string>(&field)) {
      show_error(*message);
      return bad_usage;
    }
    only = std::get<int>(field);
  }
  explain::DeriveOptions derive;
  derive.day = source->options.day;
  for (const auto &[index, value] : source->options.parameters) derive.parameters_set.push_back(index);
  explain::Deriver deriver(run, derive);
  const explain::Derivation derivation = deriver.derive(at, only);
  explain::TextOptions text;
  text.language = options.language == "en" ? explain::Language::en : explain::Language::zh;
  text.command = fmt::format("steelyard explain {} --data {}", options.run.policy, options.run.data);
  fmt::print("{}", explain::to_text(run, derivation, text));
  return derivation.errors.empty() ? ok : bad_data;
}

} // namespace steelyard::tools
