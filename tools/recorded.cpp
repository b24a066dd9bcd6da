// `steelyard replay`, `verify`, `extract`, and `explain` of a run file or an extract.
#include "tools/recorded.h"
#include "compiler/explain/derive.h"
#include "compiler/explain/json.h"
#include "compiler/explain/row_spec.h"
#include "compiler/explain/text.h"
#include "compiler/native/settle.h"
#include "compiler/record/facts.h"
#include "compiler/record/partial_run.h"
#include "compiler/record/replay.h"
#include "compiler/record/report.h"
#include "tools/policy_source.h"
#include "tools/recorded_source.h"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace steelyard::tools {

namespace {

using Json = nlohmann::ordered_json;

/// A derivation, and the rows that it rests on. The run is kept for those who write the derivation down.
struct Derived {
  std::variant<explain::Derivation, std::string> derivation; ///< or what is wrong with the row that was named
  std::unique_ptr<record::PartialRun> partial;               ///< the run was over a part of the rows
  data::Dataset dataset;                                     ///< of a run over all rows
  std::unique_ptr<interpret::Run> whole;
  interpret::Run &run() { return partial ? partial->run() : *whole; }
};

/// What is asked of which row.
struct Asked {
  std::string row;
  std::optional<std::string> only;
  interpret::RunOptions options;
};

/// One attempt in a run; empty when the row can't be derived without all rows.
std::optional<std::variant<explain::Derivation, std::string>> attempt(interpret::Run &run, const Asked &asked,
                                                                      const record::Given *given) {
  const auto row = explain::find_row(run, asked.row);
  if (const auto *message = std::get_if<std::string>(&row)) return *message;
  const auto at = std::get<interpret::RowId>(row);
  explain::DeriveOptions derive;
  derive.day = asked.options.day;
  for (const auto &[index, value] : asked.options.parameters) derive.parameters_set.push_back(index);
  if (given != nullptr) {
    if (given->scope_over_rows[at.scope] || given->reads_let_over_rows) return std::nullopt;
    derive.given = given->over_rows;
  }
  std::optional<int> only;
  if (asked.only) {
    const auto field = explain::find_quantity(run.program(), at.scope, *asked.only);
    if (const auto *message = std::get_if<std::string>(&field)) return *message;
    only = std::get<int>(field);
  }
  return explain::Deriver(run, derive).derive(at, only);
}

/// `whole` gives all rows, where a part does not do; empty: there are none to be had.
Derived derive(const semantics::Program &program, const std::vector<record::Table> &tables,
               record::RowStore &store, const record::Given &given, const Asked &asked,
               const std::function<data::Dataset()> &whole) {
  Derived out;
  out.partial = std::make_unique<record::PartialRun>(program, tables, store, given, asked.options);
  std::optional<std::variant<explain::Derivation, std::string>> derived;
  out.partial->settle([&](interpret::Run &run) { derived = attempt(run, asked, &given); });
  if (!derived && !whole) {
    out.derivation = asked.row + ": its results are computed over many rows, which an extract does not carry";
    return out;
  }
  if (!derived) {
    out.partial.reset();
    out.dataset = whole();
    out.whole = std::make_unique<interpret::Run>(program, out.dataset, asked.options);
    derived = attempt(*out.whole, asked, nullptr);
  }
  out.derivation = std::move(*derived);
  return out;
}

int print(Derived &derived, const ExplainOptions &options) {
  if (const auto *message = std::get_if<std::string>(&derived.derivation)) {
    show_error(*message);
    return bad_usage;
  }
  const auto language = options.language == "en" ? explain::Language::en : explain::Language::zh;
  const auto &derivation = std::get<explain::Derivation>(derived.derivation);
  if (options.json)
    fmt::print("{}\n", explain::to_json(derived.run(), derivation, {language}).dump(2));
  else
    fmt::print("{}", explain::to_text(derived.run(), derivation,
                                      {language, "steelyard explain " + options.run.policy}));
  return derivation.errors.empty() ? ok : bad_data;
}

std::unique_ptr<record::Extract> open_extract(const std::string &path, int &code) {
  auto opened = record::Extract::open(path);
  if (const auto *error = std::get_if<std::string>(&opened)) {
    show_error(*error);
    code = bad_data;
    return nullptr;
  }
  return std::get<std::unique_ptr<record::Extract>>(std::move(opened));
}

int explain_extract(const ExplainOptions &options) {
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
  const record::Given given = record::given_of(*policy.program);
  const std::vector<record::Table> tables = record::layout_of(*policy.program);
  Derived derived =
      derive(*policy.program, tables, *extract, given, {options.row, options.only, *run_options}, {});
  return print(derived, options);
}

} // namespace

