// The input tables of a run as typed columns, and the reading of a dataset folder into them.
#pragma once
#include "runtime/data/column.h"
#include "runtime/data/schema.h"
#include <cstddef>
#include <filesystem>
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

/// Reads and validates every table of `schema` from `folder`. Never throws for bad data; a schema that breaks
/// the rules of schema.h is std::invalid_argument.
///
/// Files are CSV after RFC 4180 with LF or CRLF, with or without a byte order mark; the last line may lack
/// its line end, and blank lines at the end are ignored. A blank line elsewhere is an error, except in a file
/// of one column, where it is a row with an empty cell. A quoted empty cell is an empty cell. Nothing is
/// trimmed. Headers are matched by identical bytes. Rows with the wrong number of cells are left out, and
/// nothing is read under a header with errors. References are not reported as wrong while rows or keys of the
/// table that they name were lost to errors of their own. Numbers have at most 36 digits in units of their
/// scale; leading zeros are accepted and "-0" is 0.
///
/// A dataset without faults is read in parallel by `threads` threads (0: all cores); one with faults is read
/// again row by row for its errors. The result does not depend on the number of threads.
ReadResult read_dataset(const DatasetSchema &schema, const std::filesystem::path &folder, Encoding encoding,
                        std::size_t kept = 20, int threads = 0);
/// The same, row by row only.
ReadResult read_dataset_by_rows(const DatasetSchema &schema, const std::filesystem::path &folder,
                                Encoding encoding, std::size_t kept = 20);

/// One error as the user reads it: "case.csv, line 12, column group, value \"XX99\": ..." (code in brackets).
std::string to_text(const DataError &error);

} // namespace steelyard::data
