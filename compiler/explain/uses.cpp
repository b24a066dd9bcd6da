// See uses.h.
#include "compiler/explain/uses.h"
#include "compiler/interpret/term_walk.h"
#include <algorithm>
#include <set>

namespace steelyard::explain {

using semantics::Aggregate;
using semantics::Alternative;
using semantics::FieldKind;
using semantics::FieldRef;

namespace {

/// Calls `visit` with every term of a definition that stands by itself.
template<class Visit> void each_term(const semantics::Definition &definition, Visit &&visit) {
  const auto one = [&](const semantics::TermPtr &term) {
    if (term) visit(*term);
  };
  const auto alternatives = [&](const std::vector<Alternative> &list) {
    for (const Alternative &alternative : list) {
      one(alternative.condition);
      one(alternative.value);
    }
  };
  if (const auto *formula = std::get_if<semantics::Formula>(&definition.body)) {
    alternatives(formula->excepts);
    alternatives(formula->lines);
  } else if (const auto *decide = std::get_if<semantics::Decide>(&definition.body)) {
    alternatives(decide->alternatives);
  } else if (const auto *deduct = std::get_if<semantics::Deduct>(&definition.body)) {
    one(deduct->from);
    for (const semantics::Deduct::Less &less : deduct->clauses) one(less.amount);
  } else if (const auto *allocate = std::get_if<semantics::Allocate>(&definition.body)) {
    one(allocate->whole);
    one(allocate->part);
    one(allocate->weight);
  }
}

/// The aggregates of a term over `scope`; those inside of others are counted row by row there, and left out.
void find_aggregates(const Term &term, int scope, std::vector<const Aggregate *> &out) {
  if (const auto *aggregate = std::get_if<Aggregate>(&term.node)) {
    if (aggregate->scope == scope && aggregate->operand) out.push_back(aggregate);
    return;
  }
  if (std::holds_alternative<semantics::Neighbour>(term.node)) return;
  interpret::each_part(term, [&](const Term &part) { find_aggregates(part, scope, out); });
}

/// The definitions of the inner row that an operand reads.
void read_by(const Term &operand, const semantics::Scope &scope, std::set<int> &out) {
  if (std::holds_alternative<Aggregate>(operand.node) ||
      std::holds_alternative<semantics::Neighbour>(operand.node))
    return;
  const auto *ref = std::get_if<FieldRef>(&operand.node);
  if (ref != nullptr && ref->up == 0 && ref->steps.empty() &&
      scope.fields[ref->field].kind == FieldKind::definition)
    out.insert(ref->field);
  interpret::each_part(operand, [&](const Term &part) { read_by(part, scope, out); });
}

bool counts(interpret::Run &run, const Aggregate &aggregate, const RowId &inner, const RowId &outer) {
  const interpret::Frame outside{outer.scope, outer.row, nullptr};
  const interpret::Frame inside{inner.scope, inner.row, &outside};
  const auto usable = [](const Value &value) {
    return !interpret::is_missing(value) && !interpret::is_failed(value);
  };
  const auto agrees = [&](const Aggregate::Match &match) {
    const Value left = run.evaluate_quietly(*match.inner, inside);
    const Value right = run.evaluate_quietly(*match.outer, outside);
    return usable(left) && usable(right) && std::is_eq(run.compare(left, right));
  };
  return std::all_of(aggregate.matches.begin(), aggregate.matches.end(), agrees) &&
         (!aggregate.where || interpret::is_true(run.evaluate_quietly(*aggregate.where, inside)));
}

bool is_zero(const Value &value) {
  const Exact *number = std::get_if<Exact>(&value);
  return number != nullptr && number->is_zero();
}

/// The side of a match that is missing at the inner row, so that it is counted nowhere; null where none is.
const Term *missing_key(interpret::Run &run, const Aggregate &aggregate, const RowId &inner) {
  const interpret::Frame nowhere{0, 0, nullptr};
  const interpret::Frame inside{inner.scope, inner.row, &nowhere};
  for (const Aggregate::Match &match : aggregate.matches)
    if (interpret::is_missing(run.evaluate_quietly(*match.inner, inside))) return match.inner.get();
  return nullptr;
}

} // namespace

std::vector<Use> uses_of(interpret::Run &run, const RowId &row) {
  const semantics::Program &program = run.program();
  const semantics::Scope &scope = program.scopes[row.scope];
  std::vector<Use> out;
  for (const semantics::Definition &definition : program.definitions) {
    std::vector<const Aggregate *> aggregates;
    each_term(definition, [&](const Term &term) { find_aggregates(term, row.scope, aggregates); });
    for (const Aggregate *aggregate : aggregates) {
      std::set<int> fields;
      read_by(*aggregate->operand, scope, fields);
      for (auto field = fields.begin(); field != fields.end();) {
        const Value value = run.value(row.scope, row.row, *field);
        field = interpret::is_missing(value) || interpret::is_failed(value) ? fields.erase(field) : ++field;
      }
      if (fields.empty()) continue;
      if (const Term *missing = missing_key(run, *aggregate, row)) {
        for (const int field : fields)
          if (const Value value = run.value(row.scope, row.row, field); !is_zero(value))
            out.push_back({field, {{definition.scope, -1}, definition.field}, missing});
        continue;
      }
      for (const int outer : run.ordered_rows(definition.scope)) {
        const RowId into{definition.scope, outer};
        if (!counts(run, *aggregate, row, into)) continue;
        for (const int field : fields) {
          const Use use{field, {into, definition.field}, nullptr};
          const auto same = [&](const Use &one) { return one.field == use.field && one.into == use.into; };
          if (std::none_of(out.begin(), out.end(), same)) out.push_back(use);
        }
      }
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const Use &a, const Use &b) { return a.field < b.field; });
  return out;
}

} // namespace steelyard::explain
