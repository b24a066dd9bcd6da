// See fired.h.
#include "compiler/record/fired.h"
#include "compiler/explain/derive.h"
#include "compiler/explain/facts.h"
#include "compiler/record/layout.h"
#include "compiler/semantics/each_term.h"
#include "compiler/semantics/term_shapes.h"
#include "runtime/data/result_folder.h"
#include "runtime/json/json.h"
#include <algorithm>
#include <set>

namespace steelyard::record {

using semantics::Term;

namespace {

std::vector<std::string> texts_of(const std::vector<syntax::ArticleRef> &articles) {
  std::vector<std::string> out;
  for (const syntax::ArticleRef &article : articles) {
    out.push_back(article.article);
    for (const std::string &clause : article.clauses) out.back() += " (" + clause + ")";
  }
  return out;
}

bool is_of_element(const Term &term) {
  bool out = false;
  semantics::each_term(
      term, [&](const Term &part) { out = out || std::holds_alternative<semantics::ElementRef>(part.node); });
  return out;
}

/// What a rule read in its own row or over a path; what an aggregate read in many rows is its own affair.
class Reads {
public:
  Reads(interpret::Run &run, const interpret::Frame &frame, Fired &out)
      : run_(run), frame_(frame), out_(out) {}

  void add(const semantics::TermPtr &term) {
    if (!term) return;
    inside_.clear();
    semantics::each_term(*term, [&](const Term &part) { look(part); });
  }

private:
  void look(const Term &term) {
    if (inside_.contains(&term)) return;
    const bool over_rows = std::holds_alternative<semantics::Aggregate>(term.node) ||
                           std::holds_alternative<semantics::Neighbour>(term.node);
    if (over_rows) semantics::each_term(term, [&](const Term &part) { inside_.insert(&part); });
    const bool read = over_rows || std::holds_alternative<semantics::FieldRef>(term.node) ||
                      std::holds_alternative<semantics::With>(term.node) ||
                      std::holds_alternative<semantics::ParameterRef>(term.node);
    // What depends on the element of a list has as many values as the list has elements.
    if (!read || is_of_element(term)) return;
    const std::string name = run_.term_text(term);
    const auto same = [&](const auto &input) { return input.first == name; };
    if (std::any_of(out_.inputs.begin(), out_.inputs.end(), same)) return;
    const auto *aggregate = std::get_if<semantics::Aggregate>(&term.node);
    // `cv` is a root, whose value exists only as that of the definition.
    const bool root = aggregate != nullptr && aggregate->op == syntax::AggregateOp::cv;
    out_.inputs.emplace_back(name, root ? out_.value
                                        : run_.value_text(run_.evaluate_quietly(term, frame_), term.type));
    // The keys of a path are no inputs of their own.
    semantics::each_term(term, [&](const Term &part) { inside_.insert(&part); });
  }

