// See term_shapes.h.
#include "compiler/semantics/term_shapes.h"

namespace steelyard::semantics {

const Term &bare(const Term &term) {
  const Term *at = &term;
  while (const auto *inside = std::get_if<Parenthesized>(&at->node)) at = inside->inner.get();
  return *at;
}

const Term *only_formula(const Definition &definition) {
  const auto *formula = std::get_if<Formula>(&definition.body);
  if (formula == nullptr || formula->lines.size() != 1 || !formula->excepts.empty() ||
      formula->lines[0].condition || !formula->lines[0].value)
    return nullptr;
  return &bare(*formula->lines[0].value);
}

const Term *table_of_rules(const Definition &definition) {
  const Term *term = only_formula(definition);
  const auto *aggregate = term != nullptr ? std::get_if<Aggregate>(&term->node) : nullptr;
  return aggregate != nullptr && aggregate->op == syntax::AggregateOp::first ? term : nullptr;
}

} // namespace steelyard::semantics
