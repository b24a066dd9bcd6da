// See partial_run.h.
#include "compiler/record/partial_run.h"
#include "compiler/explain/row_spec.h"
#include "compiler/record/dataset_cells.h"
#include <algorithm>
#include <fmt/core.h>
#include <stdexcept>

namespace steelyard::record {

using interpret::Key;
using interpret::Value;
using semantics::Constant;
using semantics::TypeKind;

PartialRun::PartialRun(const semantics::Program &program, const std::vector<Table> &tables, RowStore &store,
                       const Given &given, interpret::RunOptions options)
    : program_(program), tables_(tables), store_(store), given_(given), options_(std::move(options)),
      aggregates_(semantics::row_aggregates(program)) {
  options_.observer = this;
  options_.example = &example_;
}

PartialRun::~PartialRun() = default;

int PartialRun::table_of(int scope, bool unused) const {
  for (std::size_t t = 0; t < tables_.size(); ++t)
    if (tables_[t].scope == scope && tables_[t].unused == unused) return static_cast<int>(t);
  throw std::logic_error("a scope without a table");
}

namespace {

/// The table that a reference names, and the row in it.
Place target_of(const std::vector<Table> &tables, const std::string &name, std::uint64_t row) {
  for (std::size_t t = 0; t < tables.size(); ++t)
    if (tables[t].name == name) return {static_cast<int>(t), row};
  throw std::runtime_error("a reference to a table that is not there: " + name);
}

} // namespace

void PartialRun::add(const Place &place) {
  const auto [at, is_new] = rows_.try_emplace(place);
  if (!is_new) return;
  at->second = store_.row(place);
  const std::vector<Column> &columns = tables_[place.table].columns;
  for (std::size_t c = 0; c < columns.size(); ++c)
    if (columns[c].info.kind == log::Kind::reference && at->second[c].is_given(0))
      add(target_of(tables_, columns[c].info.target, static_cast<std::uint64_t>(at->second[c].values[0])));
}

std::vector<Place> PartialRun::places() const {
  std::vector<Place> out;
  for (const auto &[place, cells] : rows_) out.push_back(place);
  return out;
}

std::optional<log::Cell> PartialRun::cell_of(const Value &value, const semantics::Type &type) {
  if (const auto *text = std::get_if<interpret::Text>(&value))
    return log::Cell{true, 0, std::string(text->text)};
  if (const bool *truth = std::get_if<bool>(&value)) return log::Cell{false, *truth ? 1 : 0, {}};
  if (const auto *member = std::get_if<interpret::Member>(&value)) return log::Cell{false, member->index, {}};
  if (const auto *day = std::get_if<interpret::Day>(&value)) return log::Cell{false, day->days, {}};
  if (const auto *month = std::get_if<interpret::Month>(&value)) return log::Cell{false, month->months, {}};
  if (const auto *exact = std::get_if<interpret::Exact>(&value)) {
    const int scale = std::max(type.scale, 0);
    if (!number::fits_scale(*exact, scale)) return std::nullopt;
    const number::Integer units = number::round(*exact, scale, number::Rounding::half_up).units;
    if (!units.fits_int128()) return std::nullopt;
    return log::Cell{false, static_cast<log::Int128>(units), {}};
  }
  if (const auto *row = std::get_if<interpret::RowId>(&value)) {
    const std::optional<Place> place = place_of(row->scope, run_->rows(row->scope).keys[row->row]);
    if (!place) return std::nullopt;
    return log::Cell{false, static_cast<log::Int128>(place->row), {}};
  }
  return std::nullopt;
}

std::optional<Place> PartialRun::place_of(int scope, const Key &key) {
  std::vector<log::Cell> cells;
  for (std::size_t k = 0; k < key.size(); ++k) {
    auto cell = cell_of(key[k], program_.scopes[scope].fields[k].type);
    if (!cell) return std::nullopt;
    cells.push_back(std::move(*cell));
  }
  const int table = table_of(scope, false);
  if (absent_.contains({table, cells})) return std::nullopt;
  const std::optional<std::uint64_t> row = store_.find(table, cells);
  if (row) return Place{table, *row};
  absent_.emplace(table, std::move(cells));
  return std::nullopt;
}

Place PartialRun::place_of(const interpret::RowId &row) {
  const std::optional<Place> place = place_of(row.scope, run_->rows(row.scope).keys[row.row]);
  if (!place) throw std::logic_error("a row that is not recorded");
  return *place;
}

interpret::RowId PartialRun::row_of(const Place &place) {
  const Table &table = tables_[place.table];
  std::vector<Constant> constants; // texts of the key look at them
  for (std::size_t c = 0; c < table.columns.size() && table.columns[c].part == Part::key; ++c)
    constants.push_back(constant_of(table.columns[c].info, rows_.at(place)[c]));
  Key key;
  for (std::size_t k = 0; k < constants.size(); ++k)
    key.push_back(run_->constant(constants[k], program_.scopes[table.scope].fields[k].type));
  return {table.scope, run_->find_row(table.scope, key).value()};
}

std::optional<std::string> PartialRun::disagreement(const interpret::RowId &row) {
  const Place place = place_of(row);
  const std::vector<log::Cells> &cells = rows_.at(place);
  const std::vector<Column> &columns = tables_[place.table].columns;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (columns[c].part != Part::result || given_.over_rows[columns[c].definition]) continue;
    const semantics::Type &type = program_.scopes[row.scope].fields[columns[c].field].type;
    const Value value = run_->value(row.scope, row.row, columns[c].field);
    bool same = interpret::is_missing(value) != cells[c].is_given(0);
    if (same && cells[c].is_given(0)) {
      const auto now = cell_of(value, type);
      same = now && (now->text ? now->characters == cells[c].texts[0] : now->value == cells[c].values[0]);
    }
    if (!same)
      return fmt::format("{} was recorded with another value than what is recorded with it gives, {}",
                         columns[c].info.name, run_->value_text(value, type));
  }
  return std::nullopt;
}

