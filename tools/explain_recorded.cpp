// `steelyard explain` of a run file or an extract, and `steelyard extract`.
#include "compiler/explain/json.h"
#include "compiler/explain/row_spec.h"
#include "compiler/explain/text.h"
#include "compiler/record/facts.h"
#include "compiler/record/row_run.h"
#include "runtime/json/json.h"
#include "tools/policy_source.h"
#include "tools/recorded.h"
#include "tools/recorded_source.h"
#include "tools/why_not_text.h"
#include <fmt/format.h>

namespace steelyard::tools {

namespace {

int print(interpret::Run &run, const explain::Derivation &derivation, const ExplainOptions &options) {
  const auto language = options.language == "en" ? explain::Language::en : explain::Language::zh;
  if (options.json)
    fmt::print("{}\n", explain::to_json(run, derivation, {language}).dump(2));
  else
    fmt::print("{}",
               explain::to_text(run, derivation, {language, "steelyard explain " + options.run.policy}));
  return derivation.errors.empty() ? ok : bad_data;
}

int explain_why_not(record::RowRun &rows, const ExplainOptions &options) {
  std::optional<std::string> none;
  std::string text;
  const std::optional<std::string> wrong =
      rows.settle(options.row, [&](interpret::Run &run, const interpret::RowId &row,
                                   const explain::DeriveOptions &derive) {
        const auto why = explain::why_not(run, derive, row, *options.why_not);
        const auto *message = std::get_if<std::string>(&why);
        none = message != nullptr ? std::optional(*message) : std::nullopt;
        // Here, so that rows that only the text looks for are found as well.
        if (!none) text = why_not_text(run, std::get<explain::WhyNot>(why), options);
      });
  if (wrong || none) {
    show_error(wrong ? *wrong : *none);
    return bad_usage;
  }
  fmt::print("{}", text);
  return ok;
}

int explain_row(record::RowRun &rows, const ExplainOptions &options) {
  if (options.why_not) return explain_why_not(rows, options);
  explain::Derivation derivation;
  std::optional<std::string> wrong_quantity;
  std::optional<std::string> wrong =
      rows.settle(options.row, [&](interpret::Run &run, const interpret::RowId &row,
                                   const explain::DeriveOptions &derive) {
        std::optional<int> only;
        if (options.only) {
          const auto field = explain::find_quantity(run.program(), row.scope, *options.only);
          if (const auto *message = std::get_if<std::string>(&field)) wrong_quantity = *message;
          if (wrong_quantity) return;
          only = std::get<int>(field);
        }
        derivation = explain::Deriver(run, derive).derive(row, only);
      });
  if (!wrong) wrong = wrong_quantity;
  if (!wrong) return print(rows.run(), derivation, options);
  show_error(*wrong);
  return bad_usage;
}

int explain_extract(const ExplainOptions &options) {
  if (options.why_not) {
    show_error("--why-not: an extract holds what its own derivation rests on, not what another value would "
               "have needed; ask the run");
    return bad_usage;
  }
  int code = ok;
  const auto extract = open_extract(options.run.policy, code);
  if (!extract) return code;
  const std::vector<std::string> wrong = extract->verify();
  for (const std::string &sentence : wrong) show_error(sentence);
  if (!wrong.empty()) return bad_data;
  syntax::SourceFiles files;
  for (const auto &[name, content] : extract->texts()) files.push_back({name, content});
  const semantics::LoadResult policy = semantics::load_text(std::move(files), true);
  if (!policy.program) {
    show(policy, false);
    return bad_policy;
  }
  const auto run_options = options_of(*policy.program, record::facts_of(extract->contents()), code);
  if (!run_options) return code;
  const std::vector<record::Table> tables = record::layout_of(*policy.program, extract->contents().form);
  record::RowRun rows({*policy.program, tables, *extract, *run_options, {}});
  return explain_row(rows, options);
}

} // namespace

int explain_recorded(const ExplainOptions &options) {
  if (options.row.empty() || options.all) {
    show_error("explain: say which row of the run, as case=C0000001");
    return bad_usage;
  }
  return reading_a_run([&]() -> int {
    if (is_extract(options.run.policy)) return explain_extract(options);
    int code = ok;
    const auto opened = open_recorded(options.run.policy, code);
    if (!opened) return code;
    const record::Recorded &recorded = *opened->recorded;
    record::FileRows store(recorded.file());
    record::RowRun rows(
        {recorded.program(), recorded.tables(), store, opened->options, [&] { return recorded.dataset(); }});
    return explain_row(rows, options);
  });
}

int extract(const ExtractOptions &options) {
  return reading_a_run([&]() -> int {
    int code = ok;
    const auto opened = open_recorded(options.run, code);
    if (!opened) return code;
    const record::Recorded &recorded = *opened->recorded;
    record::FileRows store(recorded.file());
    record::RowRun rows({recorded.program(), recorded.tables(), store, opened->options, {}});
    interpret::RowId row;
    const auto wrong = rows.settle(options.row, [&](interpret::Run &run, const interpret::RowId &at,
                                                    const explain::DeriveOptions &derive) {
      explain::Deriver(run, derive).derive(at); // looks for all rows that it rests on
      row = at;
    });
    if (wrong) {
      show_error(*wrong);
      return bad_usage;
    }
    std::vector<record::Place> places = rows.partial().places();
    const record::Place asked = rows.partial().place_of(row);
    std::erase(places, asked);
    places.insert(places.begin(), asked);
    if (!write_file(options.out, record::extract_json(recorded, places), options.force, code)) return code;
    fmt::print("{}: {} with the {} rows that its derivation rests on\n", options.out, options.row,
               places.size() - 1);
    return ok;
  });
}

} // namespace steelyard::tools
