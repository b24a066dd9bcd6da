// See recorded.h.
#include "compiler/record/recorded.h"
#include "compiler/record/dataset_cells.h"
#include "compiler/record/facts.h"
#include "compiler/record/places.h"
#include "runtime/number/calendar.h"
#include <algorithm>
#include <fmt/core.h>
#include <stdexcept>

namespace steelyard::record {

std::variant<std::unique_ptr<Recorded>, std::string> Recorded::open(const std::filesystem::path &place) {
  auto file = log::RunFile::open(place);
  if (auto *error = std::get_if<std::string>(&file)) return std::move(*error);
  std::unique_ptr<Recorded> out(new Recorded(std::get<log::RunFile>(std::move(file))));
  try {
    if (auto error = out->load()) return fmt::format("{}: {}", place.string(), *error);
  } catch (const std::runtime_error &error) {
    return fmt::format("{}: {}", place.string(), error.what());
  }
  return out;
}

std::optional<std::string> Recorded::load() {
  facts_ = read_facts(file_.contents().facts);
  syntax::SourceFiles files;
  for (const log::Text &text : file_.contents().texts) files.push_back({text.name, file_.text(text)});
  policy_ = semantics::load_text(std::move(files), true);
  if (!policy_.program) {
    for (const syntax::Diagnostic &one : policy_.diagnostics)
      if (one.severity == syntax::Severity::error)
        return fmt::format("the recorded policy is not accepted by this version of the program:\n{}",
                           syntax::to_text(one, policy_.files));
    return "the recorded policy is not accepted by this version of the program";
  }
  tables_ = layout_of(*policy_.program, file_.contents().form);
  const std::vector<log::Table> &found = file_.contents().tables;
  if (found.size() != tables_.size()) return "the run holds other tables than its policy has";
  for (std::size_t t = 0; t < tables_.size(); ++t) {
    if (found[t].name != tables_[t].name || found[t].columns.size() != tables_[t].columns.size())
      return fmt::format("the table {} is not the one that the policy has", found[t].name);
    for (std::size_t c = 0; c < found[t].columns.size(); ++c)
      if (found[t].columns[c].name != tables_[t].columns[c].info.name ||
          found[t].columns[c].kind != tables_[t].columns[c].info.kind ||
          found[t].columns[c].role != tables_[t].columns[c].info.role)
        return fmt::format("the column {} of {} is not the one that the policy has", found[t].columns[c].name,
                           found[t].name);
  }
  return std::nullopt;
}

std::string Recorded::key_text(int table, std::uint64_t row) const {
  const log::Table &of = file_.contents().tables[static_cast<std::size_t>(table)];
  // Rows beyond those of the scope are its unused input rows.
  if (row >= of.rows) {
    const int unused = file_.find_table("unused/" + of.name);
    return unused < 0 ? std::string() : key_text(unused, row - of.rows);
  }
  const std::size_t chunk = file_.chunk_of(table, row);
  std::string out;
  for (std::size_t c = 0; c < of.columns.size() && of.columns[c].is_key(); ++c) {
    if (c > 0) out += ", ";
    out += cell_text(of.columns[c], file_.kept(table, chunk, c),
                     static_cast<std::size_t>(row - of.chunks[chunk].first_row));
  }
  return out;
}

std::string Recorded::row_name(int table, std::uint64_t row) const {
  const std::string key = key_text(table, row);
  const std::string &name = file_.contents().tables[static_cast<std::size_t>(table)].name;
  return key.empty() ? name : name + " " + key;
}

std::string Recorded::cell_text(const log::ColumnInfo &column, const log::Cells &cells,
                                std::size_t row) const {
  if (!cells.is_given(row)) return {};
  if (column.kind == log::Kind::text) return std::string(cells.texts[row]);
  const log::Int128 value = cells.values[row];
  switch (column.kind) {
  case log::Kind::boolean:
    return value != 0 ? "true" : "false";
  case log::Kind::decimal:
    return number::to_text(number::Decimal{number::Integer(value), column.scale});
  case log::Kind::date:
    return calendar::day_text(static_cast<std::int64_t>(value));
  case log::Kind::month:
    return calendar::month_text(static_cast<std::int64_t>(value));
  case log::Kind::member:
  case log::Kind::choice:
    return value >= 0 && value < static_cast<log::Int128>(column.members.size())
               ? column.members[static_cast<std::size_t>(value)]
               : fmt::format("{}", static_cast<std::int64_t>(value));
  case log::Kind::reference:
    return key_text(file_.find_table(column.target), static_cast<std::uint64_t>(value));
  case log::Kind::text:
    break;
  }
  return {};
}

namespace {

/// Builds the input tables: first which rows there are and in which order, then their cells.
class DatasetLoader {
public:
  DatasetLoader(const log::RunFile &file, const semantics::Program &program, const std::vector<Table> &tables)
      : file_(file), program_(program), tables_(tables), input_of_place_(program.scopes.size()),
        places_(program.scopes.size()), used_(program.scopes.size()) {}

  data::Dataset load() {
    data::Dataset out;
    out.tables.resize(program_.schema.tables.size());
    for (std::size_t t = 0; t < tables_.size(); ++t)
      if (!tables_[t].unused) number_rows(static_cast<int>(t));
    for (std::size_t t = 0; t < tables_.size(); ++t) {
      const int table = program_.scopes[tables_[t].scope].table;
      if (table < 0) continue;
      data::Table &into = out.tables[table];
      into.file_present = true;
      into.columns.resize(program_.schema.tables[table].fields.size());
      into.rows += tables_[t].unused ? rows(t) : used_[tables_[t].scope];
      for (std::size_t c = 0; c < tables_[t].columns.size(); ++c) {
        const Part part = tables_[t].columns[c].part;
        if (part == Part::key || part == Part::input) load_column(t, c, table, into);
      }
    }
    return out;
  }

private:
  std::uint64_t rows(std::size_t table) const { return file_.contents().tables[table].rows; }

