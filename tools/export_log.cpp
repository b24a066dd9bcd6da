// `steelyard log`: a run file for other programs and for letters.
#include "compiler/explain/chain.h"
#include "compiler/explain/derive.h"
#include "compiler/record/fired.h"
#include "compiler/record/row_run.h"
#include "compiler/record/sqlite.h"
#include "tools/policy_source.h"
#include "tools/recorded.h"
#include "tools/recorded_source.h"
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <unistd.h>

namespace steelyard::tools {

namespace {

using Lines = std::function<void(const std::string &)>;

/// The lines of one row.
void write_row(interpret::Run &run, const interpret::RowId &row, const LogOptions &options,
               const explain::DeriveOptions &derive, const Lines &line) {
  if (options.format == "chain") {
    const std::string chain =
        explain::chain(run, explain::Deriver(run, derive).derive(row),
                       options.language == "en" ? explain::Language::en : explain::Language::zh);
    if (!chain.empty()) line(chain);
    return;
  }
  record::each_fired(run, row, [&](const record::Fired &fired) {
    line(options.format == "csv" ? record::to_csv_line(fired) : record::to_json_line(fired));
  });
}

bool has_results(const semantics::Scope &scope) {
  for (const semantics::Field &field : scope.fields)
    if (field.kind == semantics::FieldKind::definition) return true;
  return false;
}

/// The lines of the row that `--where` names.
int write_one_row(const OpenRun &opened, const LogOptions &options, const Lines &line) {
  const record::Recorded &recorded = *opened.recorded;
  record::FileRows store(recorded.file());
  record::RowRun rows(
      {recorded.program(), recorded.tables(), store, opened.options, [&] { return recorded.dataset(); }});
  std::vector<std::string> lines;
  const auto wrong = rows.settle(
      options.where, [&](interpret::Run &run, const interpret::RowId &row, explain::DeriveOptions derive) {
        lines.clear();
        derive.premises = false;
        write_row(run, row, options, derive, [&](const std::string &one) { lines.push_back(one); });
      });
  if (wrong) {
    show_error(*wrong);
    return bad_usage;
  }
  for (const std::string &one : lines) line(one);
  return ok;
}

int write_lines(const OpenRun &opened, const LogOptions &options, const Lines &line) {
  if (options.format == "csv") line(record::csv_header());
  if (options.where.find('=') != std::string::npos) return write_one_row(opened, options, line);
  const semantics::Program &program = opened.recorded->program();
  explain::DeriveOptions derive;
  derive.premises = false;
  derive.day = opened.options.day;
  const data::Dataset dataset = opened.recorded->dataset();
  interpret::Run run(program, dataset, opened.options);
  bool known = options.where.empty();
  for (std::size_t s = 0; s < program.scopes.size(); ++s) {
    const semantics::Scope &scope = program.scopes[s];
    const bool wanted =
        options.where.empty() || scope.names.is(options.where) || (s == 0 && options.where == "overall");
    known = known || wanted;
    if (!wanted || !has_results(scope)) continue;
    for (const int row : run.ordered_rows(static_cast<int>(s)))
      write_row(run, {static_cast<int>(s), row}, options, derive, line);
  }
  if (known) return ok;
  show_error(fmt::format("--where {}: write SCOPE or SCOPE=KEY, as case=C0000001", options.where));
  return bad_usage;
}

} // namespace

namespace {

/// To a file under a temporary name; what went wrong, if anything.
std::string write_to(const std::filesystem::path &temporary, const OpenRun &opened, const LogOptions &options,
                     int &code) {
  if (options.format == "sqlite") return record::write_sqlite(*opened.recorded, temporary);
  const std::unique_ptr<std::FILE, int (*)(std::FILE *)> file(std::fopen(temporary.c_str(), "w"),
                                                              std::fclose);
  bool written = file != nullptr;
  if (written)
    code = write_lines(opened, options, [&](const std::string &line) {
      written = written && std::fwrite(line.data(), 1, line.size(), file.get()) == line.size() &&
                std::fputc('\n', file.get()) != EOF;
    });
  return !written || std::fflush(file.get()) != 0 ? "the disk is full, or may not be written" : "";
}

} // namespace

int export_log(const LogOptions &options) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (options.format == "sqlite" && (options.out.empty() || !options.where.empty())) {
    show_error("log --format sqlite: say the file with --out; it takes the whole run");
    return bad_usage;
  }
  if (!options.out.empty() && fs::exists(options.out, ignored) && !options.force) {
    show_error(fmt::format("the file {} exists; name another, or use --force to replace it", options.out));
    return bad_usage;
  }
  return reading_a_run([&]() -> int {
    int code = ok;
    const auto opened = open_recorded(options.run, code);
    if (!opened) return code;
    if (options.out.empty())
      return write_lines(*opened, options, [](const std::string &line) { fmt::print("{}\n", line); });
    const fs::path place = fs::absolute(options.out);
    const fs::path temporary =
        place.parent_path() / fmt::format(".{}.{}.partial", place.filename().string(), ::getpid());
    std::string failure = write_to(temporary, *opened, options, code);
    if (failure.empty() && code == ok && ::rename(temporary.c_str(), place.c_str()) != 0)
      failure = "it cannot be put in its place";
    if (!failure.empty() || code != ok) fs::remove(temporary, ignored);
    if (failure.empty()) return code;
    show_error(fmt::format("the file {} cannot be written: {}", options.out, failure));
    return io_error;
  });
}

} // namespace steelyard::tools