  interpret::Run &run_;
  const interpret::Frame &frame_;
  Fired &out_;
  std::set<const Term *> inside_;
};

/// The formula of a let that finds a row of a table of rules, or asks which elements of a list are in a set:
/// what decides there is no value of a field, and is told with the let. Null for others.
const Term *finding(const semantics::Definition &definition) {
  const Term *formula = definition.let ? semantics::only_formula(definition) : nullptr;
  if (formula == nullptr || semantics::table_of_rules(definition) != nullptr) return formula;
  const bool list = std::holds_alternative<semantics::ListTerm>(formula->node) &&
                    formula->type.kind == semantics::TypeKind::boolean;
  return list ? formula : nullptr;
}

void add_facts(const explain::Fact &fact, Fired &out) {
  const std::size_t equals = fact.seen.find(" = ");
  if (fact.seen == fact.condition && equals != std::string::npos) // "有CC = 是"
    out.inputs.emplace_back(fact.seen.substr(0, equals), fact.seen.substr(equals + 3));
  else if (!fact.seen.empty())
    out.inputs.emplace_back(fact.condition, fact.seen);
  for (const explain::Fact &part : fact.parts) add_facts(part, out);
}

/// Those of a let that found something; false where it found nothing.
bool tell(Fired &out, explain::Deriver &deriver, const Term &term, const interpret::Frame &frame,
          const explain::TermText &text) {
  const explain::Evaluated formula = deriver.evaluate(term, frame);
  out.alternative.clear();
  if (std::holds_alternative<semantics::Aggregate>(term.node)) {
    if (!formula.value || !std::holds_alternative<interpret::RowId>(*formula.value)) return false;
    out.alternative = out.value;
    for (const explain::Evaluated &where : formula.inner)
      for (const explain::Fact &fact : explain::answers_of(where, text, text.wording())) add_facts(fact, out);
    return true;
  }
  if (!formula.value || !interpret::is_true(*formula.value)) return false;
  add_facts(explain::fact_of(formula, text, text.wording()), out);
  return true;
}

} // namespace

void each_fired(interpret::Run &run, const interpret::RowId &row,
                const std::function<void(const Fired &)> &use) {
  const semantics::Program &program = run.program();
  const semantics::Scope &scope = program.scopes[row.scope];
  std::vector<int> definitions;
  for (const semantics::Field &field : scope.fields)
    if (field.kind == semantics::FieldKind::definition ||
        (field.kind == semantics::FieldKind::let &&
         finding(program.definitions[field.definition]) != nullptr))
      definitions.push_back(field.definition);
  explain::Deriver deriver(run);
  const explain::Wording say(run, explain::Language::zh);
  const explain::TermText text(run, say);
  std::stable_sort(definitions.begin(), definitions.end(),
                   [&](int a, int b) { return program.definitions[a].order < program.definitions[b].order; });
  const interpret::Frame frame{row.scope, row.row, nullptr};
  Fired fired;
  fired.scope = row.scope == 0 ? "overall" : scope.names.canonical();
  for (int k = 0; k < scope.key_count; ++k)
    fired.row +=
        (k == 0 ? "" : ", ") + run.value_text(run.rows(row.scope).keys[row.row][k], scope.fields[k].type);
  for (const int d : definitions) {
    const semantics::Definition &definition = program.definitions[d];
    const semantics::Field &field = program.field_of(definition);
    fired.rule = field.names.canonical();
    fired.label = field.names.chinese();
    fired.articles = texts_of(field.basis.articles);
    fired.alternative.clear();
    fired.inputs.clear();
    fired.value = run.value_text(run.value(row.scope, row.row, definition.field), field.type);
    if (const Term *term = definition.let ? finding(definition) : nullptr) {
      fired.layer = program.layer_of(field.span).names.canonical();
      if (tell(fired, deriver, *term, frame, text)) use(fired);
      continue;
    }
    Reads reads(run, frame, fired);
    const int choice = run.choice(d, row.row);
    const semantics::Alternative *taken = nullptr;
    if (const auto *decide = std::get_if<semantics::Decide>(&definition.body)) {
      if (choice >= 0) taken = &decide->alternatives[static_cast<std::size_t>(choice)];
    } else if (const auto *formula = std::get_if<semantics::Formula>(&definition.body)) {
      const auto lines = static_cast<int>(formula->lines.size());
      if (choice >= 0)
        taken = choice < lines ? &formula->lines[static_cast<std::size_t>(choice)]
                               : &formula->excepts[static_cast<std::size_t>(choice - lines)];
    } else if (const auto *deduct = std::get_if<semantics::Deduct>(&definition.body)) {
      reads.add(deduct->from);
      for (const semantics::Deduct::Less &less : deduct->clauses) {
        reads.add(less.condition);
        reads.add(less.amount);
      }
    } else if (const auto *allocate = std::get_if<semantics::Allocate>(&definition.body)) {
      reads.add(allocate->whole);
      reads.add(allocate->part);
      reads.add(allocate->weight);
    }
    if (taken != nullptr) {
      if (has_choice(definition))
        fired.alternative = choices_of(definition)[static_cast<std::size_t>(choice)];
      if (!taken->basis.articles.empty()) fired.articles = texts_of(taken->basis.articles);
      reads.add(taken->condition);
      reads.add(taken->value);
    }
    fired.layer = program.layer_of(taken != nullptr ? taken->span : field.span).names.canonical();
    use(fired);
  }
}

std::string to_json_line(const Fired &fired) {
  Json inputs = Json::object();
  for (const auto &[name, value] : fired.inputs) inputs[name] = value;
  const Json out = {{"scope", fired.scope},
                    {"row", fired.row},
                    {"rule", fired.rule},
                    {"label", fired.label},
                    {"articles", fired.articles},
                    {"layer", fired.layer},
                    {"alternative", fired.alternative},
                    {"inputs", std::move(inputs)},
                    {"value", fired.value}};
  return out.dump(-1, Json::BadUtf8::replace);
}

std::string csv_header() {
  return "scope,row,rule,label,articles,layer,alternative,inputs,value";
}

std::string to_csv_line(const Fired &fired) {
  std::string articles, inputs, out;
  for (const std::string &article : fired.articles) articles += (articles.empty() ? "" : "; ") + article;
  for (const auto &[name, value] : fired.inputs)
    inputs += (inputs.empty() ? "" : "; ") + name + " = " + value;
  const std::string *cells[] = {&fired.scope, &fired.row,         &fired.rule, &fired.label, &articles,
                                &fired.layer, &fired.alternative, &inputs,     &fired.value};
  for (const std::string *cell : cells) {
    if (cell != &fired.scope) out += ',';
    data::append_cell(out, *cell);
  }
  return out;
}

} // namespace steelyard::record
