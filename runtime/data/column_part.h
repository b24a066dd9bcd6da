// A column of a piece of a table: read from the piece's cells by type, before the pieces are put together.
// Not for faulty cells: the first one ends the reading (sound_reader.h).
#pragma once
#include "runtime/data/cell_ends.h"
#include "runtime/data/column.h"
#include "runtime/data/column_reader.h"
#include "runtime/data/distinct_cells.h"
#include <memory>
#include <string>
#include <vector>

namespace steelyard::data {

/// How the cells of a column are read.
enum class CellForm : std::uint8_t {
  decimal,  ///< as numbers, each cell by itself
  distinct, ///< as numbers of distinct cells; what those mean is found out once for each
  key_text  ///< as texts that are expected to differ all
};

/// A column of the file, and what the schema says of it.
struct FileColumn {
  std::size_t field = 0;
  std::size_t cell = 0; ///< in a row
  CellForm form = CellForm::decimal;
  std::unique_ptr<ColumnReader> reader; ///< reads single cells in the ordinary way
  bool may_be_empty = false;
  bool has_default = false;
  std::int64_t default_units = 0; ///< decimals
  std::int64_t least = 1, most = 0;
};

/// The cells of a piece: where they are and how many there are in a row. 16 bytes can be read before and
/// behind each.
struct PieceCells {
  const char *text = nullptr;
  const CellEnds *ends = nullptr;
  std::size_t width = 1;
  std::size_t rows = 0;
  bool has_carriage_returns = false; ///< before each line feed
  std::uint64_t first_place = 0;     ///< of row 0; each row has the next one
};

struct ColumnPart {
  Storage storage = Storage::i64;
  std::unique_ptr<std::byte[]> values;   ///< decimals and numbers of distinct cells
  std::unique_ptr<std::uint8_t[]> given; ///< null: all are
  std::int64_t low = 0, high = 0;        ///< of decimals, 0 for missing ones, and of 0
  std::int64_t least = 0, most = 0;      ///< the same without 0, where there are rows
  std::int64_t first = 0, last = 0;
  bool is_ascending = true; ///< each value, or text, is greater than the one before it; of keys
  Dictionary texts;         ///< key_text
};

/// Reads columns of pieces, one after the other, for one thread.
class PartReader {
public:
  /// False when a cell is not as it should be.
  bool read(const FileColumn &column, const PieceCells &cells, DistinctCells &distinct, ColumnPart &part);

private:
  bool read_decimals(const FileColumn &column, const PieceCells &cells, ColumnPart &part);
  void read_distinct(const FileColumn &column, const PieceCells &cells, DistinctCells &distinct,
                     ColumnPart &part);
  bool read_key_texts(const FileColumn &column, const PieceCells &cells, ColumnPart &part);

  std::vector<std::int64_t> units_;
  std::vector<std::uint32_t> numbers_;
  std::vector<std::uint8_t> given_;
  std::string bytes_;
};

} // namespace steelyard::data
