// Cells of a dataset as a run file keeps them, and back. The only place of this folder that knows how columns
// of a dataset lie in memory.
#pragma once
#include "runtime/data/dataset.h"
#include "runtime/log/cells.h"
#include <span>

namespace steelyard::record {

/// The cells of input rows, -1 for a row without; a reference as the row of its table. `out` is empty.
void read_cells(log::Cells &out, const data::Column &column, const data::FieldSchema &schema,
                std::span<const int> rows);

/// Adds a cell to a column of a dataset that is being built.
void append_to(data::Column &column, const data::FieldSchema &schema, const log::Cells &from,
               std::size_t row);

} // namespace steelyard::record
