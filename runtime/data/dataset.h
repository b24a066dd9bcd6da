// The input tables of a run as typed columns, and what may be wrong with them (read_dataset.h reads them).
#pragma once
#include "runtime/data/column.h"
#include "runtime/data/schema.h"
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace steelyard::data {

struct Table {
  std::size_t rows = 0;
  std::vector<Column> columns; ///< parallel to TableSchema::fields
  bool file_present = false;
};

struct Dataset {
  std::vector<Table> tables; ///< parallel to DatasetSchema::tables, rows in the order of the file
};

/// One thing wrong with the data. Row and column may be absent (row 0, column "") for errors of a whole file.
struct DataError {
  std::string code;    ///< stable: "D101"
  std::string file;    ///< "case.csv"
  std::size_t row = 0; ///< line of the file on which the record begins, 1 = header
  std::string column;  ///< canonical name of the field
  std::string value;   ///< the cell as it stands
  std::string message; ///< what was wrong and what was expected, one sentence
};

enum class Encoding : std::uint8_t { utf8, gb18030 };

struct ReadResult {
  Dataset dataset;
  std::vector<DataError> errors; ///< in the order of tables, then rows, then columns; at most `kept` are kept
  std::size_t error_count = 0;   ///< how many there were
  std::vector<DataError> warnings; ///< unknown columns and the like; the run goes on
};

/// One error as the user reads it: "case.csv, line 12, column group, value \"XX99\": ..." (code in brackets).
std::string to_text(const DataError &error);

} // namespace steelyard::data
