// See dataset_cells.h.
#include "compiler/record/dataset_cells.h"
#include <algorithm>

namespace steelyard::record {

namespace {

template<class Stored> void read_numbers(std::int64_t *to, const void *values, std::span<const int> rows) {
  const auto *from = static_cast<const Stored *>(values);
  for (std::size_t i = 0; i < rows.size(); ++i) to[i] = rows[i] < 0 ? 0 : from[rows[i]];
}

void read_numbers(log::Integers &out, const data::Column &column, std::span<const int> rows) {
  switch (column.storage()) {
  case data::Storage::u8:
    return read_numbers<std::uint8_t>(out.make(rows.size()), column.values(), rows);
  case data::Storage::i16:
    return read_numbers<std::int16_t>(out.make(rows.size()), column.values(), rows);
  case data::Storage::i32:
    return read_numbers<std::int32_t>(out.make(rows.size()), column.values(), rows);
  case data::Storage::i64:
    return read_numbers<std::int64_t>(out.make(rows.size()), column.values(), rows);
  case data::Storage::i128:
    for (const int row : rows) out.push_back(row < 0 ? 0 : column.get(static_cast<std::size_t>(row)));
  }
}

} // namespace

void read_cells(log::Cells &out, const data::Column &column, const data::FieldSchema &schema,
                std::span<const int> rows) {
  const auto given = [&](int row) { return row >= 0 && column.is_given(static_cast<std::size_t>(row)); };
  const bool all_given = column.given() == nullptr && !column.holds_references() &&
                         std::none_of(rows.begin(), rows.end(), [](int row) { return row < 0; });
  if (!all_given)
    for (const int row : rows) out.given.push_back(given(row) ? 1 : 0);
  if (schema.kind == data::FieldKind::text) {
    for (const int row : rows)
      out.texts.push_back(
          given(row)
              ? column.dictionary[static_cast<std::size_t>(column.narrow(static_cast<std::size_t>(row)))]
              : std::string_view());
    return;
  }
  read_numbers(out.values, column, rows);
  if (column.holds_references()) // a missing one is -1 there
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (out.given[i] == 0) out.values.set(i, 0);
}

void append_to(data::Column &column, const data::FieldSchema &schema, const log::Cells &from,
               std::size_t row) {
  if (!from.is_given(row)) return column.append_missing();
  if (schema.kind != data::FieldKind::text) return column.append(from.values[row]);
  column.append(static_cast<log::Int128>(column.dictionary.size()));
  column.dictionary.add(from.texts[row]);
}

} // namespace steelyard::record
