// See why_not.h.
#include "compiler/explain/why_not.h"
#include "compiler/explain/json_expression.h"
#include "compiler/interpret/outer_reach.h"
#include "compiler/semantics/each_term.h"
#include "compiler/semantics/term_shapes.h"
#include "runtime/json/json.h"
#include <algorithm>
#include <fmt/core.h>
#include <set>

namespace steelyard::explain {

using semantics::Aggregate;
using semantics::Alternative;
using semantics::bare;
using semantics::FieldRef;
using semantics::table_of_rules;

namespace {

class Search {
public:
  Search(interpret::Run &run, Deriver &deriver, const RowId &row) : run_(run), deriver_(deriver), row_(row) {}

  std::vector<WayNotTaken> operator()(const std::string &value) {
    const semantics::Program &program = run_.program();
    for (std::size_t d = 0; d < program.definitions.size(); ++d) {
      const semantics::Definition &definition = program.definitions[d];
      if (definition.scope != row_.scope) continue;
      if (const Term *table = table_of_rules(definition)) {
        const int scope = std::get<Aggregate>(table->node).scope;
        for (const int rule : run_.ordered_rows(scope))
          if (names(scope, rule, value)) add(static_cast<int>(d), *table, {scope, rule});
      } else if (const auto *decide = std::get_if<semantics::Decide>(&definition.body)) {
        for (const Alternative &one : decide->alternatives)
          if (one.member >= 0 && (one.names.is(value) || one.names.chinese() == value))
            add(static_cast<int>(d), *decide, one);
      }
    }
    return std::move(out_);
  }

private:
  /// Whether a key or a text of the row is this.
  bool names(int scope, int row, const std::string &value) {
    const semantics::Scope &declared = run_.program().scopes[scope];
    for (std::size_t f = 0; f < declared.fields.size(); ++f) {
      const semantics::Field &field = declared.fields[f];
      const bool read = field.kind == semantics::FieldKind::input || field.kind == semantics::FieldKind::key;
      const bool text =
          field.type.kind == semantics::TypeKind::text || field.type.kind == semantics::TypeKind::row;
      if (!read || !text) continue;
      const Value have = run_.value(scope, row, static_cast<int>(f));
      if (!interpret::is_missing(have) && run_.value_text(have, field.type) == value) return true;
    }
    return false;
  }

  /// Whether the cells of a row alone say that it is none of the table's rules.
  bool excluded(const Term &where, const interpret::Frame &at) {
    const Term &term = bare(where);
    if (const auto *binary = std::get_if<semantics::Binary>(&term.node);
        binary != nullptr && binary->op == syntax::BinaryOp::logical_and)
      return excluded(*binary->left, at) || excluded(*binary->right, at);
    return interpret::outer_reach(term) == 0 && !interpret::is_true(run_.evaluate_quietly(term, at));
  }

  /// A row of a table; before it the rows of other tables that it asks to have been found.
  void add(int definition, const Term &table, const RowId &rule) {
    const interpret::Frame outer{row_.scope, row_.row, nullptr};
    const auto &node = std::get<Aggregate>(table.node);
    if (node.where && excluded(*node.where, {rule.scope, rule.row, &outer})) return;
    if (!seen_.emplace(definition, rule.row).second) return;
    if (node.where) add_found_before(*node.where, {rule.scope, rule.row, &outer});
    WayNotTaken way;
    way.definition = definition;
    way.rule = rule;
    way.holds = true;
    if (node.where) {
      way.condition = deriver_.evaluate_all(*node.where, {rule.scope, rule.row, &outer});
      way.holds = interpret::is_true(run_.evaluate_quietly(*node.where, {rule.scope, rule.row, &outer}));
    }
    const Value found = run_.value(row_.scope, row_.row, run_.program().definitions[definition].field);
    if (const auto *at = std::get_if<RowId>(&found)) way.rule_taken = *at;
    way.taken = way.rule_taken == rule;
    out_.push_back(std::move(way));
  }

  void add(int definition, const semantics::Decide &decide, const Alternative &one) {
    const interpret::Frame frame{row_.scope, row_.row, nullptr};
    WayNotTaken way;
    way.definition = definition;
    way.alternative = &one;
    way.holds = !one.condition || interpret::is_true(run_.evaluate_quietly(*one.condition, frame));
    if (one.condition) way.condition = deriver_.evaluate_all(*one.condition, frame);
    run_.value(row_.scope, row_.row, run_.program().definitions[definition].field);
    const int choice = run_.choice(definition, row_.row);
    if (choice >= 0) way.alternative_taken = &decide.alternatives[static_cast<std::size_t>(choice)];
    way.taken = way.alternative_taken == &one;
    out_.push_back(std::move(way));
  }