int explain_recorded(const ExplainOptions &options) {
  if (options.row.empty() || options.all) {
    show_error("explain: say which row of the run, as case=C0000001");
    return bad_usage;
  }
  if (is_extract(options.run.policy)) return explain_extract(options);
  int code = ok;
  const auto recorded = open_recorded(options.run.policy, code);
  if (!recorded) return code;
  const auto run_options = options_of(recorded->program(), recorded->facts(), code);
  if (!run_options) return code;
  try {
    record::FileRows rows(recorded->file());
    const record::Given given = record::given_of(recorded->program());
    Derived derived = derive(recorded->program(), recorded->tables(), rows, given,
                             {options.row, options.only, *run_options}, [&] { return recorded->dataset(); });
    return print(derived, options);
  } catch (const std::runtime_error &error) {
    show_error(error.what());
    return bad_data;
  }
}

int extract(const ExtractOptions &options) {
  int code = ok;
  const auto recorded = open_recorded(options.run, code);
  if (!recorded) return code;
  const auto run_options = options_of(recorded->program(), recorded->facts(), code);
  if (!run_options) return code;
  try {
    record::FileRows rows(recorded->file());
    const record::Given given = record::given_of(recorded->program());
    const Derived derived =
        derive(recorded->program(), recorded->tables(), rows, given, {options.row, {}, *run_options}, {});
    if (const auto *message = std::get_if<std::string>(&derived.derivation)) {
      show_error(*message);
      return bad_usage;
    }
    const auto &derivation = std::get<explain::Derivation>(derived.derivation);
    std::vector<record::Place> places = derived.partial->places();
    const record::Place asked = derived.partial->place_of(derivation.row);
    std::erase(places, asked);
    places.insert(places.begin(), asked);
    if (!write_file(options.out, record::extract_json(*recorded, places), options.force, code)) return code;
    fmt::print("{}: {} with the {} rows that its derivation rests on\n", options.out, options.row,
               places.size() - 1);
    return ok;
  } catch (const std::runtime_error &error) {
    show_error(error.what());
    return bad_data;
  }
}

namespace {

/// Says whose signature it is; a sentence that it is not the wanted one goes to `wrong`.
std::string signature_text(const std::optional<log::Signature> &signature, const std::string &key_file,
                           std::vector<std::string> &wrong, int &code) {
  if (key_file.empty())
    return signature ? fmt::format("signed by the key {} (say --key to have it compared)",
                                   log::to_hex({reinterpret_cast<const char *>(signature->key.data()),
                                                signature->key.size()}))
                     : std::string("not signed");
  const auto key = log::read_public_key(key_file);
  if (const auto *error = std::get_if<std::string>(&key)) {
    show_error(*error);
    code = bad_usage;
    return {};
  }
  if (!signature)
    wrong.emplace_back("it is not signed");
  else if (signature->key != std::get<log::PublicKey>(key))
    wrong.push_back(fmt::format("it is not signed by {}", key_file));
  return fmt::format("signed by {}", key_file);
}

} // namespace

