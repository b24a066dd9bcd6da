// Reads a table without faults in parallel: the file is cut at line feeds into pieces, and each piece is read
// by itself. The first fault ends it; what is wrong, and where, is then found by table_reader.h, row by row.
#pragma once
#include "runtime/data/column_part.h"
#include "runtime/data/file_text.h"
#include <filesystem>
#include <vector>

namespace steelyard::data {

struct TablePiece {
  std::size_t rows = 0;
  std::vector<ColumnPart> parts; ///< parallel to SoundTable::columns
  std::size_t thread = 0;        ///< whose distinct cells the numbers mean
};

/// A table whose cells are read, and whose columns are not put together yet.
struct SoundTable {
  const TableSchema *schema = nullptr;
  bool has_file = false;
  std::size_t rows = 0;
  std::vector<FileColumn> columns;
  std::vector<std::vector<DistinctCells>> distinct; ///< by thread, then parallel to `columns`
  std::vector<TablePiece> pieces;
  std::vector<DataError> warnings;

  /// The column of a field; null when the file has none.
  const FileColumn *column_of(std::size_t field) const;
};

/// False when there is a fault. `piece_bytes`: how long a piece is, about.
bool read_sound_table(SoundTable &table, const std::filesystem::path &folder, Encoding encoding, int threads,
                      std::size_t piece_bytes);

} // namespace steelyard::data
