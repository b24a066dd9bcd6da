// Resolves each distinct text of a reference column once, then maps the rows.
#include "runtime/data/references.h"
#include "runtime/data/key_index.h"
#include "runtime/number/calendar.h"
#include <fmt/core.h>
#include <memory>
#include <stdexcept>

namespace steelyard::data {
namespace {

std::vector<std::size_t> key_fields(const TableSchema &schema) {
  std::vector<std::size_t> keys;
  for (std::size_t f = 0; f < schema.fields.size(); ++f) {
    if (schema.fields[f].is_key) keys.push_back(f);
  }
  return keys;
}

class Resolution {
public:
  Resolution(std::vector<TableDraft> &tables, std::size_t kept)
      : tables_(tables), kept_(kept), indexes_(tables.size()), is_in_work_(tables.size()),
        is_target_(tables.size()) {}

  void run() {
    check_schema();
    for (std::size_t t = 0; t < tables_.size(); ++t) {
      index_of(t); // which reports repeated keys
      for (std::size_t f = 0; f < tables_[t].columns.size(); ++f) {
        if (!tables_[t].schema->fields[f].is_key) resolve_column(t, f);
      }
      if (!is_target_[t]) indexes_[t].reset(); // large, and nobody asks for it any more
    }
  }

private:
  void check_schema() {
    for (const TableDraft &table : tables_) {
      for (const FieldSchema &field : table.schema->fields) {
        if (field.kind != FieldKind::reference) continue;
        bool is_table = field.target >= 0 && static_cast<std::size_t>(field.target) < tables_.size();
        if (!is_table || key_fields(*tables_[static_cast<std::size_t>(field.target)].schema).size() != 1) {
          throw std::invalid_argument(
              fmt::format("reference {} of {} has no target with one key", field.name, table.schema->name));
        }
        is_target_[static_cast<std::size_t>(field.target)] = true;
      }
    }
  }

  /// The index of a table by its keys, whose own references are resolved first.
  const KeyIndex &index_of(std::size_t t) {
    if (indexes_[t]) return *indexes_[t];
    TableDraft &table = tables_[t];
    if (is_in_work_[t]) {
      throw std::invalid_argument(fmt::format("the key of {} refers to itself", table.schema->name));
    }
    is_in_work_[t] = true;
    std::vector<const DraftColumn *> columns;
    for (std::size_t f : key_fields(*table.schema)) {
      resolve_column(t, f);
      columns.push_back(&table.columns[f].column());
    }
    indexes_[t] = std::make_unique<KeyIndex>(std::move(columns), table.row_count());
    report_repeated(table, *indexes_[t]);
    return *indexes_[t];
  }

  void resolve_column(std::size_t t, std::size_t f) {
    TableDraft &table = tables_[t];
    ColumnReader &reader = table.columns[f];
    const FieldSchema &field = reader.field();
    if (field.kind != FieldKind::reference) return;
    auto target = static_cast<std::size_t>(field.target);
    index_of(target); // also where no row refers to it: a key that refers to itself must not go unseen
    DraftColumn &column = reader.column();
    std::vector<std::optional<std::uint32_t>> row_of_code;
    row_of_code.reserve(column.texts.size());
    for (const std::string &text : column.texts) row_of_code.push_back(find_row(target, text));

    TableState state = tables_[target].state;
    bool can_tell = state == TableState::complete || state == TableState::absent;
    ErrorLog log(kept_);
    std::optional<std::uint32_t> default_code = reader.default_code();
    if (can_tell && default_code && !row_of_code[*default_code]) {
      report_default(log, table, field);
    }
    for (std::size_t row = 0; row < column.values.size(); ++row) {
      if (!column.present[row]) continue;
      auto code = static_cast<std::uint32_t>(column.values[row]);
      if (row_of_code[code]) {
        column.values[row] = *row_of_code[code];
        continue;
      }
      if (can_tell && code != default_code) {
        report_no_row(log, table, row, f, column.texts[code]);
      }
      column.values[row] = 0;
      column.present[row] = false;
      if (field.is_key) table.state = TableState::incomplete;
    }
    table.logs.push_back(std::move(log));
    column.texts.clear();
    column.texts.shrink_to_fit();
    reader.forget_texts();
  }

