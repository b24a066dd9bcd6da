// The condition of a table of rules with the cells of one of its rows put in: what is left to ask of the
// record. And whether one such condition implies another.
#pragma once
#include "compiler/interpret/run.h"
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace steelyard::reach {

/// A question about the record; two questions with one key are the same.
struct Atom {
  enum class Kind {
    in_set, ///< whether `operand`, a text, is in the set
    any_in, ///< whether an element of `operand`, a list, is in the set
    found,  ///< whether what `definition`, a table of rules, found has `value` in `field`
    other
  };
  Kind kind = Kind::other;
  std::string operand;
  std::string first_of; ///< in_set: the list whose first element `operand` is; "" for none
  int set = -1;
  int definition = -1, field = -1;
  interpret::Value value;
};

struct Condition {
  enum class Kind { constant, literal, all, any };
  Kind kind = Kind::constant;
  bool value = true; ///< of a constant; of a literal: what the atom must be
  int atom = -1;
  std::vector<Condition> parts;
  std::string why; ///< of a constant false that does not come of the cells alone
};

/// Elements of a set, as sorted numbers; equal texts have equal numbers.
struct Set {
  int scope = -1; ///< -1: a list of a cell
  std::string name;
  std::vector<int> elements;
};

class Conditions {
public:
  explicit Conditions(interpret::Run &run) : run_(run) {}

  /// Of `term`, the condition of a table of rules over `scope`, at one of its rows.
  Condition at_row(const semantics::Term &term, int scope, int row);
  /// That `outer` of the record equals `inner` of the row.
  Condition matching(const semantics::Term &inner, const semantics::Term &outer, int scope, int row);
  /// Simplified; false where parts exclude each other.
  Condition all_of(std::vector<Condition> parts);

  /// The set of an entity that a row asks; empty where its keys are not in the row.
  std::optional<int> set_at(const semantics::InSet &in, int scope, int row);

  bool implies(const Condition &a, const Condition &b);
  const Atom &atom(int index) const { return atoms_[static_cast<std::size_t>(index)]; }
  const Set &set(int index) const { return sets_[static_cast<std::size_t>(index)]; }
  std::size_t set_count() const { return sets_.size(); }
  /// The set of rows of an entity whose keys but the last are these, written behind one another.
  int set_of(int scope, const std::vector<std::string> &keys);
  /// All first keys that an entity has sets for.
  std::vector<std::vector<std::string>> keys_of(int scope);

private:
  struct Place {
    int scope = -1, row = -1; ///< scope -1: a formula of the record itself, in which nothing is known
  };
  Condition make(const semantics::Term &term, const Place &at);
  Condition question(Atom atom, const std::string &key, bool wanted);
  Condition negated(Condition of);
  Condition any_of(std::vector<Condition> parts);
  Condition membership(const semantics::Term &term, const semantics::InSet &in, const Place &at,
                       const semantics::ListTerm *over);
  Condition comparison(const semantics::Term &term, const semantics::Binary &binary, const Place &at);
  Condition truth_of(const semantics::Term &term, const Place &at);
  Condition unknown(const semantics::Term &term, const Place &at);
  bool is_known(const semantics::Term &term, const Place &at) const;
  interpret::Value value_of(const semantics::Term &term, const Place &at);
  std::string name_of(const semantics::Term &term) const;
  /// A let of the record by its formula, where that is a single one.
  const semantics::Term *let_behind(const semantics::Term &term, const Place &at) const;
  int list_set(std::string name, const std::vector<std::string> &elements);
  int number_of(const std::string &text);
  bool is_subset(int a, int b);
  bool implies_literal(const Condition &a, const Condition &b);
  bool disjoint(int a, int b) const;

  interpret::Run &run_;
  std::vector<Atom> atoms_;
  std::unordered_map<std::string, int> atom_of_;
  std::vector<Set> sets_;
  std::map<std::string, int> set_by_name_;
  std::map<std::pair<int, int>, bool> subset_;
  std::unordered_map<std::string, int> numbers_;
  std::map<int, std::map<std::vector<std::string>, std::vector<int>>> elements_; ///< by scope, then keys
};

} // namespace steelyard::reach
