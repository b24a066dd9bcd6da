// All terms of a checked program, for walks over the whole policy.
#pragma once
#include "compiler/interpret/term_walk.h"
#include <variant>

namespace steelyard::fuzz {

/// Calls `visit(term)` for each outermost term of a definition.
template<class Visit> void each_root(const semantics::Definition &definition, Visit &&visit) {
  using namespace semantics;
  const auto one = [&](const TermPtr &term) {
    if (term) visit(*term);
  };
  if (const auto *formula = std::get_if<Formula>(&definition.body)) {
    for (const auto *list : {&formula->excepts, &formula->lines})
      for (const Alternative &alternative : *list) one(alternative.condition), one(alternative.value);
  } else if (const auto *decide = std::get_if<Decide>(&definition.body)) {
    for (const Alternative &alternative : decide->alternatives) one(alternative.condition);
  } else if (const auto *deduct = std::get_if<Deduct>(&definition.body)) {
    one(deduct->from);
    for (const Deduct::Less &less : deduct->clauses) one(less.amount), one(less.condition);
  } else if (const auto *allocate = std::get_if<Allocate>(&definition.body)) {
    one(allocate->whole), one(allocate->part), one(allocate->weight);
  }
}

/// Calls `visit(term)` for every term of the program and each of its parts.
template<class Visit> void each_term(const semantics::Program &program, Visit &&visit) {
  const auto deep = [&](const auto &self, const semantics::Term &term) -> void {
    visit(term);
    interpret::each_part(term, [&](const semantics::Term &part) { self(self, part); });
  };
  const auto root = [&](const semantics::Term &term) { deep(deep, term); };
  for (const semantics::Definition &definition : program.definitions) each_root(definition, root);
  for (const semantics::Check &check : program.checks) root(*check.condition);
  for (const semantics::Scope &scope : program.scopes)
    for (const semantics::RowSource &source : scope.sources)
      for (const semantics::TermPtr &key : source.keys) root(*key);
}

/// Cells hold several texts each.
inline bool has_lists(const semantics::Program &program) {
  for (const semantics::Scope &scope : program.scopes)
    for (const semantics::Field &field : scope.fields)
      if (field.type.kind == semantics::TypeKind::list) return true;
  return false;
}

} // namespace steelyard::fuzz