explain::DeriveOptions PartialRun::derive_options() {
  explain::DeriveOptions out;
  out.day = options_.day;
  for (const auto &[index, value] : options_.parameters) out.parameters_set.push_back(index);
  out.given = given_.over_rows;
  out.aggregates = [this](const interpret::RowId &row, int definition) {
    return aggregates(row, definition);
  };
  return out;
}

std::vector<explain::RecordedAggregate> PartialRun::aggregates(const interpret::RowId &row, int definition) {
  std::vector<explain::RecordedAggregate> out;
  const std::vector<int> &wanted = given_.aggregates[definition];
  if (wanted.empty()) return out;
  const Place place = place_of(row);
  const auto at = rows_.find(place);
  if (at == rows_.end()) return out; // it will be there in the next run
  const std::vector<log::Cells> &cells = at->second;
  const std::vector<Column> &columns = tables_[place.table].columns;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (std::find(wanted.begin(), wanted.end(), columns[c].aggregate) == wanted.end() ||
        !cells[c].is_given(0))
      continue;
    const number::Integer value(cells[c].values[0]);
    if (columns[c].part == Part::count)
      out.push_back({aggregates_[static_cast<std::size_t>(columns[c].aggregate)].term, value, {}});
    else if (!out.empty())
      out.back().sum = interpret::Exact(number::Decimal{value, columns[c].info.scale});
  }
  return out;
}

void PartialRun::on_lookup(int scope, const Key &key) {
  // The keys of rows are looked at while rows are being made; those rows are asked for again later.
  if (!run_ || building_) return;
  building_ = true;
  const std::optional<Place> place = place_of(scope, key);
  building_ = false;
  if (place && !rows_.contains(*place)) wanted_.insert(*place);
}

void PartialRun::on_scan(int scope) {
  // Of other scopes what was computed over their rows is taken as recorded, and not computed.
  if (!given_.reference[scope] || !scanned_.insert(scope).second) return;
  const int table = table_of(scope, false);
  for (std::uint64_t row = 0; row < store_.rows(table); ++row)
    if (!rows_.contains({table, row})) wanted_.insert({table, row});
}

/// Rows of a table whose order in its file matters in that order, others in the order of their keys.
std::vector<Place> PartialRun::in_order() const {
  std::vector<Place> out = places();
  const auto place_in_file = [&](const Place &place) -> log::Int128 {
    const std::vector<Column> &columns = tables_[place.table].columns;
    for (std::size_t c = 0; c < columns.size(); ++c)
      if (columns[c].part == Part::order) return rows_.at(place)[c].values[0];
    return 0;
  };
  std::stable_sort(out.begin(), out.end(), [&](const Place &a, const Place &b) {
    return a.table != b.table ? a.table < b.table : place_in_file(a) < place_in_file(b);
  });
  return out;
}