  /// The row of table `t` whose key has the text `text`, read in the way of that key.
  std::optional<std::uint32_t> find_row(std::size_t t, std::string_view text) {
    const KeyIndex &index = index_of(t);
    std::size_t key = key_fields(*tables_[t].schema)[0];
    const ColumnReader &reader = tables_[t].columns[key];
    std::optional<Int128> value;
    if (reader.field().kind == FieldKind::reference) {
      value = find_row(static_cast<std::size_t>(reader.field().target), text);
    } else {
      value = reader.find(text);
    }
    return value ? index.find(*value) : std::nullopt;
  }

  std::string no_row_message(const FieldSchema &field) const {
    const TableDraft &target = tables_[static_cast<std::size_t>(field.target)];
    std::string message = fmt::format("no row of {} has this key", target.schema->name);
    if (target.state == TableState::absent) {
      message += fmt::format("; the table is empty, because there is no file {}", target.schema->file);
    }
    return message;
  }

  void report_no_row(ErrorLog &log, const TableDraft &table, std::size_t row, std::size_t f,
                     std::string_view text) const {
    const FieldSchema &field = table.schema->fields[f];
    ErrorCode code = has_blank_around(text) ? ErrorCode::blank_around_value : ErrorCode::no_such_row;
    log.report(code, table.schema->file, Place{table.lines[row], f, field.name, text}, [&] {
      return code == ErrorCode::no_such_row ? no_row_message(field) : describe_cell_fault(code, field, text);
    });
  }

  void report_default(ErrorLog &log, const TableDraft &table, const FieldSchema &field) const {
    log.report(ErrorCode::no_such_row, table.schema->file, Place{0, 0, field.name, *field.default_text},
               [&] { return no_row_message(field) + "; it is the policy's default for an empty cell"; });
  }

  void report_repeated(TableDraft &table, const KeyIndex &index) const {
    ErrorLog log(kept_);
    std::vector<std::size_t> keys = key_fields(*table.schema);
    std::string names;
    for (std::size_t f : keys) names += (f == keys[0] ? "" : " + ") + table.schema->fields[f].name;
    for (const RepeatedKey &repeated : index.repeated()) {
      std::string texts;
      if (log.keeps_more()) {
        for (std::size_t f : keys) {
          if (f != keys[0]) texts += " + ";
          texts += key_text(table.columns[f], repeated.row);
        }
      }
      log.report(ErrorCode::key_repeated, table.schema->file,
                 Place{table.lines[repeated.row], keys[0], names, texts}, [&] {
                   return fmt::format("the same key stands on line {}; each key may have one row only",
                                      table.lines[repeated.first]);
                 });
    }
    table.logs.push_back(std::move(log));
  }

  /// The key value of a row as text; a reference as the key of the row that it names.
  std::string key_text(const ColumnReader &reader, std::size_t row) const {
    const FieldSchema &field = reader.field();
    const DraftColumn &column = reader.column();
    Int128 value = value_at(column, row);
    auto index = static_cast<std::size_t>(value);
    switch (field.kind) {
    case FieldKind::text:
      return column.texts[index];
    case FieldKind::enumeration:
      return field.members[index][0];
    case FieldKind::boolean:
      return value == 1 ? "true" : "false";
    case FieldKind::decimal:
      return decimal_text(value, field.scale);
    case FieldKind::date:
      return calendar::day_text(static_cast<std::int64_t>(value));
    case FieldKind::month:
      return calendar::month_text(static_cast<std::int64_t>(value));
    case FieldKind::reference:
      break;
    }
    const TableDraft &target = tables_[static_cast<std::size_t>(field.target)];
    return key_text(target.columns[key_fields(*target.schema)[0]], index);
  }

  std::vector<TableDraft> &tables_;
  std::size_t kept_ = 0;
  std::vector<std::unique_ptr<KeyIndex>> indexes_;
  std::vector<bool> is_in_work_;
  std::vector<bool> is_target_;
};

} // namespace

void resolve_references(std::vector<TableDraft> &tables, std::size_t kept) {
  Resolution(tables, kept).run();
}

} // namespace steelyard::data