  /// Of `entry = this.decisive.entry`: the rows of the table behind `decisive` with this entry.
  void add_found_before(const Term &where, const interpret::Frame &at) {
    std::set<const Term *> elsewhere; // at the rows of an aggregate
    semantics::each_term(where, [&](const Term &term) {
      if (std::holds_alternative<Aggregate>(term.node))
        semantics::each_term(term, [&](const Term &part) { elsewhere.insert(&part); });
      if (elsewhere.contains(&term)) return;
      const auto *binary = std::get_if<semantics::Binary>(&term.node);
      if (binary == nullptr || binary->op != syntax::BinaryOp::equal) return;
      for (const auto &[own, other] : {std::pair(binary->left.get(), binary->right.get()),
                                       std::pair(binary->right.get(), binary->left.get())}) {
        const auto *ref = std::get_if<FieldRef>(&bare(*other).node);
        if (ref == nullptr || ref->up != 1 || ref->steps.size() != 1 || ref->steps[0].field < 0 ||
            ref->field < 0 || interpret::outer_reach(*own) != 0 || ref->steps[0].from != row_.scope)
          continue;
        const semantics::Field &field = run_.program().scopes[row_.scope].fields[ref->steps[0].field];
        if (field.definition < 0) continue;
        const Term *table = table_of_rules(run_.program().definitions[field.definition]);
        if (table == nullptr) continue;
        const Value wanted = run_.evaluate_quietly(*own, at);
        const int scope = std::get<Aggregate>(table->node).scope;
        if (interpret::is_missing(wanted) || interpret::is_failed(wanted)) continue;
        for (const int rule : run_.ordered_rows(scope)) {
          const Value have = run_.value(scope, rule, ref->field);
          if (!interpret::is_missing(have) && std::is_eq(run_.compare(have, wanted)))
            add(field.definition, *table, {scope, rule});
        }
      }
    });
  }

  interpret::Run &run_;
  Deriver &deriver_;
  RowId row_;
  std::set<std::pair<int, int>> seen_;
  std::vector<WayNotTaken> out_;
};

/// The facts of a way, and of the lets of the row behind those that do not hold, as far as they go.
class Ways {
public:
  Ways(interpret::Run &run, const WhyNot &why, Language language)
      : run_(run), why_(why), say_(run, language), text_(run, say_), deriver_(run) {}

  const Wording &say() const { return say_; }

  std::vector<Fact> answers(const WayNotTaken &way) {
    if (!way.condition) return {};
    std::vector<Fact> out;
    if (way.rule) {
      out = answers_of(*way.condition, text_, say_);
    } else {
      Fact fact = fact_of(*way.condition, text_, say_);
      if (fact.parts.empty() || fact.mark == Fact::Mark::held)
        out.push_back(std::move(fact));
      else
        out = std::move(fact.parts);
    }
    add_lets(*way.condition, out);
    return out;
  }

  std::string subject(const WayNotTaken &way) const {
    if (way.rule) return say_.row(*way.rule);
    return field(way).names.ident.empty()
               ? ""
               : say_.name(field(way).names) + " " + say_.name(way.alternative->names);
  }
  std::string instead(const WayNotTaken &way) const {
    if (way.rule_taken) return say_.row(*way.rule_taken);
    return way.alternative_taken != nullptr ? say_.name(way.alternative_taken->names) : std::string();
  }
  const semantics::Field &field(const WayNotTaken &way) const {
    return run_.program().field_of(run_.program().definitions[way.definition]);
  }
  std::string articles(const WayNotTaken &way) const {
    const semantics::Basis &basis = field(way).basis;
    return say_.articles(way.alternative != nullptr && !way.alternative->basis.articles.empty()
                             ? way.alternative->basis
                             : basis);
  }

private:
  /// Behind a truth value of the row that decided: the facts of its own formula.
  void add_lets(const Evaluated &condition, std::vector<Fact> &facts) {
    std::vector<int> fields;
    each_read(condition, [&](const FieldOfRow &read) {
      const semantics::Field &field = run_.program().scopes[read.row.scope].fields[read.field];
      const bool computed =
          field.kind == semantics::FieldKind::let || field.kind == semantics::FieldKind::definition;
      if (read.row == why_.row && computed && field.type.kind == semantics::TypeKind::boolean &&
          std::find(fields.begin(), fields.end(), read.field) == fields.end())
        fields.push_back(read.field);
    });
    for (const int at : fields) {
      const semantics::Field &field = run_.program().scopes[why_.row.scope].fields[at];
      const Term *formula = semantics::only_formula(run_.program().definitions[field.definition]);
      if (formula == nullptr) continue;
      const Evaluated inner = deriver_.evaluate_all(*formula, {why_.row.scope, why_.row.row, nullptr});
      const std::string name = say_.name(field.names);
      expand(facts, name, inner);
    }
  }