Constant PartialRun::constant_of(const log::ColumnInfo &info, const log::Cells &cells) {
  if (!cells.is_given(0)) return semantics::Missing{};
  switch (info.kind) {
  case log::Kind::text:
    return std::string(cells.texts[0]);
  case log::Kind::boolean:
    return cells.values[0] != 0;
  case log::Kind::decimal:
    return interpret::Exact(number::Decimal{number::Integer(cells.values[0]), info.scale});
  case log::Kind::date:
    return semantics::Day{static_cast<std::int64_t>(cells.values[0])};
  case log::Kind::month:
    return semantics::Month{static_cast<std::int64_t>(cells.values[0])};
  case log::Kind::member:
  case log::Kind::choice:
    return semantics::Member{static_cast<int>(cells.values[0])};
  case log::Kind::reference: {
    const Place target = target_of(tables_, info.target, static_cast<std::uint64_t>(cells.values[0]));
    return constant_of(tables_[target.table].columns[0].info, rows_.at(target)[0]);
  }
  }
  return semantics::Missing{};
}

/// The dataset and the rows of the run, from `rows_`.
void PartialRun::build() {
  run_.reset();
  dataset_ = {};
  example_ = {};
  dataset_.tables.resize(program_.schema.tables.size());
  for (std::size_t t = 0; t < dataset_.tables.size(); ++t) {
    dataset_.tables[t].file_present = true;
    for (const data::FieldSchema &field : program_.schema.tables[t].fields)
      dataset_.tables[t].columns.push_back(
          field.kind == data::FieldKind::reference ? data::Column::of_references() : data::Column());
  }
  std::map<Place, int> input_rows;
  const std::vector<Place> order = in_order();
  for (const Place &place : order) {
    const std::vector<log::Cells> &cells = rows_.at(place);
    const Table &table = tables_[place.table];
    interpret::ExampleRow row;
    row.scope = table.scope;
    bool present = program_.scopes[table.scope].table >= 0;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      const Column &column = table.columns[c];
      if (column.part == Part::key) row.keys.push_back(constant_of(column.info, cells[c]));
      if (column.part == Part::present) present = cells[c].values[0] != 0;
      if (column.part == Part::result && given_.over_rows[column.definition])
        row.fixed.emplace_back(column.field, constant_of(column.info, cells[c]));
    }
    if (present) {
      data::Table &into = dataset_.tables[program_.scopes[table.scope].table];
      row.input_row = static_cast<int>(into.rows++);
      input_rows[place] = row.input_row;
    }
    if (!table.unused) example_.rows.push_back(std::move(row));
  }
  for (const Place &place : order) {
    const auto at = input_rows.find(place);
    if (at == input_rows.end()) continue;
    const std::vector<log::Cells> &cells = rows_.at(place);
    const Table &table = tables_[place.table];
    const semantics::Scope &scope = program_.scopes[table.scope];
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      const Column &column = table.columns[c];
      if (column.part != Part::key && column.part != Part::input) continue;
      const int index = scope.fields[column.field].column;
      const data::FieldSchema &schema = program_.schema.tables[scope.table].fields[index];
      // A reference is the number of its row in the partial table; a key that is a row of a scope without a
      // file stands in the data as that row's own key.
      const log::ColumnInfo *info = &column.info;
      const log::Cells *cell = &cells[c];
      Place target = place;
      while (info->kind == log::Kind::reference && cell->is_given(0)) {
        target = target_of(tables_, info->target, static_cast<std::uint64_t>(cell->values[0]));
        if (program_.scopes[tables_[target.table].scope].table >= 0) break;
        info = &tables_[target.table].columns[0].info;
        cell = &rows_.at(target)[0];
      }
      log::Cells one = *cell;
      if (info->kind == log::Kind::reference && one.is_given(0)) one.values.set(0, input_rows.at(target));
      if (scope.fields[column.field].type.kind == TypeKind::list && !one.is_given(0)) {
        one.clear();
        one.texts.push_back({}); // a list without an element, not one that is not told
      }
      append_to(dataset_.tables[scope.table].columns[index], schema, one, 0);
    }
  }
  run_ = std::make_unique<interpret::Run>(program_, dataset_, options_);
}

void PartialRun::settle(const std::function<void(interpret::Run &)> &use) {
  for (;;) {
    wanted_.clear();
    build();
    use(*run_);
    if (wanted_.empty()) return;
    for (const Place &place : wanted_) add(place);
  }
}

std::variant<Place, std::string> find_place(const semantics::Program &program,
                                            const std::vector<Table> &tables, RowStore &store,
                                            const std::string &text) {
  const Given given = given_of(program);
  PartialRun partial(program, tables, store, given, {});
  std::variant<interpret::RowId, std::string> row;
  partial.settle([&](interpret::Run &run) { row = explain::find_row(run, text, true); });
  if (auto *message = std::get_if<std::string>(&row)) return std::move(*message);
  return partial.place_of(std::get<interpret::RowId>(row));
}

} // namespace steelyard::record
