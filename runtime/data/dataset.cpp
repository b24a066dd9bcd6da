// The reading of a dataset folder: each table by itself, then what ties them together.
#include "runtime/data/dataset.h"
#include "runtime/data/name_match.h"
#include "runtime/data/references.h"
#include "runtime/data/table_reader.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <system_error>

namespace steelyard::data {
namespace {

/// CSV files of the folder that no table reads, by name. One of them may be a misspelt optional file, whose
/// table is now empty, so the user must hear of it.
std::vector<DataError> unread_files(const std::vector<TableDraft> &tables,
                                    const std::filesystem::path &folder) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto &entry : std::filesystem::directory_iterator(folder, ignored)) {
    std::string name = entry.path().filename().string();
    bool is_read = std::any_of(tables.begin(), tables.end(),
                               [&](const TableDraft &table) { return table.schema->file == name; });
    if (!is_read && entry.path().extension() == ".csv") names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());

  std::vector<std::string_view> absent;
  for (const TableDraft &table : tables) {
    if (table.state == TableState::absent) absent.push_back(table.schema->file);
  }
  std::vector<DataError> warnings;
  for (std::string &name : names) {
    std::string message = "no table is read from this file";
    std::string_view near = nearest_name(name, absent);
    if (!near.empty()) message += fmt::format("; is {} meant, which is absent and optional?", near);
    warnings.push_back(DataError{
        std::string(id_of(ErrorCode::file_not_read)), std::move(name), 0, {}, {}, std::move(message)});
  }
  return warnings;
}

Table take_table(TableDraft &draft) {
  Table table;
  table.rows = draft.row_count();
  for (ColumnReader &column : draft.columns) table.columns.push_back(std::move(column.column()));
  table.lines = std::move(draft.lines);
  table.file_present = draft.has_file;
  return table;
}

} // namespace

ReadResult read_dataset(const DatasetSchema &schema, const std::filesystem::path &folder, Encoding encoding,
                        std::size_t kept) {
  ReadResult result;
  std::vector<TableDraft> tables;
  tables.reserve(schema.tables.size());
  for (const TableSchema &table : schema.tables) tables.emplace_back(table, kept);

  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    ErrorLog log(kept);
    log.report(ErrorCode::folder_missing, folder.string(), {}, [] {
      return std::string("there is no such folder; the folder with the CSV files of the dataset is expected");
    });
    std::vector<ErrorLog> logs{std::move(log)};
    merge_logs(std::move(logs), kept, result);
  } else {
    for (TableDraft &table : tables) read_table(table, folder, encoding);
    resolve_references(tables, kept);
    for (TableDraft &table : tables) {
      merge_logs(std::move(table.logs), kept, result);
      std::move(table.warnings.begin(), table.warnings.end(), std::back_inserter(result.warnings));
    }
    std::vector<DataError> unread = unread_files(tables, folder);
    std::move(unread.begin(), unread.end(), std::back_inserter(result.warnings));
  }
  for (TableDraft &table : tables) result.dataset.tables.push_back(take_table(table));
  return result;
}

} // namespace steelyard::data
