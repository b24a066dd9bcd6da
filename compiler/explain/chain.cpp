// See chain.h.
#include "compiler/explain/chain.h"
#include "compiler/explain/facts.h"
#include <algorithm>
#include <fmt/core.h>
#include <map>

namespace steelyard::explain {

namespace {

/// What was seen in a condition and all its parts that were looked at, each once.
void add_seen(const Fact &fact, std::vector<std::string> &out) {
  if (!fact.seen.empty() && std::find(out.begin(), out.end(), fact.seen) == out.end())
    out.push_back(fact.seen);
  for (const Fact &part : fact.parts) add_seen(part, out);
}

/// The articles of the alternative that was taken, and where it has none those of the definition; then what
/// decided, but for what the chain has said before.
std::string reason_of(const Step &step, const semantics::Field &field, const Wording &say,
                      const TermText &text, const std::vector<std::string> &said) {
  std::string out = say.articles(field.basis);
  const Tried *taken = step.taken >= 0 ? &step.tried[static_cast<std::size_t>(step.taken)] : nullptr;
  if (taken == nullptr) return out;
  if (!taken->alternative->basis.articles.empty()) out = say.articles(taken->alternative->basis);
  if (!taken->condition) return out;
  std::vector<std::string> facts;
  add_seen(fact_of(*taken->condition, text, say), facts);
  std::string seen;
  for (const std::string &fact : facts)
    if (std::find(said.begin(), said.end(), fact) == said.end())
      seen += (seen.empty() ? "" : say.say(" 且 ", " and ")) + fact;
  return out + (out.empty() || seen.empty() ? "" : ": ") + seen;
}

/// The numbers of a step's formula; of a formula that is but a let of the row, those of the let.
std::string numbers_of(const Step &step, const std::map<int, const Step *> &lets, const TermText &text) {
  const Evaluated *formula = &*step.formula;
  for (;;) {
    while (const auto *unary = std::get_if<semantics::Unary>(&formula->term->node)) {
      if (unary->op != syntax::UnaryOp::required) break;
      formula = formula->parts.data();
    }
    const auto let =
        formula->read && formula->read->row == step.row ? lets.find(formula->read->field) : lets.end();
    if (let == lets.end() || !let->second->formula) break;
    formula = &*let->second->formula;
  }
  const bool constant = std::holds_alternative<semantics::Constant>(formula->term->node);
  return constant ? std::string() : text.numbers(*formula);
}

} // namespace

std::string chain(interpret::Run &run, const Derivation &derivation, Language language) {
  const semantics::Program &program = run.program();
  const Wording say(run, language);
  const TermText text(run, say);
  const semantics::Scope &scope = program.scopes[derivation.row.scope];
  std::string out = say.row(derivation.row) + ": ";
  std::string separator;
  for (std::size_t f = static_cast<std::size_t>(scope.key_count); f < scope.fields.size(); ++f) {
    const semantics::Field &field = scope.fields[f];
    if (field.kind != semantics::FieldKind::input || field.type.kind != semantics::TypeKind::row) continue;
    const Value value = run.value(derivation.row.scope, derivation.row.row, static_cast<int>(f));
    if (interpret::is_missing(value)) continue;
    out += separator + say.name(field.names) + " " + say.value(value, field.type);
    separator = ", ";
  }
  std::vector<const Step *> steps;
  std::map<int, const Step *> lets; // by field
  for (const Section &section : derivation.sections)
    for (const Step &step : section.steps) {
      if (!(section.row == derivation.row)) continue;
      if (program.definitions[step.definition].let)
        lets[program.definitions[step.definition].field] = &step;
      else
        steps.push_back(&step);
    }
  std::stable_sort(steps.begin(), steps.end(), [&](const Step *a, const Step *b) {
    return program.definitions[a->definition].order < program.definitions[b->definition].order;
  });
  std::vector<std::string> said; // "病例类型 = 高倍率"
  for (const Step *step : steps) {
    const semantics::Definition &definition = program.definitions[step->definition];
    const semantics::Field &field = program.field_of(definition);
    if (interpret::is_missing(step->value) || interpret::is_failed(step->value)) continue;
    const std::string value = say.value(step->value, field.type);
    const bool decided = std::holds_alternative<semantics::Decide>(definition.body);
    std::string one = decided ? value : say.name(field.names) + " " + value;
    if (step->formula && field.type.kind == semantics::TypeKind::number) {
      const std::string numbers = numbers_of(*step, lets, text);
      if (!numbers.empty() && numbers != value) one += " = " + numbers;
    }
    const std::string reason = reason_of(*step, field, say, text, said);
    if (!reason.empty()) one += " (" + reason + ")";
    if (decided) said.push_back(say.name(field.names) + " = " + value);
    out += separator + one;
    separator = ", ";
  }
  return separator.empty() ? "" : out;
}

} // namespace steelyard::explain