int verify(const VerifyOptions &options) {
  int code = ok;
  std::vector<std::string> wrong;
  std::string what, signature;
  if (is_extract(options.file)) {
    const auto extract = open_extract(options.file, code);
    if (!extract) return code;
    wrong = extract->verify();
    signature = signature_text(extract->signature(), options.key, wrong, code);
    what = fmt::format("an extract of {} rows; each belongs to the run. Sums and means over other rows are "
                       "shown to have been "
                       "recorded, not to be right",
                       extract->row_count());
  } else {
    auto opened = log::RunFile::open(options.file);
    if (const auto *error = std::get_if<std::string>(&opened)) {
      show_error(*error);
      return bad_data;
    }
    const auto &run = std::get<log::RunFile>(opened);
    wrong = run.verify();
    signature = signature_text(run.trailer().signature, options.key, wrong, code);
    std::uint64_t rows = 0;
    for (const log::Table &table : run.contents().tables) rows += table.rows;
    what = fmt::format("a run of {} tables and {} rows; every byte is as it was written",
                       run.contents().tables.size(), rows);
  }
  if (code != ok) return code;
  if (options.json) {
    fmt::print(
        "{}\n",
        Json{{"file", options.file}, {"ok", wrong.empty()}, {"wrong", wrong}, {"signature", signature}}.dump(
            2));
    return wrong.empty() ? ok : bad_data;
  }
  for (const std::string &sentence : wrong) show_error(fmt::format("{}: {}", options.file, sentence));
  if (!wrong.empty()) return bad_data;
  fmt::print("{}: {}; {}\n", options.file, what, signature);
  return ok;
}

int report(const ReportOptions &options) {
  int code = ok;
  const auto recorded = open_recorded(options.run, code);
  if (!recorded) return code;
  const auto run_options = options_of(recorded->program(), recorded->facts(), code);
  if (!run_options) return code;
  try {
    record::ReportOptions page;
    page.run = *run_options;
    page.file = std::filesystem::path(options.run).filename().string();
    write_file(options.out, record::report_html(*recorded, page), options.force, code);
    return code;
  } catch (const std::runtime_error &error) {
    show_error(error.what());
    return bad_data;
  }
}

int replay(const ReplayOptions &options) {
  int code = ok;
  const auto recorded = open_recorded(options.run, code);
  if (!recorded) return code;
  const semantics::Program &program = recorded->program();
  const auto run_options = options_of(program, recorded->facts(), code);
  if (!run_options) return code;
  try {
    const data::Dataset dataset = recorded->dataset();
    interpret::Run run(program, dataset, *run_options);
    std::unique_ptr<interpret::Results> results;
    std::string engine = options.engine == "auto" ? recorded->facts().engine : options.engine;
    if (engine == "native") {
      native::NativeOptions native{options.threads};
      native.keep = true;
      native::NativeSettlement settled = native::settle_native(program, dataset, *run_options, native);
      results = std::move(settled.results);
      if (!results) fmt::print(stderr, "note: the interpreter does the run: {}\n", settled.fallback_reason);
    }
    if (!results) {
      engine = "interpret";
      const interpret::Settlement settled = interpret::settle(run);
      for (const interpret::RunError &error : settled.errors) show_error(interpret::to_text(error, program));
      if (settled.error_count > 0) return bad_data;
      results = interpret::results_of(run);
    }
    std::optional<std::pair<int, std::uint64_t>> only;
    if (!options.row.empty()) {
      record::FileRows rows(recorded->file());
      const auto place = record::find_place(program, recorded->tables(), rows, options.row);
      if (const auto *message = std::get_if<std::string>(&place)) {
        show_error(*message);
        return bad_usage;
      }
      only = {std::get<record::Place>(place).table, std::get<record::Place>(place).row};
    }
    const record::Replayed replayed = record::replay(*recorded, *results, 20, only);
    if (options.json) {
      Json out = {{"run", options.run},
                  {"engine", engine},
                  {"cells", replayed.cells},
                  {"different", replayed.different},
                  {"differences", Json::array()}};
      for (const record::Difference &one : replayed.first)
        out["differences"].push_back({{"row", one.row},
                                      {"column", one.column},
                                      {"recorded", one.recorded},
                                      {"recomputed", one.recomputed}});
      fmt::print("{}\n", out.dump(2));
      return replayed.different == 0 ? ok : bad_data;
    }
    for (const record::Difference &one : replayed.first) fmt::print("{}\n", record::to_text(one));
    if (replayed.different > replayed.first.size())
      fmt::print("... and {} more\n", replayed.different - replayed.first.size());
    fmt::print(
        "{}: {} results, choices and checks computed again ({}), {}\n", options.run, replayed.cells, engine,
        replayed.different == 0 ? "all are as recorded" : fmt::format("{} differ", replayed.different));
    return replayed.different == 0 ? ok : bad_data;
  } catch (const std::runtime_error &error) {
    show_error(error.what());
    return bad_data;
  }
}

} // namespace steelyard::tools
