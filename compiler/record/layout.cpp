// See layout.h.
#include "compiler/record/layout.h"
#include "compiler/record/places.h"
#include "compiler/semantics/each_term.h"
#include "compiler/semantics/row_aggregates.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::record {

using semantics::Field;
using semantics::FieldKind;
using semantics::Program;
using semantics::TypeKind;

namespace {

std::string name_of(const Program &program, int scope) {
  return scope == 0 ? "overall" : program.scopes[scope].names.canonical();
}

log::ColumnInfo info_of(const Program &program, const Field &field, const char *role) {
  log::ColumnInfo out;
  out.name = field.names.canonical();
  out.role = role;
  switch (field.type.kind) {
  case TypeKind::boolean:
    out.kind = log::Kind::boolean;
    break;
  case TypeKind::text:
  case TypeKind::list:
    out.kind = log::Kind::text;
    break;
  case TypeKind::date:
    out.kind = log::Kind::date;
    break;
  case TypeKind::month:
    out.kind = log::Kind::month;
    break;
  case TypeKind::number:
    out.kind = log::Kind::decimal;
    out.scale = std::max(field.type.scale, 0);
    break;
  case TypeKind::member:
    out.kind = log::Kind::member;
    for (const semantics::Names &member : program.enums[field.type.domain].members)
      out.members.push_back(member.canonical());
    break;
  case TypeKind::row:
    out.kind = log::Kind::reference;
    out.target = name_of(program, field.type.domain);
    break;
  }
  return out;
}

/// An input as the dataset has it.
log::ColumnInfo input_info(const Program &program, const semantics::Scope &scope, const Field &field,
                           const char *role) {
  const data::FieldSchema &schema = program.schema.tables[scope.table].fields[field.column];
  log::ColumnInfo out;
  out.name = field.names.canonical();
  out.role = role;
  switch (schema.kind) {
  case data::FieldKind::boolean:
    out.kind = log::Kind::boolean;
    break;
  case data::FieldKind::text:
    out.kind = log::Kind::text;
    break;
  case data::FieldKind::decimal:
    out.kind = log::Kind::decimal;
    out.scale = schema.scale;
    break;
  case data::FieldKind::date:
    out.kind = log::Kind::date;
    break;
  case data::FieldKind::month:
    out.kind = log::Kind::month;
    break;
  case data::FieldKind::enumeration:
    out.kind = log::Kind::member;
    for (const data::MemberSpellings &member : schema.members) out.members.push_back(member.front());
    break;
  case data::FieldKind::reference:
    out.kind = log::Kind::reference;
    out.target = name_of(program, scope_of_table(program, schema.target));
    break;
  }
  return out;
}

/// Counts and sums, each named by its definition; the second one of it has a 2 behind the name.
void add_aggregates(Table &out, const Program &program) {
  const std::vector<semantics::RowAggregate> aggregates = semantics::row_aggregates(program);
  int before = -1, number = 1;
  for (std::size_t i = 0; i < aggregates.size(); ++i) {
    const semantics::RowAggregate &of = aggregates[i];
    const semantics::Definition &definition = program.definitions[of.definition];
    number = of.definition == before ? number + 1 : 1;
    before = of.definition;
    if (definition.scope != out.scope) continue;
    Column column;
    column.info.name = program.field_of(definition).names.canonical();
    if (number > 1) column.info.name += fmt::format(" {}", number);
    column.part = Part::count;
    column.info.role = "count";
    column.definition = of.definition;
    column.aggregate = static_cast<int>(i);
    out.columns.push_back(column);
    if (!of.sums) continue;
    column.part = Part::sum;
    column.info.role = "sum";
    column.info.scale = of.scale;
    out.columns.push_back(std::move(column));
  }
}

/// The scopes whose rows `first of` visits in the order of their file.
std::vector<bool> in_order_of_files(const Program &program) {
  std::vector<bool> out(program.scopes.size(), false);
  const auto look = [&](const semantics::Term &term) {
    const auto *aggregate = std::get_if<semantics::Aggregate>(&term.node);
    if (aggregate == nullptr || aggregate->op != syntax::AggregateOp::first) return;
    const auto &sources = program.scopes[aggregate->scope].sources;
    out[aggregate->scope] =
        std::all_of(sources.begin(), sources.end(), [](const auto &source) { return source.input; });
  };
  for (const semantics::Definition &definition : program.definitions) semantics::each_term(definition, look);
  for (const semantics::Check &check : program.checks) semantics::each_term(*check.condition, look);
  for (const semantics::Scope &scope : program.scopes)
    for (const semantics::RowSource &source : scope.sources)
      for (const semantics::TermPtr &key : source.keys) semantics::each_term(*key, look);
  return out;
}

Table table_of(const Program &program, int scope, bool unused, bool with_order, int form) {
  Table out;
  out.name = (unused ? "unused/" : "") + name_of(program, scope);
  out.scope = scope;
  out.unused = unused;
  const semantics::Scope &declared = program.scopes[scope];
  const auto add = [&](Part part, const char *role, int field) {
    const Field &of = declared.fields[field];
    const bool as_in_data = part == Part::input || unused;
    out.columns.push_back({as_in_data ? input_info(program, declared, of, role) : info_of(program, of, role),
                           part, field, of.definition});
  };
  for (int k = 0; k < declared.key_count; ++k) add(Part::key, "key", k);
  const bool has_inputs = declared.table >= 0;
  if (has_inputs && !unused && declared.key_count > 0)
    out.columns.push_back({{"", log::Kind::boolean, 0, {}, {}, "present"}, Part::present, -1, -1});
  if (has_inputs && !unused && with_order)
    out.columns.push_back({{"", log::Kind::decimal, 0, {}, {}, "order"}, Part::order, -1, -1});
  for (std::size_t f = 0; f < declared.fields.size(); ++f)
    if (declared.fields[f].kind == FieldKind::input) add(Part::input, "input", static_cast<int>(f));
  if (unused) return out;
  std::vector<int> results;
  for (std::size_t f = 0; f < declared.fields.size(); ++f)
    if (declared.fields[f].kind == FieldKind::definition) results.push_back(static_cast<int>(f));
  std::stable_sort(results.begin(), results.end(), [&](int a, int b) {
    return program.definitions[declared.fields[a].definition].order <
           program.definitions[declared.fields[b].definition].order;
  });
  for (const int field : results) {
    add(Part::result, "result", field);
    const int definition = declared.fields[field].definition;
    if (!has_choice(program.definitions[definition])) continue;
    Column choice;
    choice.info = {declared.fields[field].names.canonical(),
                   log::Kind::choice,
                   0,
                   choices_of(program.definitions[definition]),
                   {},
                   "choice"};
    choice.part = Part::choice;
    choice.definition = definition;
    out.columns.push_back(std::move(choice));
  }
  for (std::size_t i = 0; i < program.checks.size(); ++i) {
    if (program.checks[i].scope != scope || program.checks[i].required) continue;
    Column check;
    check.info = {program.checks[i].names.canonical(), log::Kind::boolean, 0, {}, {}, "check"};
    check.part = Part::check;
    check.check = static_cast<int>(i);
    out.columns.push_back(std::move(check));
  }
  if (form >= 2) add_aggregates(out, program);
  return out;
}

} // namespace

