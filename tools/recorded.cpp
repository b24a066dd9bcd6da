// `steelyard replay`, `verify` and `report`.
#include "tools/recorded.h"
#include "compiler/native/settle.h"
#include "compiler/record/partial_run.h"
#include "compiler/record/replay.h"
#include "compiler/record/report.h"
#include "runtime/json/json.h"
#include "tools/policy_source.h"
#include "tools/recorded_source.h"
#include <fmt/format.h>

namespace steelyard::tools {

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
  return reading_a_run([&]() -> int {
    int code = ok;
    const auto opened = open_recorded(options.run, code);
    if (!opened) return code;
    record::ReportOptions page;
    page.run = opened->options;
    page.file = std::filesystem::path(options.run).filename().string();
    write_file(options.out, record::report_html(*opened->recorded, page), options.force, code);
    return code;
  });
}

namespace {

/// What a run computed anew holds, and all that it looks at.
struct Recomputed {
  data::Dataset dataset;
  std::unique_ptr<interpret::Run> run;
  std::unique_ptr<interpret::Results> results; ///< null: the run had errors
  std::string engine;
};

void recompute(Recomputed &out, const record::Recorded &recorded, const interpret::RunOptions &options,
               int threads) {
  const semantics::Program &program = recorded.program();
  out.dataset = recorded.dataset();
  if (out.engine == "native") {
    native::NativeOptions native{threads};
    native.keep = true;
    native::NativeSettlement settled = native::settle_native(program, out.dataset, options, native);
    out.results = std::move(settled.results);
    if (out.results) return;
    fmt::print(stderr, "note: the interpreter does the run: {}\n", settled.fallback_reason);
  }
  out.engine = "interpret";
  out.run = std::make_unique<interpret::Run>(program, out.dataset, options);
  const interpret::Settlement settled = interpret::settle(*out.run);
  for (const interpret::RunError &error : settled.errors) show_error(interpret::to_text(error, program));
  if (settled.error_count == 0) out.results = interpret::results_of(*out.run);
}

void print(const record::Replayed &replayed, const std::string &engine, const ReplayOptions &options) {
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
    return;
  }
  for (const record::Difference &one : replayed.first) fmt::print("{}\n", record::to_text(one));
  if (replayed.different > replayed.first.size())
    fmt::print("... and {} more\n", replayed.different - replayed.first.size());
  fmt::print("{}: {} results, choices and checks computed again ({}), {}\n", options.run, replayed.cells,
             engine,
             replayed.different == 0 ? "all are as recorded" : fmt::format("{} differ", replayed.different));
}

} // namespace

int replay(const ReplayOptions &options) {
  return reading_a_run([&]() -> int {
    int code = ok;
    const auto opened = open_recorded(options.run, code);
    if (!opened) return code;
    const record::Recorded &recorded = *opened->recorded;
    std::optional<std::pair<int, std::uint64_t>> only;
    if (!options.row.empty()) {
      record::FileRows rows(recorded.file());
      const auto place = record::find_place(recorded.program(), recorded.tables(), rows, options.row);
      if (const auto *message = std::get_if<std::string>(&place)) {
        show_error(*message);
        return bad_usage;
      }
      only = {std::get<record::Place>(place).table, std::get<record::Place>(place).row};
    }
    Recomputed recomputed;
    recomputed.engine = options.engine == "auto" ? recorded.facts().engine : options.engine;
    recompute(recomputed, recorded, opened->options, options.threads);
    if (!recomputed.results) return bad_data;
    const record::Replayed replayed = record::replay(recorded, *recomputed.results, 20, only);
    print(replayed, recomputed.engine, options);
    return replayed.different == 0 ? ok : bad_data;
  });
}

} // namespace steelyard::tools
