// Reading a dataset folder into typed columns.
#pragma once
#include "runtime/data/dataset.h"
#include <filesystem>

namespace steelyard::data {

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

} // namespace steelyard::data
