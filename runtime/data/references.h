// The checks that need whole tables: references find their rows, and keys are not repeated. Runs after the
// files of all tables are read, so tables may refer to each other in any order.
#pragma once
#include "runtime/data/table_reader.h"
#include <cstddef>
#include <vector>

namespace steelyard::data {

/// Turns the texts of all reference columns into rows and reports those that name no row, and repeated keys.
/// Throws std::invalid_argument for a schema in which a reference has no target with one key, or a key refers
/// to itself: that is a mistake of the program, not of the data.
void resolve_references(std::vector<TableDraft> &tables, std::size_t kept);

} // namespace steelyard::data