  /// Which of the rows of a scope have an input row, and its number.
  void number_rows(int t) {
    const Table &table = tables_[t];
    if (program_.scopes[table.scope].table < 0) return;
    std::vector<std::uint64_t> &places = places_[table.scope];
    std::vector<log::Int128> order; // by place, where the table has it
    for (std::size_t k = 0; k < file_.contents().tables[t].chunks.size(); ++k) {
      const log::Chunk &chunk = file_.contents().tables[t].chunks[k];
      log::Cells present, ordered;
      for (std::size_t c = 0; c < table.columns.size(); ++c) {
        if (table.columns[c].part == Part::present) present = file_.read(t, k, c);
        if (table.columns[c].part == Part::order) ordered = file_.read(t, k, c);
      }
      for (std::uint32_t row = 0; row < chunk.rows; ++row) {
        if (!ordered.values.empty()) order.push_back(ordered.values[row]);
        if (present.values.empty() || present.values[row] != 0) places.push_back(chunk.first_row + row);
      }
    }
    if (!order.empty())
      std::stable_sort(places.begin(), places.end(),
                       [&](std::uint64_t a, std::uint64_t b) { return order[a] < order[b]; });
    std::vector<std::int64_t> &numbers = input_of_place_[table.scope];
    numbers.assign(rows(static_cast<std::size_t>(t)), -1);
    for (std::size_t i = 0; i < places.size(); ++i) numbers[places[i]] = static_cast<std::int64_t>(i);
    used_[table.scope] = places.size();
  }

  void load_column(std::size_t t, std::size_t c, int table, data::Table &into) {
    const Table &of = tables_[t];
    const semantics::Scope &scope = program_.scopes[of.scope];
    const semantics::Field &field = scope.fields[of.columns[c].field];
    const data::FieldSchema &schema = program_.schema.tables[table].fields[field.column];
    data::Column &column = into.columns[field.column];
    if (column.rows() == 0 && schema.kind == data::FieldKind::reference)
      column = data::Column::of_references();
    std::vector<log::Cells> chunks;
    for (std::size_t k = 0; k < file_.contents().tables[t].chunks.size(); ++k) {
      log::Cells cells = file_.read(static_cast<int>(t), k, c);
      const bool row_key =
          of.columns[c].part == Part::key && !of.unused && field.type.kind == semantics::TypeKind::row;
      if (row_key) cells = as_in_data(cells, field.type.domain);
      if (schema.kind == data::FieldKind::reference && !row_key)
        renumber(cells, scope_of_table(program_, schema.target));
      chunks.push_back(std::move(cells));
    }
    const auto append = [&](std::uint64_t place) {
      append_to(column, schema, chunks[place / log::rows_a_chunk], place % log::rows_a_chunk);
    };
    if (of.unused)
      for (std::uint64_t place = 0; place < rows(t); ++place) append(place);
    else
      for (const std::uint64_t place : places_[of.scope]) append(place);
  }

  /// References to places in a scope, as numbers of input rows.
  void renumber(log::Cells &cells, int scope) const {
    const std::vector<std::int64_t> &numbers = input_of_place_[scope];
    for (std::size_t row = 0; row < cells.values.size(); ++row) {
      if (!cells.is_given(row)) continue;
      const auto place = static_cast<std::uint64_t>(cells.values[row]);
      cells.values.set(row, place < numbers.size()
                                ? static_cast<log::Int128>(numbers[place])
                                : static_cast<log::Int128>(used_[scope] + (place - numbers.size())));
    }
  }

  /// A key that is a row, in the notation of the data: the row's number in its input table; where its scope
  /// has none, its own only key.
  log::Cells as_in_data(log::Cells cells, int scope) const {
    if (program_.scopes[scope].table >= 0) {
      renumber(cells, scope);
      return cells;
    }
    std::size_t t = 0;
    while (tables_[t].scope != scope || tables_[t].unused) ++t;
    std::vector<log::Cells> chunks;
    for (std::size_t k = 0; k < file_.contents().tables[t].chunks.size(); ++k)
      chunks.push_back(file_.read(static_cast<int>(t), k, 0));
    log::Cells out;
    for (std::size_t i = 0; i < cells.values.size(); ++i) {
      const auto row = static_cast<std::uint64_t>(cells.values[i]);
      const std::size_t k = file_.chunk_of(static_cast<int>(t), row);
      const auto at = static_cast<std::size_t>(row - file_.contents().tables[t].chunks[k].first_row);
      if (!chunks[k].texts.empty())
        out.texts.push_back(chunks[k].texts[at]);
      else
        out.values.push_back(chunks[k].values[at]);
    }
    kept_.insert(kept_.end(), chunks.begin(), chunks.end()); // what the texts look at
    const semantics::Type &key = program_.scopes[scope].fields[0].type;
    return key.kind == semantics::TypeKind::row ? as_in_data(std::move(out), key.domain) : out;
  }

  const log::RunFile &file_;
  const semantics::Program &program_;
  const std::vector<Table> &tables_;
  std::vector<std::vector<std::int64_t>> input_of_place_; ///< by scope, then place; -1: no input row
  std::vector<std::vector<std::uint64_t>> places_;        ///< by scope: those with input rows, in their order
  std::vector<std::uint64_t> used_;                       ///< by scope: input rows that are rows of the scope
  mutable std::vector<log::Cells> kept_;
};

} // namespace

data::Dataset Recorded::dataset() const {
  return DatasetLoader(file_, program(), tables_).load();
}

} // namespace steelyard::record
