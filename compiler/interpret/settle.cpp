// Evaluates everything and writes the results. Lets are evaluated only where a definition needs them: a let
// that is not used in a row cannot fail there.
#include "compiler/interpret/settle.h"
#include "runtime/data/result_folder.h"
#include <algorithm>
#include <numeric>

namespace steelyard::interpret {

using semantics::Check;
using semantics::Field;
using semantics::Scope;

namespace {

/// The definitions of a scope that are results, in the order of the policy.
std::vector<int> result_fields(const Program &program, int scope) {
  const std::vector<Field> &fields = program.scopes[scope].fields;
  std::vector<int> out;
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (fields[i].kind == semantics::FieldKind::definition) out.push_back(static_cast<int>(i));
  std::stable_sort(out.begin(), out.end(), [&](int a, int b) {
    return program.definitions[fields[a].definition].order < program.definitions[fields[b].definition].order;
  });
  return out;
}

std::string file_name(const Program &program, int scope) {
  return (scope == 0 ? "overall" : program.scopes[scope].names.canonical()) + ".csv";
}

/// In the order of the policy's text, so that memory fills in an order that is easy to follow.
void evaluate_all(Run &run, const Progress &progress) {
  const Program &program = run.program();
  struct Item {
    int order = 0;
    bool check = false;
    int index = 0;
  };
  std::vector<Item> items;
  for (std::size_t i = 0; i < program.definitions.size(); ++i)
    if (!program.definitions[i].let)
      items.push_back({program.definitions[i].order, false, static_cast<int>(i)});
  for (std::size_t i = 0; i < program.checks.size(); ++i)
    items.push_back({program.checks[i].order, true, static_cast<int>(i)});
  std::stable_sort(items.begin(), items.end(),
                   [](const Item &a, const Item &b) { return a.order < b.order; });
  constexpr std::size_t rows_a_report = 4096;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Item &item = items[i];
    const int scope = item.check ? program.checks[item.index].scope : program.definitions[item.index].scope;
    const std::vector<int> &rows = run.ordered_rows(scope);
    for (std::size_t at = 0; at < rows.size(); ++at) {
      if (progress && at % rows_a_report == 0) progress(i * 100 + at * 100 / rows.size(), items.size() * 100);
      const int row = rows[at];
      if (item.check)
        run.holds(item.index, row);
      else
        run.value(scope, row, program.definitions[item.index].field);
    }
  }
}

ResultFile checks_file(Run &run, std::vector<FailedCheck> &failed) {
  const Program &program = run.program();
  ResultFile out{"checks.csv", "check,scope,row\n"};
  for (std::size_t i = 0; i < program.checks.size(); ++i) {
    const Check &check = program.checks[i];
    if (check.required) continue;
    FailedCheck count{static_cast<int>(i), 0};
    for (const int row : run.ordered_rows(check.scope)) {
      if (run.holds(count.check, row).value_or(true)) continue;
      ++count.count;
      data::append_cell(out.content, check.names.canonical());
      out.content += ',';
      data::append_cell(out.content, program.scopes[check.scope].names.canonical());
      out.content += ',';
      data::append_cell(out.content, run.row_key(check.scope, row));
      out.content += '\n';
    }
    if (count.count > 0) failed.push_back(count);
  }
  return out;
}

} // namespace

ResultFile result_file(Run &run, int scope) {
  const Program &program = run.program();
  const Scope &declared = program.scopes[scope];
  ResultFile out{file_name(program, scope), {}};
  std::vector<int> columns(static_cast<std::size_t>(declared.key_count));
  std::iota(columns.begin(), columns.end(), 0);
  const std::vector<int> results = result_fields(program, scope);
  if (results.empty()) return out;
  columns.insert(columns.end(), results.begin(), results.end());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) out.content += ',';
    data::append_cell(out.content, declared.fields[columns[i]].names.canonical());
  }
  out.content += '\n';
  for (const int row : run.ordered_rows(scope)) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (i > 0) out.content += ',';
      data::append_cell(out.content,
                        run.value_text(run.value(scope, row, columns[i]), declared.fields[columns[i]].type));
    }
    out.content += '\n';
  }
  return out;
}

Settlement settle(Run &run, std::size_t kept_errors, const Progress &progress) {
  const Program &program = run.program();
  Settlement out;
  evaluate_all(run, progress);
  for (std::size_t scope = 0; scope < program.scopes.size(); ++scope) {
    const std::vector<std::size_t> &dropped = run.rows(static_cast<int>(scope)).dropped;
    for (std::size_t i = 0; i < dropped.size(); ++i)
      if (dropped[i] > 0) out.dropped.push_back({static_cast<int>(scope), static_cast<int>(i), dropped[i]});
  }
  out.errors = run.first_errors(kept_errors);
  out.error_count = run.error_count();
  if (out.error_count > 0) return out;
  for (std::size_t scope = 0; scope < program.scopes.size(); ++scope) {
    ResultFile file = result_file(run, static_cast<int>(scope));
    if (!file.content.empty()) out.files.push_back(std::move(file));
  }
  const bool has_check = std::any_of(program.checks.begin(), program.checks.end(),
                                     [](const Check &check) { return !check.required; });
  if (has_check) out.files.push_back(checks_file(run, out.failed_checks));
  return out;
}

} // namespace steelyard::interpret
