// The result files, byte for byte as the interpreter writes them.
#include "compiler/native/execution.h"
#include "runtime/data/result_folder.h"
#include "runtime/data/text_index.h"
#include "runtime/engine/parallel.h"
#include <algorithm>
#include <chrono>
#include <fmt/format.h>

namespace steelyard::native {

using semantics::TypeKind;

namespace {

/// Units of 10^-scale with all decimals.
void append_decimal(std::string &out, Int128 units, int scale) {
  const bool negative = units < 0;
  data::UInt128 rest = negative ? -static_cast<data::UInt128>(units) : static_cast<data::UInt128>(units);
  char digits[48];
  int at = sizeof digits;
  int written = 0;
  if (rest >> 64 == 0) { // 64-bit division is many times faster
    auto small = static_cast<std::uint64_t>(rest);
    while (small > 0 || written <= scale) {
      if (written == scale && scale > 0) digits[--at] = '.';
      digits[--at] = static_cast<char>('0' + small % 10);
      small /= 10;
      ++written;
    }
  } else {
    while (rest > 0 || written <= scale) {
      if (written == scale && scale > 0) digits[--at] = '.';
      digits[--at] = static_cast<char>('0' + static_cast<int>(rest % 10));
      rest /= 10;
      ++written;
    }
  }
  if (negative) digits[--at] = '-';
  out.append(digits + at, sizeof digits - static_cast<std::size_t>(at));
}

} // namespace

void Execution::append_value(std::string &out, int id, std::size_t row) const {
  const engine::Column &column = columns_[id];
  if (!column.is_given(row)) return;
  const plan::Column &declared = plan_.columns[id];
  const Int128 value = column.get(row);
  switch (declared.type.kind) {
  case TypeKind::boolean:
    out += value != 0 ? "true" : "false";
    return;
  case TypeKind::text:
    data::append_cell(out, column.texts->at(static_cast<std::size_t>(value)));
    return;
  case TypeKind::date: {
    const std::chrono::year_month_day date{
        std::chrono::sys_days{std::chrono::days{static_cast<std::int64_t>(value)}}};
    out += fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return;
  }
  case TypeKind::number:
    append_decimal(out, value, std::max(0, declared.type.scale));
    return;
  case TypeKind::member:
    data::append_cell(
        out, program_.enums[declared.type.domain].members[static_cast<std::size_t>(value)].canonical());
    return;
  case TypeKind::row: {
    std::string text;
    bool first = true;
    for (const int key : plan_.scopes[declared.target].columns) {
      if (plan_.columns[key].role != plan::Role::key) continue;
      if (!first) text += '/';
      first = false;
      append_value(text, key, static_cast<std::size_t>(value));
    }
    out += text;
    return;
  }
  }
}

std::string Execution::result_file(int scope) {
  const semantics::Scope &declared = program_.scopes[scope];
  std::vector<int> fields;
  for (std::size_t i = 0; i < declared.fields.size(); ++i)
    if (declared.fields[i].kind == semantics::FieldKind::definition) fields.push_back(static_cast<int>(i));
  if (fields.empty()) return {};
  std::stable_sort(fields.begin(), fields.end(), [&](int a, int b) {
    return program_.definitions[declared.fields[a].definition].order <
           program_.definitions[declared.fields[b].definition].order;
  });
  std::vector<int> columns;
  for (int k = 0; k < declared.key_count; ++k) columns.push_back(plan_.column_of(scope, k));
  for (const int field : fields) columns.push_back(plan_.column_of(scope, field));
  std::string header;
  for (const int id : columns) {
    if (!header.empty()) header += ',';
    data::append_cell(header, declared.fields[plan_.columns[id].field].names.canonical());
  }
  header += '\n';
  const std::vector<int> &order = ordered(scope);
  // A cell that is the text of a row of another scope, or of a member, comes from a list made once.
  std::map<int, std::vector<std::string>> cells;
  for (const int id : columns) {
    const plan::Column &column = plan_.columns[id];
    if (column.target < 0 || rows(column.target) > order.size()) continue;
    std::vector<std::string> &list = cells[id];
    for (std::size_t row = 0; row < rows(column.target); ++row) {
      std::string text;
      bool first = true;
      for (const int key : plan_.scopes[column.target].columns) {
        if (plan_.columns[key].role != plan::Role::key) continue;
        if (!first) text += '/';
        first = false;
        append_value(text, key, row);
      }
      list.push_back(std::move(text));
    }
  }
  std::vector<std::string> pieces((order.size() + engine::morsel - 1) / engine::morsel);
  engine::for_morsels(order.size(), threads_, [&](std::size_t begin, std::size_t end, int) {
    std::string &out = pieces[begin / engine::morsel];
    out.reserve((end - begin) * (columns.size() * 12 + 8));
    for (std::size_t i = begin; i < end; ++i) {
      const auto row = static_cast<std::size_t>(order[i]);
      for (std::size_t c = 0; c < columns.size(); ++c) {
        if (c > 0) out += ',';
        const auto list = cells.find(columns[c]);
        if (list == cells.end())
          append_value(out, columns[c], row);
        else if (columns_[columns[c]].is_given(row))
          out += list->second[static_cast<std::size_t>(columns_[columns[c]].get(row))];
      }
      out += '\n';
    }
  });
  std::size_t size = header.size();
  for (const std::string &piece : pieces) size += piece.size();
  header.reserve(size);
  for (std::string &piece : pieces) {
    header += piece;
    std::string().swap(piece);
  }
  return header;
}

std::string Execution::checks_file(std::vector<interpret::FailedCheck> &failed) {
  std::string out = "check,scope,row\n";
  for (std::size_t i = 0; i < program_.checks.size(); ++i) {
    const semantics::Check &check = program_.checks[i];
    if (check.required) continue;
    int column = -1;
    for (const plan::Step &step : plan_.steps)
      if (const auto *pass = std::get_if<plan::Pass>(&step.what))
        for (const plan::Work &work : pass->work)
          if (const auto *one = std::get_if<plan::Check>(&work);
              one != nullptr && one->check == static_cast<int>(i))
            column = one->column;
    interpret::FailedCheck count{static_cast<int>(i), 0};
    for (const int row : ordered(check.scope)) {
      if (columns_[column].get(static_cast<std::size_t>(row)) != 0) continue;
      ++count.count;
      data::append_cell(out, check.names.canonical());
      out += ',';
      data::append_cell(out, program_.scopes[check.scope].names.canonical());
      out += ',';
      std::string key;
      for (int k = 0; k < program_.scopes[check.scope].key_count; ++k) {
        key += fmt::format("{}{}=", k == 0 ? "" : ", ",
                           program_.scopes[check.scope].fields[k].names.canonical());
        const int id = plan_.column_of(check.scope, k);
        const engine::Column &keys = columns_[id];
        if (plan_.columns[id].type.kind == TypeKind::text) // as it is; the whole cell is quoted below
          key += keys.texts->at(static_cast<std::size_t>(keys.get(static_cast<std::size_t>(row))));
        else
          append_value(key, id, static_cast<std::size_t>(row));
      }
      data::append_cell(out, key);
      out += '\n';
    }
    if (count.count > 0) failed.push_back(count);
  }
  return out;
}

interpret::Settlement Execution::results() {
  interpret::Settlement out;
  for (std::size_t scope = 0; scope < program_.scopes.size(); ++scope)
    for (std::size_t i = 0; i < scopes_[scope].dropped.size(); ++i)
      if (scopes_[scope].dropped[i] > 0)
        out.dropped.push_back({static_cast<int>(scope), static_cast<int>(i), scopes_[scope].dropped[i]});
  for (std::size_t scope = 0; scope < program_.scopes.size(); ++scope) {
    std::string content = result_file(static_cast<int>(scope));
    if (!content.empty())
      out.files.push_back(
          {(scope == 0 ? "overall" : program_.scopes[scope].names.canonical()) + ".csv", std::move(content)});
  }
  const bool has_check = std::any_of(program_.checks.begin(), program_.checks.end(),
                                     [](const semantics::Check &check) { return !check.required; });
  if (has_check) out.files.push_back({"checks.csv", checks_file(out.failed_checks)});
  return out;
}

} // namespace steelyard::native
