// Keys first, each after the keys that it refers to; then the other columns.
#include "runtime/data/sound_dataset.h"
#include "runtime/data/key_index.h"
#include "runtime/data/read_dataset.h"
#include "runtime/data/sound_columns.h"
#include "runtime/data/text_rows.h"
#include "runtime/data/unread_files.h"
#include <algorithm>
#include <memory>
#include <system_error>

namespace steelyard::data {
namespace {

class SoundDataset {
public:
  SoundDataset(const DatasetSchema &schema, int threads) : schema_(schema), threads_(threads) {
    tables_.resize(schema.tables.size());
    for (std::size_t t = 0; t < tables_.size(); ++t) tables_[t].read.schema = &schema.tables[t];
  }

  bool run(const std::filesystem::path &folder, Encoding encoding, std::size_t piece_bytes) {
    if (!find_targets()) return false;
    for (AnyTable &table : tables_) {
      const bool of_tables = table.read.schema->of_tables;
      if (!read_sound_table(table.read, of_tables ? std::filesystem::path(schema_.tables_folder) : folder,
                            of_tables ? Encoding::utf8 : encoding, threads_, piece_bytes))
        return false;
      table.columns.resize(table.read.schema->fields.size());
    }
    for (std::size_t t = 0; t < tables_.size(); ++t) {
      if (!finish_keys(t)) return false;
      for (std::size_t f = 0; f < tables_[t].columns.size(); ++f)
        if (!schema_.tables[t].fields[f].is_key && !finish_column(t, f)) return false;
    }
    return true;
  }

  ReadResult take(const std::filesystem::path &folder) {
    ReadResult out;
    std::vector<std::string_view> absent;
    for (AnyTable &table : tables_) {
      Table made;
      made.rows = table.read.rows;
      made.columns = std::move(table.columns);
      made.file_present = table.read.has_file;
      out.dataset.tables.push_back(std::move(made));
      for (DataError &warning : table.read.warnings) out.warnings.push_back(std::move(warning));
      if (!table.read.has_file) absent.push_back(table.read.schema->file);
    }
    for (DataError &warning : unread_files(schema_, absent, folder))
      out.warnings.push_back(std::move(warning));
    return out;
  }

private:
  struct AnyTable {
    SoundTable read;
    std::vector<Column> columns; ///< parallel to the fields
    enum class Keys : std::uint8_t { open, in_work, done } keys = Keys::open;
    bool is_target = false;
    // By which a row is found, where the table is a target:
    std::unique_ptr<TextRows> by_text;
    std::unique_ptr<BasicKeyIndex<Column>> by_value;
    std::size_t key = 0;                      ///< the field of the only key
    std::unique_ptr<ColumnReader> key_reader; ///< reads the text of a reference in the way of the key
  };

  std::vector<std::size_t> key_fields(std::size_t t) const {
    std::vector<std::size_t> keys;
    for (std::size_t f = 0; f < schema_.tables[t].fields.size(); ++f)
      if (schema_.tables[t].fields[f].is_key) keys.push_back(f);
    return keys;
  }

  /// False where the schema is not as it must be: read_dataset_by_rows throws for it.
  bool find_targets() {
    for (const TableSchema &table : schema_.tables)
      for (const FieldSchema &field : table.fields) {
        if (field.kind != FieldKind::reference) continue;
        const auto target = static_cast<std::size_t>(field.target);
        if (field.target < 0 || target >= tables_.size()) return false;
        const std::vector<std::size_t> keys = key_fields(target);
        if (keys.size() != 1) return false;
        tables_[target].is_target = true;
        tables_[target].key = keys[0];
        tables_[target].key_reader = std::make_unique<ColumnReader>(schema_.tables[target].fields[keys[0]]);
      }
    return true;
  }

  bool finish_keys(std::size_t t) {
    AnyTable &table = tables_[t];
    if (table.keys == AnyTable::Keys::done) return true;
    if (table.keys == AnyTable::Keys::in_work) return false;
    table.keys = AnyTable::Keys::in_work;
    const std::vector<std::size_t> fields = key_fields(t);
    bool ascending = false;
    for (const std::size_t f : fields) {
      if (fields.size() == 1 && table.read.schema->fields[f].kind == FieldKind::decimal)
        for (std::size_t c = 0; c < table.read.columns.size(); ++c)
          if (table.read.columns[c].field == f) ascending = is_ascending(table.read, c);
      if (!finish_column(t, f)) return false;
    }
    table.keys = AnyTable::Keys::done;
    return index_keys(table, fields, ascending);
  }