  /// Puts the facts of the let below each fact that is but its name.
  void expand(std::vector<Fact> &facts, const std::string &name, const Evaluated &inner) {
    for (Fact &fact : facts) {
      expand(fact.parts, name, inner);
      const bool is_it =
          fact.parts.empty() && (fact.seen.starts_with(name + " = ") ||
                                 fact.seen.starts_with(say_.say("本行.", "this.") + name + " = "));
      if (!is_it) continue;
      Fact below = fact_of(inner, text_, say_);
      std::vector<Fact> parts =
          below.parts.empty() ? std::vector<Fact>{std::move(below)} : std::move(below.parts);
      fact.condition = fact.seen;
      fact.seen.clear();
      fact.parts = std::move(parts);
    }
  }

  interpret::Run &run_;
  const WhyNot &why_;
  Wording say_;
  TermText text_;
  Deriver deriver_;
};

void write(std::string &out, const Fact &fact, std::size_t indent, const Wording &say) {
  const bool alone = fact.parts.empty();
  const std::string seen =
      fact.mark == Fact::Mark::not_looked_at ? say.say("还须成立", "needed as well") : fact.seen;
  out += std::string(indent, ' ') + mark_text(fact.mark) + " " + fact.condition +
         (alone && !seen.empty() && seen != fact.condition ? " — " + seen : "") + "\n";
  for (const Fact &part : fact.parts) write(out, part, indent + 4, say);
}

} // namespace

std::variant<WhyNot, std::string> why_not(interpret::Run &run, const DeriveOptions &options, const RowId &row,
                                          const std::string &value) {
  Deriver deriver(run, options);
  WhyNot out{row, value, Search(run, deriver, row)(value)};
  if (!out.ways.empty()) return out;
  return fmt::format(
      "--why-not {}: nothing by which {} is decided has this value: neither a row of a table of "
      "rules nor an alternative of a `decide`",
      value, row.scope == 0 ? "the run" : run.program().scopes[row.scope].names.canonical());
}

std::string to_text(interpret::Run &run, const WhyNot &why, Language language) {
  Ways ways(run, why, language);
  const Wording &say = ways.say();
  std::string out = say.row(why.row) + say.say(": 为什么不是 ", ": why not ") + why.value + "\n";
  for (const WayNotTaken &way : why.ways) {
    const semantics::Field &field = ways.field(way);
    const std::string articles = ways.articles(way);
    out += "\n" + ways.subject(way);
    if (way.rule) out += " (" + say.name(field.names) + (articles.empty() ? "" : ", " + articles) + ")";
    if (!way.rule && !articles.empty()) out += "  " + articles;
    const std::string instead = ways.instead(way);
    if (way.taken)
      out += say.say(": 就是它", ": this was it");
    else if (way.holds)
      out += say.say(": 条件成立, 但先成立的是 ", ": it holds, but before it did ") + instead;
    else if (instead.empty())
      out += say.say(": 不成立; 没有一行成立", ": does not hold; nothing does");
    else
      out += say.say(": 不成立; 所取的是 ", ": does not hold; taken was ") + instead;
    out += "\n";
    for (const Fact &fact : ways.answers(way)) write(out, fact, 4, say);
  }
  return out;
}

std::string to_json_text(interpret::Run &run, const WhyNot &why, Language language) {
  Ways ways(run, why, language);
  Json out = {{"row", ways.say().row_argument(why.row)}, {"value", why.value}, {"ways", Json::array()}};
  for (const WayNotTaken &way : why.ways) {
    Json one;
    one[way.rule ? "rule" : "alternative"] =
        way.rule ? ways.say().row_argument(*way.rule) : way.alternative->names.canonical();
    one["of"] = ways.field(way).names.canonical();
    one["holds"] = way.holds;
    one["taken"] = way.taken;
    if (way.rule_taken)
      one["instead"] = ways.say().row_argument(*way.rule_taken);
    else if (way.alternative_taken != nullptr)
      one["instead"] = way.alternative_taken->names.canonical();
    else
      one["instead"] = nullptr;
    one["answers"] = Json::array();
    for (const Fact &fact : ways.answers(way)) one["answers"].push_back(to_json(fact));
    out["ways"].push_back(std::move(one));
  }
  return out.dump(2, Json::BadUtf8::replace);
}

} // namespace steelyard::explain
