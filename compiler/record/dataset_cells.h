// Cells of a dataset as a run file keeps them, and back. The only place of this folder that knows how columns
// of a dataset lie in memory.
#pragma once
#include "runtime/data/dataset.h"
#include "runtime/log/cells.h"

namespace steelyard::record {

/// Adds the cell of an input row to `out`; a reference as the row of its table.
void append_cell(log::Cells &out, const data::Column &column, const data::FieldSchema &schema,
                 std::size_t row);
void append_missing(log::Cells &out, bool text);

/// Adds a cell to a column of a dataset that is being built.
void append_to(data::Column &column, const data::FieldSchema &schema, const log::Cells &from,
               std::size_t row);

} // namespace steelyard::record
