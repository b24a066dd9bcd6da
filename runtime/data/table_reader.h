// One table while a dataset is read: its file scanned and its cells read into columns. Not the checks that
// need other tables or all rows (references.cpp).
#pragma once
#include "runtime/data/column_reader.h"
#include "runtime/data/error_log.h"
#include <filesystem>
#include <vector>

namespace steelyard::data {

enum class TableState : std::uint8_t {
  complete,
  absent,     ///< the file is optional and not there: no rows
  incomplete, ///< rows or keys were lost to errors: a row that is not found may be one of them
  unreadable  ///< nothing was read
};

struct TableDraft {
  TableDraft(const TableSchema &table_schema, std::size_t kept);

  std::size_t row_count() const { return lines.size(); }

  const TableSchema *schema;
  std::vector<ColumnReader> columns; ///< parallel to schema->fields
  std::vector<std::uint32_t> lines;
  TableState state = TableState::unreadable;
  bool has_file = false;
  std::vector<ErrorLog> logs; ///< the first is of the reading; the later checks add their own
  std::vector<DataError> warnings;
};

/// Reads the file of the table from `folder` into `draft`. The columns are complete afterwards, whatever was
/// found, except that references still hold texts.
void read_table(TableDraft &draft, const std::filesystem::path &folder, Encoding encoding);

} // namespace steelyard::data
