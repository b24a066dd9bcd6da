// See given.h.
#include "compiler/record/given.h"
#include "compiler/semantics/each_term.h"
#include "compiler/semantics/reference_scopes.h"
#include "compiler/semantics/row_aggregates.h"
#include <algorithm>
#include <set>

namespace steelyard::record {

using semantics::Definition;
using semantics::FieldKind;
using semantics::FieldRef;
using semantics::Program;
using semantics::Term;

namespace {

/// To the aggregates of each definition those of the lets of its own scope that it uses.
void add_aggregates_of_lets(const Program &program,
                            const std::function<const semantics::Field *(const Term &)> &field_read,
                            std::vector<std::vector<int>> &aggregates) {
  std::vector<bool> done(program.definitions.size());
  const std::function<void(std::size_t)> complete = [&](std::size_t d) {
    if (done[d]) return;
    done[d] = true;
    std::set<int> all(aggregates[d].begin(), aggregates[d].end());
    semantics::each_term(program.definitions[d], [&](const Term &term) {
      const semantics::Field *field = field_read(term);
      if (field == nullptr || field->kind != FieldKind::let ||
          program.definitions[field->definition].scope != program.definitions[d].scope)
        return;
      complete(static_cast<std::size_t>(field->definition));
      all.insert(aggregates[field->definition].begin(), aggregates[field->definition].end());
    });
    aggregates[d].assign(all.begin(), all.end());
  };
  for (std::size_t d = 0; d < program.definitions.size(); ++d) complete(d);
}

} // namespace

Given given_of(const Program &program) {
  Given out;
  out.reference = semantics::reference_scopes(program);
  const auto is_over_rows = [&](const Term &term) {
    const auto *aggregate = std::get_if<semantics::Aggregate>(&term.node);
    if (aggregate != nullptr) return !out.reference[aggregate->scope];
    return std::holds_alternative<semantics::Neighbour>(term.node);
  };
  out.over_rows.assign(program.definitions.size(), false);
  out.aggregates.resize(program.definitions.size());
  const std::vector<semantics::RowAggregate> aggregates = semantics::row_aggregates(program);
  for (std::size_t i = 0; i < aggregates.size(); ++i)
    out.aggregates[aggregates[i].definition].push_back(static_cast<int>(i));
  out.scope_over_rows.assign(program.scopes.size(), false);
  for (std::size_t d = 0; d < program.definitions.size(); ++d) {
    const Definition &definition = program.definitions[d];
    bool over = std::holds_alternative<semantics::Allocate>(definition.body);
    semantics::each_term(definition, [&](const Term &term) { over = over || is_over_rows(term); });
    out.over_rows[d] = over;
  }
  const auto field_read = [&](const Term &term) -> const semantics::Field * {
    const auto *ref = std::get_if<FieldRef>(&term.node);
    if (ref == nullptr || ref->field < 0) return nullptr;
    return &program.scopes[ref->scope].fields[ref->field];
  };
  // Lets pass it on to what uses them.
  for (bool going = true; going;) {
    going = false;
    for (std::size_t d = 0; d < program.definitions.size(); ++d)
      semantics::each_term(program.definitions[d], [&](const Term &term) {
        const semantics::Field *field = field_read(term);
        if (out.over_rows[d] || field == nullptr || field->kind != FieldKind::let ||
            !out.over_rows[field->definition])
          return;
        if (program.definitions[field->definition].scope != program.definitions[d].scope) {
          out.reads_let_over_rows = true;
          return;
        }
        out.over_rows[d] = going = true;
      });
  }
  add_aggregates_of_lets(program, field_read, out.aggregates);
  for (std::size_t d = 0; d < program.definitions.size(); ++d)
    if (out.over_rows[d]) out.scope_over_rows[program.definitions[d].scope] = true;
  for (const semantics::Check &check : program.checks)
    semantics::each_term(*check.condition, [&](const Term &term) {
      const semantics::Field *field = field_read(term);
      if (is_over_rows(term) ||
          (field != nullptr && field->kind == FieldKind::let && out.over_rows[field->definition]))
        out.scope_over_rows[check.scope] = true;
    });
  return out;
}

} // namespace steelyard::record
