// `steelyard group`: records to their groups. It settles a grouping policy and keeps of its results what a
// grouper gives: the record, status, mdc, adrg and drg.
#include "compiler/interpret/settle.h"
#include "compiler/native/settle.h"
#include "compiler/semantics/load_policy.h"
#include "runtime/data/cell_writer.h"
#include "runtime/data/csv_scanner.h"
#include "runtime/data/result_folder.h"
#include "tools/commands.h"
#include "tools/policy_source.h"
#include "tools/progress.h"
#include "tools/run_source.h"
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace steelyard::tools {

namespace {

constexpr std::array<std::string_view, 4> answers = {"status", "mdc", "adrg", "drg"};

/// The scope whose rows are grouped: the one that has all the answers. Nothing where there is none.
std::optional<int> grouped_scope(const semantics::Program &program) {
  for (std::size_t s = 1; s < program.scopes.size(); ++s) {
    std::size_t found = 0;
    for (const semantics::Field &field : program.scopes[s].fields)
      for (const std::string_view name : answers)
        found += field.kind == semantics::FieldKind::definition && field.names.is(name) ? 1 : 0;
    if (found == answers.size()) return static_cast<int>(s);
  }
  return std::nullopt;
}

/// Of a result file the keys, then the answers.
std::string answers_only(std::string content, std::size_t keys) {
  if (keys == 1) { // nothing else may be there
    std::string wanted = content.substr(0, content.find_first_of(",\n"));
    for (const std::string_view name : answers) wanted.append(",").append(name);
    if (content.starts_with(wanted + '\n')) return content;
  }
  std::string out;
  out.reserve(content.size());
  std::vector<std::size_t> kept;
  data::CsvScanner records(content);
  while (records.next()) {
    const std::vector<std::string_view> &cells = records.cells();
    if (kept.empty()) {
      for (std::size_t k = 0; k < keys; ++k) kept.push_back(k);
      for (const std::string_view name : answers)
        for (std::size_t c = keys; c < records.cell_count(); ++c)
          if (cells[c] == name) kept.push_back(c);
    }
    for (std::size_t i = 0; i < kept.size(); ++i) {
      if (i > 0) out += ',';
      data::append_cell(out, cells[kept[i]]);
    }
    out += '\n';
    records.release();
  }
  return out;
}

/// A folder with one file that holds one record, for as long as it lives.
class OneRecord {
public:
  OneRecord(const std::string &file, const std::vector<std::string> &cells) {
    std::string pattern = (std::filesystem::temp_directory_path() / "steelyard_record_XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) return;
    folder_ = pattern;
    std::string header, row;
    for (const std::string &cell : cells) {
      const std::size_t equals = cell.find('=');
      if (!header.empty()) header += ',', row += ',';
      data::append_cell(header, cell.substr(0, equals));
      data::append_cell(row, equals == std::string::npos ? std::string() : cell.substr(equals + 1));
    }
    std::ofstream(folder_ / file) << header << '\n' << row << '\n';
  }
  ~OneRecord() {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  OneRecord(const OneRecord &) = delete;
  OneRecord &operator=(const OneRecord &) = delete;
  const std::filesystem::path &folder() const { return folder_; }

private:
  std::filesystem::path folder_;
};

/// `diagnoses=I63.0|J18.9` and the like with the key, and the file that they belong to, told by the policy.
std::optional<std::string> record_file(const GroupOptions &options, std::vector<std::string> &cells) {
  semantics::LoadResult loaded = semantics::load_policy(options.run.policy, true);
  if (!loaded.program) {
    show(loaded, false);
    return std::nullopt;
  }
  const std::optional<int> scope = grouped_scope(*loaded.program);
  if (!scope) {
    show_error(options.run.policy + " is no grouping policy: no scope has status, mdc, adrg and drg");
    return std::nullopt;
  }
  const semantics::Scope &of = loaded.program->scopes[static_cast<std::size_t>(*scope)];
  bool has_key = false;
  for (const std::string &cell : options.record)
    has_key = has_key || of.fields[0].names.is(cell.substr(0, cell.find('=')));
  if (!has_key) cells.push_back(of.fields[0].names.canonical() + "=1");
  cells.insert(cells.end(), options.record.begin(), options.record.end());
  return of.names.canonical() + ".csv";
}

} // namespace

int group(const GroupOptions &given) {
  GroupOptions options = given;
  std::optional<data::ResultFolder> folder;
  std::optional<OneRecord> record;
  if (options.record.empty()) {
    if (options.out.empty() || options.run.data.empty()) {
      show_error("write --data and --out, or --record and the fields of one record");
      return bad_usage;
    }
    std::error_code ignored;
    if (std::filesystem::equivalent(options.out, options.run.data, ignored)) {
      show_error(options.out + " holds the data; name another folder for the results");
      return bad_usage;
    }
    folder.emplace(options.out, options.force);
    if (!folder->error().empty()) {
      show_error(folder->error());
      return bad_usage;
    }
  } else {
    for (const std::string &cell : options.record)
      if (cell.find('=') == std::string::npos) {
        show_error(fmt::format("--record {}: write NAME=VALUE", cell));
        return bad_usage;
      }
    std::vector<std::string> cells;
    const std::optional<std::string> file = record_file(options, cells);
    if (!file) return bad_policy;
    record.emplace(*file, cells);
    options.run.data = record->folder().string();
  }
  const auto begin = std::chrono::steady_clock::now();
  int code = ok;
  const auto source = open_run(options.run, code, false, options.threads);
  if (!source) return code;
  const semantics::Program &program = *source->policy.program;
  const std::optional<int> scope = grouped_scope(program);
  if (!scope) {
    show_error(options.run.policy + " is no grouping policy: no scope has status, mdc, adrg and drg");
    return bad_policy;
  }
  const semantics::Scope &of = program.scopes[static_cast<std::size_t>(*scope)];
  const std::size_t records = of.table >= 0 ? source->data.dataset.tables[of.table].rows : 0;
  const auto opened = std::chrono::steady_clock::now();
  interpret::Settlement settled;
  if (options.engine == "interpret" || record) {
    interpret::Run run(program, source->data.dataset, source->options);
    settled = interpret::settle(run);
  } else {
    ProgressLine line("分组 grouping");
    const auto progress = [&](std::size_t done, std::size_t whole) { line.show(done, whole); };
    native::NativeOptions native;
    native.threads = options.threads;
    for (const std::string_view name : answers)
      for (std::size_t f = 0; f < of.fields.size(); ++f)
        if (of.fields[f].kind == semantics::FieldKind::definition && of.fields[f].names.is(name))
          native.written_fields.push_back(static_cast<int>(f));
    settled = native::settle_native(program, source->data.dataset, source->options, native, 20, progress)
                  .settlement;
  }
  if (settled.error_count > 0) {
    show_run_errors(settled.errors, settled.error_count, program, false);
    return bad_data;
  }
  const std::string name = of.names.canonical() + ".csv";
  std::string results;
  for (interpret::ResultFile &file : settled.files)
    if (file.name == name) results = std::move(file.content);
  const std::string content = answers_only(std::move(results), static_cast<std::size_t>(of.key_count));
  if (record) {
    fmt::print("{}", content);
    return ok;
  }
  if (!folder->write(name, content) || !folder->commit()) {
    show_error(folder->error());
    return io_error;
  }
  const auto end = std::chrono::steady_clock::now();
  const auto seconds = [](auto from, auto to) { return std::chrono::duration<double>(to - from).count(); };
  fmt::print("{}: {} records grouped in {:.2f} s, policy and tables read in {:.2f} s\n",
             program.names.canonical(), records, seconds(opened, end), seconds(begin, opened));
  return ok;
}

} // namespace steelyard::tools
