// See dataset_cells.h.
#include "compiler/record/dataset_cells.h"

namespace steelyard::record {

void append_missing(log::Cells &out, bool text) {
  out.given.push_back(0);
  if (text)
    out.texts.emplace_back();
  else
    out.values.push_back(0);
}

void append_cell(log::Cells &out, const data::Column &column, const data::FieldSchema &schema,
                 std::size_t row) {
  const bool text = schema.kind == data::FieldKind::text;
  if (!column.is_given(row)) return append_missing(out, text);
  out.given.push_back(1);
  if (text)
    out.texts.push_back(column.dictionary[static_cast<std::size_t>(column.narrow(row))]);
  else
    out.values.push_back(column.get(row));
}

void append_to(data::Column &column, const data::FieldSchema &schema, const log::Cells &from,
               std::size_t row) {
  if (!from.is_given(row)) return column.append_missing();
  if (schema.kind != data::FieldKind::text) return column.append(from.values[row]);
  column.append(static_cast<log::Int128>(column.dictionary.size()));
  column.dictionary.add(from.texts[row]);
}

} // namespace steelyard::record
