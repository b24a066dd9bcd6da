// `steelyard log`: a run file for other programs and for letters.
#include "compiler/explain/chain.h"
#include "compiler/explain/derive.h"
#include "compiler/explain/row_spec.h"
#include "compiler/record/facts.h"
#include "compiler/record/fired.h"
#include "compiler/record/partial_run.h"
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
    line(explain::chain(run, explain::Deriver(run, derive).derive(row),
                        options.language == "en" ? explain::Language::en : explain::Language::zh));
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

int write_lines(const record::Recorded &recorded, const LogOptions &options, const Lines &line) {
  int code = ok;
  const semantics::Program &program = recorded.program();
  const auto run_options = options_of(program, recorded.facts(), code);
  if (!run_options) return code;
  explain::DeriveOptions derive;
  derive.premises = false;
  derive.day = run_options->day;
  if (options.format == "csv") line(record::csv_header());
  const record::Given given = record::given_of(program);
  if (!options.where.empty() && options.where.find('=') != std::string::npos) {
    record::FileRows rows(recorded.file());
    record::PartialRun partial(program, recorded.tables(), rows, given, *run_options);
    std::string wrong;
    std::vector<std::string> lines;
    bool whole = false;
    derive.given = given.over_rows;
    partial.settle([&](interpret::Run &run) {
      lines.clear();
      const auto row = explain::find_row(run, options.where);
      const auto *at = std::get_if<interpret::RowId>(&row);
      wrong = at != nullptr ? std::string() : std::get<std::string>(row);
      whole = at != nullptr && (given.scope_over_rows[at->scope] || given.reads_let_over_rows);
      if (at != nullptr && !whole)
        write_row(run, *at, options, derive, [&](const std::string &one) { lines.push_back(one); });
    });
    if (!wrong.empty()) {
      show_error(wrong);
      return bad_usage;
    }
    for (const std::string &one : lines) line(one);
    if (!whole) return ok;
    derive.given.clear();
  }
  const data::Dataset dataset = recorded.dataset();
  interpret::Run run(program, dataset, *run_options);
  if (!options.where.empty() && options.where.find('=') != std::string::npos) {
    write_row(run, std::get<interpret::RowId>(explain::find_row(run, options.where)), options, derive, line);
    return ok;
  }
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

int export_log(const LogOptions &options) {
  namespace fs = std::filesystem;
  int code = ok;
  const auto recorded = open_recorded(options.run, code);
  if (!recorded) return code;
  std::error_code ignored;
  if (options.format == "sqlite" && (options.out.empty() || !options.where.empty())) {
    show_error("log --format sqlite: say the file with --out; it takes the whole run");
    return bad_usage;
  }
  if (!options.out.empty() && fs::exists(options.out, ignored) && !options.force) {
    show_error(fmt::format("the file {} exists; name another, or use --force to replace it", options.out));
    return bad_usage;
  }
  try {
    if (options.out.empty())
      return write_lines(*recorded, options, [](const std::string &line) { fmt::print("{}\n", line); });
    const fs::path place = fs::absolute(options.out);
    const fs::path temporary =
        place.parent_path() / fmt::format(".{}.{}.partial", place.filename().string(), ::getpid());
    std::string failure;
    if (options.format == "sqlite") {
      failure = record::write_sqlite(*recorded, temporary);
    } else {
      const std::unique_ptr<std::FILE, int (*)(std::FILE *)> file(std::fopen(temporary.c_str(), "w"),
                                                                  std::fclose);
      bool written = file != nullptr;
      if (written)
        code = write_lines(*recorded, options, [&](const std::string &line) {
          written = written && std::fwrite(line.data(), 1, line.size(), file.get()) == line.size() &&
                    std::fputc('\n', file.get()) != EOF;
        });
      if (!written || (file && std::fflush(file.get()) != 0))
        failure = "the disk is full, or may not be written";
    }
    if (failure.empty() && code == ok && ::rename(temporary.c_str(), place.c_str()) != 0)
      failure = "it cannot be put in its place";
    if (!failure.empty() || code != ok) fs::remove(temporary, ignored);
    if (failure.empty()) return code;
    show_error(fmt::format("the file {} cannot be written: {}", options.out, failure));
    return io_error;
  } catch (const std::runtime_error &error) {
    show_error(error.what());
    return bad_data;
  }
}

} // namespace steelyard::tools
