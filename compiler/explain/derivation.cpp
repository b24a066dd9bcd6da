// Walks through what was evaluated.
#include "compiler/explain/derivation.h"

namespace steelyard::explain {

void each_node(const Evaluated &evaluated, const std::function<void(const Evaluated &)> &visit) {
  if (!evaluated.value) return;
  visit(evaluated);
  for (const Evaluated &part : evaluated.parts) each_node(part, visit);
  for (const Evaluated &one : evaluated.inner) each_node(one, visit);
}

Evaluated::Evaluated() = default;
Evaluated::Evaluated(const Evaluated &) = default;
Evaluated::Evaluated(Evaluated &&) noexcept = default;
Evaluated &Evaluated::operator=(const Evaluated &) = default;
Evaluated &Evaluated::operator=(Evaluated &&) noexcept = default;
Evaluated::~Evaluated() = default;

void each_read(const Evaluated &evaluated, const std::function<void(const FieldOfRow &)> &visit) {
  each_node(evaluated, [&](const Evaluated &node) {
    for (const FieldOfRow &field : node.via) visit(field);
    if (node.read && node.read->field >= 0) visit(*node.read);
  });
}

void each_term(const Step &step, const std::function<void(const Evaluated &)> &visit) {
  for (const Tried &tried : step.tried)
    if (tried.condition) visit(*tried.condition);
  if (const auto *list = std::get_if<DeductionList>(&step.division)) {
    visit(list->from);
    for (const Deduction &deduction : list->deductions) {
      if (deduction.condition) visit(*deduction.condition);
      visit(deduction.amount);
    }
  } else if (const auto *share = std::get_if<Share>(&step.division)) {
    visit(share->whole);
    if (share->weight) visit(*share->weight);
  }
  if (step.formula) visit(*step.formula);
}

} // namespace steelyard::explain
