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
  std::string seen = fact.seen;
  for (const std::string own : {"本行.", "this."})
    for (std::size_t at = seen.find(own); at != std::string::npos; at = seen.find(own))
      seen.erase(at, own.size());
  const std::size_t equals = seen.find(" = "); // "GZ1 = GZ1" tells nothing
  const bool same = equals != std::string::npos && seen.substr(0, equals) == seen.substr(equals + 3);
  if (!seen.empty() && !same && std::find(out.begin(), out.end(), seen) == out.end()) out.push_back(seen);
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

/// What a let says that a reader of the chain wants to know: the rule that was found and how the record
/// answers it, or which element of a list made it true. "" for others.
std::string finding_of(const Step &let, const semantics::Field &field, const Wording &say,
                       const TermText &text) {
  if (!let.formula || !let.formula->value) return {};
  const Evaluated *formula = &*let.formula;
  while (std::holds_alternative<semantics::Parenthesized>(formula->term->node))
    formula = formula->parts.data();
  std::vector<std::string> facts;
  std::string out = say.name(field.names);
  if (std::holds_alternative<semantics::Aggregate>(formula->term->node) && !formula->inner.empty()) {
    for (const Fact &fact : answers_of(formula->inner[0], text, say)) add_seen(fact, facts);
    out += " " + say.value(let.value, field.type);
  } else if (std::holds_alternative<semantics::ListTerm>(formula->term->node) &&
             interpret::is_true(*formula->value) && !formula->inner.empty()) {
    const Fact fact = fact_of(*formula, text, say);
    if (fact.parts.size() == 1) facts.push_back(fact.parts[0].condition);
    add_seen(fact, facts);
  } else {
    return {};
  }
  std::string seen;
  for (const std::string &fact : facts) seen += (seen.empty() ? "" : say.say(" 且 ", " and ")) + fact;
  return seen.empty() ? out : out + " (" + seen + ")";
}

/// The lets of the row that a step rests on, in the order in which they were derived.
void add_lets_of(const Step &step, const std::map<int, const Step *> &lets,
                 std::map<int, const Step *> &out) {
  each_term(step, [&](const Evaluated &term) {
    each_read(term, [&](const FieldOfRow &read) {
      const auto at = read.row == step.row ? lets.find(read.field) : lets.end();
      if (at == lets.end() || !out.emplace(at->second->number, at->second).second) return;
      add_lets_of(*at->second, lets, out);
    });
  });
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
  // What the row refers to comes first, computed or not.
  const auto place = [&](const Step *step) {
    const semantics::Definition &definition = program.definitions[step->definition];
    return std::pair(program.field_of(definition).type.kind != semantics::TypeKind::row, definition.order);
  };
  std::stable_sort(steps.begin(), steps.end(),
                   [&](const Step *a, const Step *b) { return place(a) < place(b); });
  std::vector<std::string> said;    // "病例类型 = 高倍率"
  std::map<int, const Step *> told; // lets, by number
  for (const Step *step : steps) {
    const semantics::Definition &definition = program.definitions[step->definition];
    const semantics::Field &field = program.field_of(definition);
    const std::map<int, const Step *> before = told;
    add_lets_of(*step, lets, told);
    for (const auto &[number, let] : told) {
      if (before.contains(number)) continue;
      const std::string finding =
          finding_of(*let, program.field_of(program.definitions[let->definition]), say, text);
      if (finding.empty()) continue;
      out += separator + finding;
      separator = ", ";
    }
    if (interpret::is_missing(step->value) || interpret::is_failed(step->value)) continue;
    each_term(*step, [&](const Evaluated &term) {
      each_node(term, [&](const Evaluated &node) {
        if (!node.changed) return;
        for (const Step &inner : *node.changed) {
          const std::string finding =
              finding_of(inner, program.field_of(program.definitions[inner.definition]), say, text);
          if (finding.empty()) continue;
          out += separator + finding;
          separator = ", ";
        }
      });
    });
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
