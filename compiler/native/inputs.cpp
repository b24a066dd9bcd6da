// Inputs of a scope as columns.
#include "compiler/native/execution.h"
#include "runtime/engine/parallel.h"
#include <algorithm>

namespace steelyard::native {

using interpret::Day;
using interpret::is_missing;
using interpret::Member;
using interpret::Missing;
using interpret::Month;
using interpret::RowId;
using interpret::Text;
using semantics::TypeKind;

/// As Run::cell_of_input of the interpreter: the value of a cell, a reference as its row.
Value Execution::cell_of_input(int scope, int field, int input_row) {
  const semantics::Field &of = program_.scopes[scope].fields[field];
  Value plain = plain_cell(scope, field, input_row);
  if (of.type.kind != TypeKind::row || is_missing(plain)) return plain;
  if (const RowId *row = std::get_if<RowId>(&plain); row != nullptr && row->scope == of.type.domain)
    return plain;
  return row_of_key(of.type.domain, plain);
}

/// The value of a cell in the notation of the data: of a reference to an entity without a file, the key.
Value Execution::plain_cell(int scope, int field, int input_row) {
  const semantics::Scope &declared = program_.scopes[scope];
  const semantics::Field &of = declared.fields[field];
  const data::Column &column = dataset_.tables[declared.table].columns[of.column];
  const data::FieldSchema &schema = program_.schema.tables[declared.table].fields[of.column];
  const auto at = static_cast<std::size_t>(input_row);
  if (!column.is_given(at)) {
    if (of.default_value) return constant(*of.default_value, of.type);
    return Missing{};
  }
  Value plain;
  switch (schema.kind) {
  case data::FieldKind::boolean:
    plain = column.narrow(at) != 0;
    break;
  case data::FieldKind::text:
    plain = Text{column.dictionary[static_cast<std::size_t>(column.narrow(at))]};
    break;
  case data::FieldKind::date:
    plain = Day{column.narrow(at)};
    break;
  case data::FieldKind::month:
    plain = Month{column.narrow(at)};
    break;
  case data::FieldKind::enumeration:
    plain = Member{static_cast<int>(column.narrow(at))};
    break;
  case data::FieldKind::decimal:
    plain = Exact(number::Decimal{number::Integer(column.get(at)), schema.scale});
    break;
  case data::FieldKind::reference: {
    int target = of.type.domain;
    while (program_.scopes[target].table < 0) target = program_.scopes[target].fields[0].type.domain;
    const Rows &there = scopes_[target];
    const auto row = static_cast<std::size_t>(column.narrow(at));
    const int found = there.as_input ? static_cast<int>(row) : there.row_of_input[row];
    if (found < 0) return Missing{};
    plain = RowId{target, found};
    break;
  }
  }
  return plain;
}

Value Execution::row_of_key(int scope, const Value &plain) {
  const semantics::Type &key_type = program_.scopes[scope].fields[0].type;
  const Value key = key_type.kind == TypeKind::row && !std::holds_alternative<RowId>(plain)
                        ? row_of_key(key_type.domain, plain)
                        : plain;
  KeyPart part{key_type, columns_[plan_.column_of(scope, 0)].texts};
  const std::int64_t code = code_of(key, part, false);
  const int row = code == no_code ? -1 : table_of(scope).find(&code);
  if (row < 0) return Missing{};
  return RowId{scope, row};
}

void Execution::put(engine::Column &column, std::size_t row, const Value &value,
                    const semantics::Type &type) {
  Int128 stored = 0;
  if (is_missing(value)) {
    column.set_missing(row);
    return;
  }
  if (const bool *truth = std::get_if<bool>(&value))
    stored = *truth ? 1 : 0;
  else if (const Member *member = std::get_if<Member>(&value))
    stored = member->index;
  else if (const Day *day = std::get_if<Day>(&value))
    stored = day->days;
  else if (const Month *month = std::get_if<Month>(&value))
    stored = month->months;
  else if (const RowId *target = std::get_if<RowId>(&value))
    stored = target->row;
  else if (const Exact *number = std::get_if<Exact>(&value)) {
    // A definition is rounded, an input read with its decimals: the value is a whole number of units.
    const number::Integer units = number::round(*number, type.scale, number::Rounding::half_up).units;
    if (units.bit_length() > 125) throw HandOver("a value beyond 128 bits");
    stored = static_cast<Int128>(units);
  } else {
    if (!column.texts) column.texts = std::make_shared<engine::Texts>();
    stored = column.texts->intern(std::get<Text>(value).text);
  }
  if (column.given() != nullptr) column.given()[row] = 1;
  if (column.set(row, stored)) return;
  column.widen();
  column.set(row, stored);
}

/// The keys that references hold, where the rows that they mean are still to be made.
void Execution::gather_stored_keys(int id) {
  const plan::Column &declared = plan_.columns[id];
  const semantics::Scope &scope = program_.scopes[declared.scope];
  const Rows &set = scopes_[declared.scope];
  engine::Column &out = columns_[id];
  out = engine::Column(engine::Storage::i64, set.rows, true);
  if (declared.type.kind == TypeKind::text) out.texts = std::make_shared<engine::Texts>();
  for (std::size_t row = 0; row < set.rows; ++row) {
    const int input_row = set.as_input             ? static_cast<int>(row)
                          : set.input_rows.empty() ? -1
                                                   : set.input_rows[row];
    Value value;
    if (input_row >= 0 && scope.table >= 0) value = plain_cell(declared.scope, declared.field, input_row);
    put(out, row, value, declared.type);
  }
}

void Execution::gather(int id) {
  const plan::Column &declared = plan_.columns[id];
  if (declared.role == plan::Role::stored_key) return gather_stored_keys(id);
  const semantics::Scope &scope = program_.scopes[declared.scope];
  const semantics::Field &field = scope.fields[declared.field];
  const Rows &set = scopes_[declared.scope];
  engine::Column &out = columns_[id];
  const data::Column *column =
      scope.table < 0 ? nullptr : &dataset_.tables[scope.table].columns[field.column];
  const data::FieldSchema *schema =
      scope.table < 0 ? nullptr : &program_.schema.tables[scope.table].fields[field.column];
  const bool direct = schema != nullptr && schema->kind == data::FieldKind::reference &&
                      field.type.kind == TypeKind::row && program_.scopes[field.type.domain].table >= 0;
  if (direct && set.as_input) {
    const Rows &target = scopes_[field.type.domain];
    if (target.as_input && column->holds_references()) {
      out = engine::Column::view(*column, set.rows);
      return;
    }
    out = engine::Column::of_rows(set.rows);
    auto *rows = static_cast<std::int32_t *>(out.values());
    engine::for_morsels(set.rows, threads_, [&](std::size_t begin, std::size_t end, int) {
      for (std::size_t row = begin; row < end; ++row) {
        if (!column->is_given(row)) continue;
        const auto at = static_cast<std::size_t>(column->narrow(row));
        rows[row] = target.as_input ? static_cast<std::int32_t>(at) : target.row_of_input[at];
      }
    });
    return;
  }
  if (set.as_input && field.type.kind != TypeKind::row &&
      (schema->kind != data::FieldKind::decimal || schema->scale == field.type.scale)) {
    out = engine::Column::view(*column, set.rows);
    if (schema->kind == data::FieldKind::text)
      out.texts = std::make_shared<engine::Texts>(column->dictionary);
    return;
  }
  const bool wide = column != nullptr && column->storage() == data::Storage::i128;
  out = field.type.kind == TypeKind::row
            ? engine::Column::of_rows(set.rows)
            : engine::Column(wide ? engine::Storage::i128 : engine::Storage::i64, set.rows, true);
  if (field.type.kind == TypeKind::text) out.texts = std::make_shared<engine::Texts>();
  for (std::size_t row = 0; row < set.rows; ++row) {
    const int input_row = set.as_input             ? static_cast<int>(row)
                          : set.input_rows.empty() ? -1
                                                   : set.input_rows[row];
    Value value;
    if (input_row >= 0 && scope.table >= 0)
      value = cell_of_input(declared.scope, declared.field, input_row);
    else if (field.default_value)
      value = constant(*field.default_value, field.type);
    put(out, row, value, field.type);
  }
}

} // namespace steelyard::native
