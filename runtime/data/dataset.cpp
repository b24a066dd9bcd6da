// The reading of a dataset folder: each table by itself, then what ties them together.
#include "runtime/data/dataset.h"
#include "runtime/data/read_dataset.h"
#include "runtime/data/references.h"
#include "runtime/data/sound_dataset.h"
#include "runtime/data/table_reader.h"
#include "runtime/data/tasks.h"
#include "runtime/data/unread_files.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <system_error>

namespace steelyard::data {
namespace {

Table take_table(TableDraft &draft) {
  Table table;
  table.rows = draft.row_count();
  for (ColumnReader &column : draft.columns)
    table.columns.push_back(finished(std::move(column.column()), column.field().kind));
  table.file_present = draft.has_file;
  return table;
}

} // namespace

ReadResult read_dataset_by_rows(const DatasetSchema &schema, const std::filesystem::path &folder,
                                Encoding encoding, std::size_t kept) {
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
    for (TableDraft &table : tables) {
      if (table.schema->of_tables)
        read_table(table, schema.tables_folder, Encoding::utf8);
      else
        read_table(table, folder, encoding);
    }
    resolve_references(tables, kept);
    for (TableDraft &table : tables) {
      merge_logs(std::move(table.logs), kept, result);
      std::move(table.warnings.begin(), table.warnings.end(), std::back_inserter(result.warnings));
    }
    std::vector<std::string_view> absent;
    for (const TableDraft &table : tables)
      if (table.state == TableState::absent) absent.push_back(table.schema->file);
    std::vector<DataError> unread = unread_files(schema, absent, folder);
    std::move(unread.begin(), unread.end(), std::back_inserter(result.warnings));
  }
  for (TableDraft &table : tables) result.dataset.tables.push_back(take_table(table));
  return result;
}

ReadResult read_dataset(const DatasetSchema &schema, const std::filesystem::path &folder, Encoding encoding,
                        std::size_t kept, int threads) {
  constexpr std::size_t piece_bytes = std::size_t{1} << 19U; // with its columns about the second cache
  std::optional<ReadResult> sound =
      read_sound_dataset(schema, folder, encoding, threads_or_cores(threads), piece_bytes);
  if (sound) return std::move(*sound);
  return read_dataset_by_rows(schema, folder, encoding, kept);
}

} // namespace steelyard::data