  /// False when two rows have the same key. What comes in ascending order cannot.
  static bool index_keys(AnyTable &table, const std::vector<std::size_t> &fields, bool ascending) {
    if (fields.empty()) return true;
    std::vector<const Column *> keys;
    for (const std::size_t f : fields) keys.push_back(&table.columns[f]);
    if (fields.size() == 1 && table.read.schema->fields[fields[0]].kind == FieldKind::text) {
      if (keys[0]->dictionary.is_ascending() && !table.is_target) return true;
      table.by_text = std::make_unique<TextRows>();
      const bool differ = table.by_text->build(keys[0]->dictionary);
      if (!table.is_target) table.by_text.reset();
      return differ;
    }
    if (ascending && !table.is_target) return true;
    table.by_value = std::make_unique<BasicKeyIndex<Column>>(std::move(keys), table.read.rows);
    const bool differ = table.by_value->repeated().empty();
    if (!table.is_target) table.by_value.reset();
    return differ;
  }

  bool finish_column(std::size_t t, std::size_t f) {
    AnyTable &table = tables_[t];
    const FieldSchema &field = table.read.schema->fields[f];
    if (field.kind == FieldKind::reference && !finish_keys(static_cast<std::size_t>(field.target)))
      return false;
    for (std::size_t c = 0; c < table.read.columns.size(); ++c)
      if (table.read.columns[c].field == f) return join(table, c, table.columns[f]);
    return fill_absent(table, field, table.columns[f]);
  }

  bool join(AnyTable &table, std::size_t c, Column &out) {
    const FileColumn &column = table.read.columns[c];
    const FieldSchema &field = column.reader->field();
    if (column.form == CellForm::decimal) {
      out = join_decimals(table.read, c, threads_);
      return true;
    }
    if (column.form == CellForm::key_text) {
      out = join_key_texts(table.read, c);
      return true;
    }
    if (field.kind == FieldKind::text) {
      if (!column.may_be_empty && has_empty_cell(table.read, c)) return false;
      out = join_texts(table.read, c, threads_);
      return true;
    }
    std::optional<Column> made =
        join_distinct(table.read, c, threads_, field.kind == FieldKind::reference,
                      [&](std::string_view cell) { return meaning_of(cell, column); });
    if (made) out = std::move(*made);
    return made.has_value();
  }

  static bool has_empty_cell(const SoundTable &table, std::size_t c) {
    for (const std::vector<DistinctCells> &cells : table.distinct)
      for (std::size_t number = 0; number < cells[c].size(); ++number)
        if (cells[c].text(number).empty()) return true;
    return false;
  }

  std::optional<CellMeaning> meaning_of(std::string_view cell, const FileColumn &column) const {
    if (cell.empty() && !column.may_be_empty) return std::nullopt;
    if (cell.empty() && !column.has_default) return CellMeaning{};
    const FieldSchema &field = column.reader->field();
    if (cell.empty()) cell = *field.default_text;
    if (field.kind == FieldKind::reference) {
      const std::optional<std::uint32_t> row = find_row(static_cast<std::size_t>(field.target), cell);
      return row ? std::optional(CellMeaning{true, *row}) : std::nullopt;
    }
    const std::optional<Int128> value = column.reader->find(cell);
    return value ? std::optional(CellMeaning{true, static_cast<std::int64_t>(*value)}) : std::nullopt;
  }

  /// The row of a table whose key has the text `text`, read in the way of that key.
  std::optional<std::uint32_t> find_row(std::size_t t, std::string_view text) const {
    const AnyTable &table = tables_[t];
    const FieldSchema &key = table.key_reader->field();
    if (key.kind == FieldKind::text) return table.by_text->find(text);
    std::optional<Int128> value;
    if (key.kind == FieldKind::reference) {
      value = find_row(static_cast<std::size_t>(key.target), text);
    } else {
      value = table.key_reader->find(text);
    }
    return value ? table.by_value->find(*value) : std::nullopt;
  }

  /// The column of a field that the file does not have: as one of empty cells.
  bool fill_absent(AnyTable &table, const FieldSchema &field, Column &out) const {
    const std::size_t rows = table.read.rows;
    const bool is_reference = field.kind == FieldKind::reference;
    std::optional<Int128> value;
    if (is_reference) out = Column::of_references();
    if (field.default_text && !field.is_key && rows > 0) {
      if (field.kind == FieldKind::text) {
        value = 0;
        out.dictionary.add(*field.default_text);
      } else if (is_reference) {
        value = find_row(static_cast<std::size_t>(field.target), *field.default_text);
      } else {
        value = ColumnReader(field).find(*field.default_text);
      }
      if (!value) return false;
    }
    for (std::size_t row = 0; row < rows; ++row) {
      if (value) {
        out.append(*value);
      } else {
        out.append_missing();
      }
    }
    return true;
  }

  const DatasetSchema &schema_;
  int threads_ = 1;
  std::vector<AnyTable> tables_;
};

} // namespace

std::optional<ReadResult> read_sound_dataset(const DatasetSchema &schema, const std::filesystem::path &folder,
                                             Encoding encoding, int threads, std::size_t piece_bytes) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) return std::nullopt;
  SoundDataset dataset(schema, threads);
  if (!dataset.run(folder, encoding, piece_bytes)) return std::nullopt;
  return dataset.take(folder);
}

} // namespace steelyard::data
