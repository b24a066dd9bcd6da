// One step: which alternatives were tried, the formula that was taken, the rounding; deductions.
#include "compiler/explain/derive.h"
#include "compiler/semantics/term_shapes.h"
#include <algorithm>
#include <stdexcept>

namespace steelyard::explain {

using semantics::Aggregate;
using semantics::Alternative;
using semantics::Definition;

namespace {

Rounded rounded_to(const Definition &definition, const semantics::Type &type, const Exact &exact) {
  Rounded out;
  out.exact = exact;
  out.mode = definition.rounding;
  out.decimals = type.scale;
  out.result = Exact(number::round(exact, type.scale, definition.rounding));
  out.changed = !number::fits_scale(exact, type.scale);
  return out;
}

} // namespace

Step Deriver::make_step(int definition, const RowId &row) {
  const semantics::Program &program = run_.program();
  const Definition &declared = program.definitions[definition];
  const semantics::Field &field = program.field_of(declared);
  Step step;
  step.row = row;
  step.definition = definition;
  step.value = run_.value(row.scope, row.row, declared.field);
  const bool rounds =
      !declared.let && field.type.kind == semantics::TypeKind::number && field.type.scale >= 0;
  if (const auto *deductions = std::get_if<semantics::Deduct>(&declared.body)) {
    deduct(step, *deductions);
    if (const auto exact = run_.exact_before_rounding(definition, row.row); exact && rounds)
      step.rounded = rounded_to(declared, field.type, *exact);
    return step;
  }
  if (const auto *allocation = std::get_if<semantics::Allocate>(&declared.body)) {
    share(step, *allocation);
    if (step.formula && step.formula->value)
      if (const Exact *exact = std::get_if<Exact>(&*step.formula->value))
        step.rounded = rounded_to(declared, field.type, *exact);
    return step;
  }
  if (const auto *decide = std::get_if<semantics::Decide>(&declared.body)) {
    choose(step, *decide);
    return step;
  }
  choose(step, std::get<semantics::Formula>(declared.body));
  if (step.taken < 0 || !step.tried[step.taken].alternative->value) return step;
  const Term &formula = *step.tried[step.taken].alternative->value;
  const Term &bare = semantics::bare(formula);
  const auto *aggregate = std::get_if<Aggregate>(&bare.node);
  if (aggregate != nullptr && aggregate->op == syntax::AggregateOp::cv) {
    Rounded rounded = rounded_to(declared, field.type, Exact());
    step.formula = evaluate_cv(step, bare, rounded);
    if (rounded.root_of) step.rounded = rounded;
    return step;
  }
  step.formula = evaluate(formula, Frame{row.scope, row.row, nullptr});
  if (const Exact *exact = std::get_if<Exact>(&*step.formula->value); exact != nullptr && rounds)
    step.rounded = rounded_to(declared, field.type, *exact);
  return step;
}

/// The exact value is a root; its square is (n·Σx² - (Σx)²) / (Σx)². The node takes the rounded value.
Evaluated Deriver::evaluate_cv(const Step &step, const Term &term, Rounded &rounded) {
  Evaluated out = evaluate(term, Frame{step.row.scope, step.row.row, nullptr});
  if (!out.value) out.value = step.value;
  const Exact *result = std::get_if<Exact>(&step.value);
  if (result == nullptr || !out.aggregate) return out;
  const interpret::Statistics &over = out.aggregate->statistics;
  const Exact square_of_sum = over.sum * over.sum;
  rounded.root_of =
      ((Exact(static_cast<std::int64_t>(over.count)) * over.squares - square_of_sum) / square_of_sum)
          .reduced();
  rounded.exact = Exact(over.sum.sign());
  rounded.result = *result;
  rounded.changed = *result * *result != *rounded.root_of;
  return out;
}

void Deriver::choose(Step &step, const semantics::Formula &formula) {
  const Frame frame{step.row.scope, step.row.row, nullptr};
  std::vector<int> holding;
  bool failed = false;
  // Each is tried as the run tries it: exceptions strongest first, then the lines in order.
  for (const int candidate : formula.except_order) {
    const Alternative &except = formula.excepts[candidate];
    Tried tried;
    tried.alternative = &except;
    tried.index = static_cast<int>(formula.lines.size()) + candidate;
    tried.exception = true;
    for (const int strong : holding) {
      const std::vector<int> &weaker = formula.excepts[strong].overrides;
      if (std::find(weaker.begin(), weaker.end(), candidate) != weaker.end()) tried.beaten_by = strong;
    }
    if (tried.beaten_by >= 0) {
      tried.outcome = Outcome::beaten;
    } else if (!failed) {
      if (except.condition) tried.condition = evaluate(*except.condition, frame);
      const bool held = !except.condition || interpret::is_true(*tried.condition->value);
      failed = except.condition && interpret::is_failed(*tried.condition->value);
      tried.outcome = held ? Outcome::held : Outcome::not_held;
      if (held) holding.push_back(candidate);
    }
    step.tried.push_back(std::move(tried));
    if (holding.size() == 1 && step.tried.back().outcome == Outcome::held)
      step.taken = static_cast<int>(step.tried.size()) - 1;
  }
  if (failed || holding.size() > 1) {
    step.taken = -1;
    return;
  }
  for (std::size_t i = 0; i < formula.lines.size(); ++i) {
    const Alternative &line = formula.lines[i];
    Tried tried;
    tried.alternative = &line;
    tried.index = static_cast<int>(i);
    if (step.taken < 0 && !failed) {
      if (line.condition) tried.condition = evaluate(*line.condition, frame);
      const bool held = !line.condition || interpret::is_true(*tried.condition->value);
      failed = line.condition && interpret::is_failed(*tried.condition->value);
      tried.outcome = held ? Outcome::held : Outcome::not_held;
      if (held) step.taken = static_cast<int>(step.tried.size());
    }
    step.tried.push_back(std::move(tried));
  }
  const int choice = run_.choice(step.definition, step.row.row);
  if (choice >= 0 && (step.taken < 0 || step.tried[step.taken].index != choice))
    throw std::logic_error("the replay takes another alternative than the run");
}

void Deriver::choose(Step &step, const semantics::Decide &decide) {
  const Frame frame{step.row.scope, step.row.row, nullptr};
  bool failed = false;
  for (std::size_t i = 0; i < decide.alternatives.size(); ++i) {
    const Alternative &alternative = decide.alternatives[i];
    Tried tried;
    tried.alternative = &alternative;
    tried.index = static_cast<int>(i);
    if (step.taken < 0 && !failed) {
      if (alternative.condition) tried.condition = evaluate(*alternative.condition, frame);
      const bool held = !alternative.condition || interpret::is_true(*tried.condition->value);
      failed = alternative.condition && interpret::is_failed(*tried.condition->value);
      tried.outcome = held ? Outcome::held : Outcome::not_held;
      if (held) step.taken = static_cast<int>(i);
    }
    step.tried.push_back(std::move(tried));
  }
  const int choice = run_.choice(step.definition, step.row.row);
  if (choice >= 0 && step.taken != choice)
    throw std::logic_error("the replay takes another alternative than the run");
}

void Deriver::deduct(Step &step, const semantics::Deduct &body) {
  const Frame frame{step.row.scope, step.row.row, nullptr};
  DeductionList list;
  list.from = evaluate(*body.from, frame);
  for (const semantics::Deduct::Less &less : body.clauses) {
    Deduction deduction;
    deduction.less = &less;
    if (less.condition) {
      deduction.condition = evaluate(*less.condition, frame);
      deduction.applies = interpret::is_true(*deduction.condition->value);
    }
    deduction.amount = evaluate(*less.amount, frame);
    list.deductions.push_back(std::move(deduction));
  }
  step.division = std::move(list);
}

} // namespace steelyard::explain
