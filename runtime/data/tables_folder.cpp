// See tables_folder.h.
#include "runtime/data/tables_folder.h"
#include "runtime/data/read_dataset.h"
#include <algorithm>
#include <utility>

namespace steelyard::data {

bool has_tables(const DatasetSchema &schema) {
  return std::any_of(schema.tables.begin(), schema.tables.end(),
                     [](const TableSchema &table) { return table.of_tables; });
}

ReadResult read_tables(const DatasetSchema &schema, std::size_t kept) {
  DatasetSchema only;
  only.tables_folder = schema.tables_folder;
  std::vector<int> place(schema.tables.size(), -1);
  for (std::size_t t = 0; t < schema.tables.size(); ++t) {
    if (!schema.tables[t].of_tables) continue;
    place[t] = static_cast<int>(only.tables.size());
    only.tables.push_back(schema.tables[t]);
  }
  for (TableSchema &table : only.tables)
    for (FieldSchema &field : table.fields)
      if (field.kind == FieldKind::reference) field.target = place[static_cast<std::size_t>(field.target)];
  ReadResult out = read_dataset(only, schema.tables_folder, Encoding::utf8, kept);
  std::vector<Table> read = std::exchange(out.dataset.tables, std::vector<Table>(schema.tables.size()));
  for (std::size_t t = 0; t < schema.tables.size(); ++t) {
    if (place[t] >= 0)
      out.dataset.tables[t] = std::move(read[static_cast<std::size_t>(place[t])]);
    else
      out.dataset.tables[t].columns.resize(schema.tables[t].fields.size());
  }
  // The folder may hold whatever else a bureau has published.
  out.warnings.clear();
  return out;
}

Column copy_of(const Column &column) {
  Column out = column.holds_references() ? Column::of_references() : Column();
  for (std::size_t row = 0; row < column.rows(); ++row) {
    if (column.is_given(row))
      out.append(column.get(row));
    else
      out.append_missing();
  }
  for (std::size_t i = 0; i < column.dictionary.size(); ++i) out.dictionary.add(column.dictionary[i]);
  return out;
}

} // namespace steelyard::data
