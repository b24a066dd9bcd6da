// See reach.h.
#include "compiler/reach/reach.h"
#include "compiler/reach/condition.h"
#include "compiler/semantics/each_term.h"
#include "compiler/semantics/term_shapes.h"
#include <algorithm>
#include <fmt/core.h>
#include <iterator>
#include <map>
#include <numeric>
#include <set>

namespace steelyard::reach {

using semantics::Aggregate;
using semantics::Program;
using semantics::Term;

namespace {

/// A table of rules in the folder of tables; null for others.
const Aggregate *table_of_rules(const Program &program, const semantics::Definition &definition) {
  const Term *term = semantics::table_of_rules(definition);
  const auto *aggregate = term != nullptr ? std::get_if<Aggregate>(&term->node) : nullptr;
  const bool is_one =
      aggregate != nullptr && aggregate->where && !program.scopes[aggregate->scope].tables_file.empty();
  return is_one ? aggregate : nullptr;
}

class Finder {
public:
  explicit Finder(interpret::Run &run) : run_(run), program_(run.program()), conditions_(run) {}

  Findings operator()() {
    // In the order of evaluation: what a table found is known before another one asks for it.
    std::vector<int> order(program_.definitions.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
      return program_.definitions[a].order < program_.definitions[b].order;
    });
    for (const int d : order)
      if (const Aggregate *table = table_of_rules(program_, program_.definitions[d])) look(d, *table);
    add_dead_codes();
    add_not_asked();
    return std::move(out_);
  }

private:
  void look(int definition, const Aggregate &table) {
    const auto &sources = program_.scopes[table.scope].sources;
    const bool by_file =
        std::all_of(sources.begin(), sources.end(), [](const auto &source) { return source.input; });
    std::vector<int> rows = run_.ordered_rows(table.scope);
    if (by_file) std::sort(rows.begin(), rows.end());
    std::vector<std::pair<int, Condition>> before; // rows that can be found
    std::set<int> &dead = dead_[definition];
    for (const int row : rows) {
      std::vector<Condition> parts;
      for (const Aggregate::Match &match : table.matches)
        parts.push_back(conditions_.matching(*match.inner, *match.outer, table.scope, row));
      parts.push_back(conditions_.at_row(*table.where, table.scope, row));
      for (const Condition &part : parts) note_sets(part);
      Condition whole = conditions_.all_of(std::move(parts));
      const auto add = [&](std::string because) {
        out_.rows.push_back({definition, {table.scope, row}, std::move(because)});
        dead.insert(row);
        // Whatever it asks is said with it.
        std::set<const Term *> elsewhere; // at the rows of an aggregate
        semantics::each_term(*table.where, [&](const Term &term) {
          if (std::holds_alternative<Aggregate>(term.node))
            semantics::each_term(term, [&](const Term &part) { elsewhere.insert(&part); });
          const auto *in = std::get_if<semantics::InSet>(&term.node);
          if (in == nullptr || in->scope < 0 || elsewhere.contains(&term)) return;
          if (const auto set = conditions_.set_at(*in, table.scope, row)) asked_.insert(*set);
        });
      };
      if (whole.kind == Condition::Kind::constant && !whole.value) {
        // What the cells alone exclude is no rule of this table.
        if (whole.why.empty())
          dead.insert(row);
        else
          add(whole.why);
        continue;
      }
      if (const std::string why = never_found(whole); !why.empty()) {
        add(why);
        continue;
      }
      const auto taken = std::find_if(before.begin(), before.end(), [&](const auto &earlier) {
        return conditions_.implies(whole, earlier.second);
      });
      if (taken != before.end()) {
        add(fmt::format("{} before it holds whenever it does", run_.row_name(table.scope, taken->first)));
        continue;
      }
      note_living(whole, {});
      before.emplace_back(row, std::move(whole));
    }
  }

  /// Why it asks for rows of another table that are never found; "" where it does not.
  std::string never_found(const Condition &of) {
    if (of.kind == Condition::Kind::all) {
      for (const Condition &part : of.parts)
        if (const std::string why = never_found(part); !why.empty()) return why;
      return {};
    }
    if (of.kind != Condition::Kind::literal || !of.value) return {};
    const Atom &atom = conditions_.atom(of.atom);
    if (atom.kind != Atom::Kind::found || !dead_.contains(atom.definition)) return {};
    const Aggregate *table = table_of_rules(program_, program_.definitions[atom.definition]);
    std::string some;
    for (const int row : run_.ordered_rows(table->scope)) {
      const interpret::Value have = run_.value(table->scope, row, atom.field);
      if (interpret::is_missing(have) || std::is_neq(run_.compare(have, atom.value))) continue;
      if (!dead_[atom.definition].contains(row)) return {};
      some = run_.row_name(table->scope, row);
    }
    if (some.empty())
      return fmt::format("there is no {} with {} {}", program_.scopes[table->scope].names.canonical(),
                         program_.scopes[table->scope].fields[atom.field].names.canonical(),
                         run_.value_text(atom.value, program_.scopes[table->scope].fields[atom.field].type));
    return some + " is never found";
  }

