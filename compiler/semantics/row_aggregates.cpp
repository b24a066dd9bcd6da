// See row_aggregates.h.
#include "compiler/semantics/row_aggregates.h"
#include "compiler/semantics/each_term.h"
#include "compiler/semantics/reference_scopes.h"
#include <set>

namespace steelyard::semantics {

namespace {

bool sums(const Aggregate &aggregate) {
  using syntax::AggregateOp;
  const bool adds_up = aggregate.op == AggregateOp::sum || aggregate.op == AggregateOp::mean ||
                       aggregate.op == AggregateOp::share || aggregate.op == AggregateOp::cv;
  return adds_up && aggregate.operand && aggregate.operand->type.scale >= 0;
}

bool has_element(const Term &term) {
  bool found = false;
  each_term(term, [&](const Term &part) { found = found || std::holds_alternative<ElementRef>(part.node); });
  return found;
}

} // namespace

std::vector<RowAggregate> row_aggregates(const Program &program) {
  std::vector<RowAggregate> out;
  const std::vector<bool> reference = reference_scopes(program);
  for (std::size_t d = 0; d < program.definitions.size(); ++d) {
    std::set<const Term *> elsewhere;
    each_term(program.definitions[d], [&](const Term &term) {
      if (elsewhere.contains(&term)) return;
      if (const auto *list = std::get_if<ListTerm>(&term.node); list && list->list && list->body)
        each_term(*list->body, [&](const Term &part) {
          if (std::holds_alternative<Aggregate>(part.node) && has_element(part)) elsewhere.insert(&part);
        });
      const auto *aggregate = std::get_if<Aggregate>(&term.node);
      if (aggregate == nullptr && !std::holds_alternative<Neighbour>(term.node)) return;
      each_term(term, [&](const Term &part) { elsewhere.insert(&part); });
      if (aggregate == nullptr || reference[aggregate->scope]) return;
      const bool has_sum = sums(*aggregate);
      out.push_back({static_cast<int>(d), &term, has_sum, has_sum ? aggregate->operand->type.scale : 0});
    });
  }
  return out;
}

} // namespace steelyard::semantics
