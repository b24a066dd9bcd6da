// From the lines of a worked example to columns, as the reader of a dataset folder would make them.
#include "compiler/interpret/example_data.h"
#include "runtime/data/tables_folder.h"
#include <fmt/core.h>

namespace steelyard::interpret {

using semantics::Field;
using semantics::FieldKind;
using semantics::Program;
using semantics::Scope;
using semantics::Test;
using semantics::TypeKind;

namespace {

/// Tells constants of one type apart; not for readers.
std::string identity(const Constant &constant) {
  struct Write {
    std::string operator()(const Missing &) const { return "-"; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(const Exact &value) const { return number::to_text(value); }
    std::string operator()(const Member &value) const { return fmt::format("{}", value.index); }
    std::string operator()(const std::string &value) const { return value; }
    std::string operator()(const Day &value) const { return fmt::format("{}", value.days); }
    std::string operator()(const Month &value) const { return fmt::format("{}", value.months); }
  };
  return std::visit(Write{}, constant);
}

/// As the policy declares it, with the twin: an expected error may be written in either language.
std::string both_names(const semantics::Names &names) {
  return names.twin.empty() ? names.ident : fmt::format("{} ({})", names.ident, names.twin);
}

} // namespace

ExampleData::ExampleData(const Program &program, const Test &test, const data::Dataset *tables)
    : program_(program), tables_(tables) {
  dataset_.tables.resize(program.schema.tables.size());
  for (std::size_t i = 0; i < dataset_.tables.size(); ++i) {
    dataset_.tables[i].columns.resize(program.schema.tables[i].fields.size());
    dataset_.tables[i].file_present = true;
    if (tables == nullptr || !program.schema.tables[i].of_tables) continue;
    dataset_.tables[i].rows = tables->tables[i].rows;
    for (std::size_t c = 0; c < dataset_.tables[i].columns.size(); ++c)
      dataset_.tables[i].columns[c] = data::copy_of(tables->tables[i].columns[c]);
  }
  for (const semantics::TestRow &given : test.given) {
    if (given.scope == 0 && known_.empty()) row_of(0, {});
    const std::size_t row = row_of(given.scope, given.keys);
    for (const semantics::TestCell &cell : given.cells) {
      const Field &field = program.scopes[given.scope].fields[cell.field];
      const bool computed = field.kind == FieldKind::let || field.kind == FieldKind::definition;
      if (computed) rows_.rows[row].fixed.emplace_back(cell.field, cell.value);
      if (computed && field.type.kind == TypeKind::row && !std::holds_alternative<Missing>(cell.value) &&
          (program.scopes[field.type.domain].table < 0 || row_of_tables(field.type.domain, cell.value) < 0))
        row_of(field.type.domain, {cell.value});
      else if (field.kind == FieldKind::input)
        set_cell(given.scope, rows_.rows[row].input_row, cell.field, cell.value, cell.span);
    }
  }
  // An example may expect something of a row that it says nothing else about.
  for (const semantics::TestRow &expected : test.expected)
    if (program.scopes[expected.scope].entity) row_of(expected.scope, expected.keys);
}

std::size_t ExampleData::row_of(int scope, const std::vector<Constant> &keys) {
  std::string text;
  for (const Constant &key : keys) text += identity(key) + '\n';
  const auto found = known_.find({scope, text});
  if (found != known_.end()) return found->second;

  const Scope &declared = program_.scopes[scope];
  // The rows that the keys refer to come first.
  for (int k = 0; k < declared.key_count; ++k)
    if (declared.fields[k].type.kind == TypeKind::row) row_of(declared.fields[k].type.domain, {keys[k]});
  ExampleRow row;
  row.scope = scope;
  row.keys = keys;
  if (declared.table >= 0) {
    data::Table &table = dataset_.tables[declared.table];
    row.input_row = static_cast<int>(table.rows++);
    for (data::Column &column : table.columns) column.append_missing();
    for (int k = 0; k < declared.key_count; ++k) set_cell(scope, row.input_row, k, keys[k], declared.span);
  }
  const std::size_t index = rows_.rows.size();
  known_.emplace(std::pair(scope, text), index);
  rows_.rows.push_back(std::move(row));
  return index;
}

std::int64_t ExampleData::row_of_tables(int scope, const Constant &key) const {
  const Scope &declared = program_.scopes[scope];
  const auto *text = std::get_if<std::string>(&key);
  if (tables_ == nullptr || text == nullptr || !program_.schema.tables[declared.table].of_tables) return -1;
  const data::Table &table = tables_->tables[declared.table];
  const data::Column &column = table.columns[declared.fields[0].column];
  for (std::size_t row = 0; row < table.rows; ++row)
    if (column.dictionary[static_cast<std::size_t>(column.narrow(row))] == *text)
      return static_cast<std::int64_t>(row);
  return -1;
}

int ExampleData::scope_of_table(int table) const {
  for (std::size_t scope = 0; scope < program_.scopes.size(); ++scope)
    if (program_.scopes[scope].table == table) return static_cast<int>(scope);
  return -1;
}

void ExampleData::set_cell(int scope, int input_row, int field, const Constant &value, const Span &span) {
  const Scope &declared = program_.scopes[scope];
  const Field &of = declared.fields[field];
  if (std::holds_alternative<Missing>(value)) return;
  // The row that is referred to; it may be one of the table that is being filled.
  std::int64_t target = 0;
  const data::FieldSchema &schema = program_.schema.tables[declared.table].fields[of.column];
  const std::int64_t known =
      schema.kind == data::FieldKind::reference ? row_of_tables(scope_of_table(schema.target), value) : -1;
  if (of.type.kind == TypeKind::row && known < 0) row_of(of.type.domain, {value});
  if (known >= 0)
    target = known;
  else if (schema.kind == data::FieldKind::reference)
    target = rows_.rows[row_of(scope_of_table(schema.target), {value})].input_row;

  data::Column &column = dataset_.tables[declared.table].columns[of.column];
  const auto at = static_cast<std::size_t>(input_row);
  switch (schema.kind) {
  case data::FieldKind::reference:
    column.set(at, target);
    break;
  case data::FieldKind::boolean:
    column.set(at, std::get<bool>(value) ? 1 : 0);
    break;
  case data::FieldKind::enumeration:
    column.set(at, std::get<Member>(value).index);
    break;
  case data::FieldKind::date:
    column.set(at, std::get<Day>(value).days);
    break;
  case data::FieldKind::month:
    column.set(at, std::get<Month>(value).months);
    break;
  case data::FieldKind::text:
    column.set(at, static_cast<std::int64_t>(column.dictionary.size()));
    column.dictionary.add(std::get<std::string>(value));
    break;
  case data::FieldKind::decimal: {
    const Exact &exact = std::get<Exact>(value);
    check_range(scope, field, exact, span);
    column.set(
        at, static_cast<data::Int128>(number::round(exact, schema.scale, number::Rounding::half_up).units));
    break;
  }
  }
}

void ExampleData::check_range(int scope, int field, const Exact &value, const Span &span) {
  const Field &of = program_.scopes[scope].fields[field];
  const std::string name = program_.scopes[scope].names.ident + ": " + both_names(of.names);
  if (of.type.scale >= 0 && !number::fits_scale(value, of.type.scale))
    problems_.push_back({span, fmt::format("{} is {}, but its type has {} decimals", name,
                                           number::to_text(value), of.type.scale)});
  const semantics::Bounds &bounds = of.bounds;
  if (bounds.low && (value < *bounds.low || (bounds.low_exclusive && value == *bounds.low)))
    problems_.push_back(
        {span, fmt::format("{} is {}, but it must be {} {}", name, number::to_text(value),
                           bounds.low_exclusive ? "more than" : "at least", number::to_text(*bounds.low))});
  if (bounds.high && value > *bounds.high)
    problems_.push_back({span, fmt::format("{} is {}, but it must be at most {}", name,
                                           number::to_text(value), number::to_text(*bounds.high))});
}

} // namespace steelyard::interpret