  void note_sets(const Condition &of) {
    for (const Condition &part : of.parts) note_sets(part);
    if (of.kind != Condition::Kind::literal) return;
    const int set = conditions_.atom(of.atom).set;
    if (set >= 0) asked_.insert(set);
  }

  using Sets = std::map<std::string, std::vector<int>>; ///< that a text has to be in, by the text

  /// Marks the elements of sets that a row that can be found lets decide: a text that must be in several sets
  /// can only be what they have in common.
  void note_living(const Condition &of, Sets sets) {
    const auto add = [&](const Condition &part) {
      if (part.kind != Condition::Kind::literal) return;
      const Atom &atom = conditions_.atom(part.atom);
      if (atom.set < 0 || conditions_.set(atom.set).scope < 0) return;
      if (atom.kind == Atom::Kind::in_set && part.value)
        sets[atom.operand].push_back(atom.set);
      else // an element of a list, or a text that must not be there
        living_[atom.set].insert(conditions_.set(atom.set).elements.begin(),
                                 conditions_.set(atom.set).elements.end());
    };
    if (of.kind == Condition::Kind::any) {
      for (const Condition &part : of.parts) note_living(part, sets);
      return;
    }
    add(of);
    for (const Condition &part : of.parts) add(part);
    bool more = false;
    for (const Condition &part : of.parts) {
      if (part.kind == Condition::Kind::literal) continue;
      note_living(part, sets);
      more = true;
    }
    if (more) return;
    for (const auto &[text, all] : sets) {
      std::vector<int> common = conditions_.set(all[0]).elements;
      for (std::size_t i = 1; i < all.size(); ++i) {
        std::vector<int> both;
        std::set_intersection(common.begin(), common.end(), conditions_.set(all[i]).elements.begin(),
                              conditions_.set(all[i]).elements.end(), std::back_inserter(both));
        common = std::move(both);
      }
      for (const int set : all) living_[set].insert(common.begin(), common.end());
    }
  }

  void add_dead_codes() {
    for (const auto &[set, living] : living_) {
      const std::size_t all = conditions_.set(set).elements.size();
      if (living.size() < all)
        out_.codes.push_back(
            {conditions_.set(set).scope, conditions_.set(set).name, all - living.size(), true});
    }
  }

  /// Sets of the entities that tables of rules ask, and nothing else does.
  void add_not_asked() {
    std::set<int> scopes, elsewhere;
    for (const int set : asked_)
      if (conditions_.set(set).scope >= 0) scopes.insert(conditions_.set(set).scope);
    const auto look = [&](const Term &term, bool in_table) {
      if (const auto *in = std::get_if<semantics::InSet>(&term.node);
          in != nullptr && in->scope >= 0 && !in_table)
        elsewhere.insert(in->scope);
      if (const auto *ref = std::get_if<semantics::FieldRef>(&term.node))
        for (const semantics::FieldRef::Step &step : ref->steps)
          if (step.field < 0) elsewhere.insert(step.scope);
    };
    for (const semantics::Definition &definition : program_.definitions) {
      const bool table = table_of_rules(program_, definition) != nullptr;
      semantics::each_term(definition, [&](const Term &term) { look(term, table); });
    }
    for (const semantics::Check &check : program_.checks)
      semantics::each_term(*check.condition, [&](const Term &term) { look(term, false); });
    for (const int scope : scopes) {
      if (elsewhere.contains(scope)) continue;
      for (const std::vector<std::string> &keys : conditions_.keys_of(scope)) {
        const int set = conditions_.set_of(scope, keys);
        if (!asked_.contains(set))
          out_.codes.push_back(
              {scope, conditions_.set(set).name, conditions_.set(set).elements.size(), false});
      }
    }
  }

  interpret::Run &run_;
  const Program &program_;
  Conditions conditions_;
  std::map<int, std::set<int>> dead_;   ///< by definition
  std::set<int> asked_;                 ///< sets
  std::map<int, std::set<int>> living_; ///< by set that a row asks that can be found: elements
  Findings out_;
};

} // namespace

Findings find_unreachable(interpret::Run &run) {
  return Finder(run)();
}

} // namespace steelyard::reach
