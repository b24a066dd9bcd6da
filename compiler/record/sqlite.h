// A run file as an SQLite database, for those who want to query it.
#pragma once
#include "compiler/record/recorded.h"
#include <filesystem>

namespace steelyard::record {

/// Writes a new database: a table for each table of the run, `texts` and `facts`. Numbers with decimals are
/// texts, digit for digit, since SQLite's numbers would not keep them. Returns what went wrong, or nothing;
/// then there is no file. Precondition: there is no file at `place`.
std::string write_sqlite(const Recorded &recorded, const std::filesystem::path &place);

} // namespace steelyard::record