std::vector<std::string> choices_of(const semantics::Definition &definition) {
  std::vector<std::string> out;
  if (const auto *decide = std::get_if<semantics::Decide>(&definition.body)) {
    for (const semantics::Alternative &one : decide->alternatives)
      out.push_back(one.member < 0 ? "none" : one.names.canonical());
    return out;
  }
  const auto &formula = std::get<semantics::Formula>(definition.body);
  for (std::size_t i = 0; i < formula.lines.size(); ++i) out.push_back(fmt::format("line {}", i + 1));
  for (const semantics::Alternative &one : formula.excepts) out.push_back(one.names.canonical());
  return out;
}

std::string title_of(const log::ColumnInfo &column) {
  if (column.role == "present") return "input row";
  if (column.role == "order") return "place in the file";
  if (column.role == "check") return "check " + column.name;
  if (column.role == "choice" || column.role == "count" || column.role == "sum")
    return column.role + " of " + column.name;
  return column.name;
}

bool has_choice(const semantics::Definition &definition) {
  if (definition.let) return false;
  if (std::holds_alternative<semantics::Decide>(definition.body)) return true;
  const auto *formula = std::get_if<semantics::Formula>(&definition.body);
  return formula != nullptr && formula->lines.size() + formula->excepts.size() > 1;
}

std::vector<Table> layout_of(const Program &program, int form) {
  std::vector<Table> out;
  std::vector<bool> ordered(program.scopes.size(), false);
  if (form >= 3) ordered = in_order_of_files(program);
  for (std::size_t s = 0; s < program.scopes.size(); ++s)
    out.push_back(table_of(program, static_cast<int>(s), false, ordered[s], form));
  for (std::size_t s = 0; s < program.scopes.size(); ++s)
    if (program.scopes[s].table >= 0)
      out.push_back(table_of(program, static_cast<int>(s), true, false, form));
  return out;
}

} // namespace steelyard::record
