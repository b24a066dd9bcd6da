// See condition.h.
#include "compiler/reach/condition.h"
#include "compiler/interpret/list_elements.h"
#include "compiler/interpret/outer_reach.h"
#include "compiler/semantics/each_term.h"
#include "compiler/semantics/term_shapes.h"
#include <algorithm>
#include <fmt/core.h>
#include <iterator>

namespace steelyard::reach {

using interpret::Value;
using semantics::bare;
using semantics::Binary;
using semantics::FieldRef;
using semantics::InSet;
using semantics::ListTerm;
using semantics::Term;
using syntax::BinaryOp;
using syntax::ListOp;

namespace {

Condition constant(bool value, std::string why = {}) {
  Condition out;
  out.value = value;
  out.why = std::move(why);
  return out;
}

bool is_false(const Condition &condition) {
  return condition.kind == Condition::Kind::constant && !condition.value;
}
bool is_true(const Condition &condition) {
  return condition.kind == Condition::Kind::constant && condition.value;
}

bool reads_rows(const Term &term) {
  bool out = false;
  semantics::each_term(term, [&](const Term &part) {
    out = out || std::holds_alternative<FieldRef>(part.node) ||
          std::holds_alternative<semantics::ElementRef>(part.node) ||
          std::holds_alternative<semantics::Aggregate>(part.node);
  });
  return out;
}

} // namespace

/// Of the row of the table alone, or of no row at all.
bool Conditions::is_known(const Term &term, const Place &at) const {
  bool element = false;
  semantics::each_term(term, [&](const Term &part) {
    element = element || std::holds_alternative<semantics::ElementRef>(part.node);
  });
  if (element) return false;
  return at.scope >= 0 ? interpret::outer_reach(term) == 0 : !reads_rows(term);
}

Value Conditions::value_of(const Term &term, const Place &at) {
  return run_.evaluate_quietly(term, {std::max(at.scope, 0), std::max(at.row, 0), nullptr});
}

/// `this.` is left out: the same question is asked within and without a table.
std::string Conditions::name_of(const Term &term) const {
  std::string out = run_.term_text(bare(term));
  for (std::size_t at = out.find("this."); at != std::string::npos; at = out.find("this.", at))
    out.erase(at, 5);
  return out;
}

const Term *Conditions::let_behind(const Term &term, const Place &at) const {
  const auto *ref = std::get_if<FieldRef>(&bare(term).node);
  if (ref == nullptr || !ref->steps.empty() || ref->field < 0 || ref->up != (at.scope >= 0 ? 1 : 0))
    return nullptr;
  const semantics::Field &field = run_.program().scopes[ref->scope].fields[ref->field];
  if (field.kind != semantics::FieldKind::let || field.definition < 0) return nullptr;
  return semantics::only_formula(run_.program().definitions[field.definition]);
}

int Conditions::number_of(const std::string &text) {
  return numbers_.try_emplace(text, static_cast<int>(numbers_.size())).first->second;
}

std::vector<std::vector<std::string>> Conditions::keys_of(int scope) {
  set_of(scope, {});
  std::vector<std::vector<std::string>> out;
  for (const auto &[keys, elements] : elements_[scope]) out.push_back(keys);
  return out;
}

int Conditions::set_of(int scope, const std::vector<std::string> &keys) {
  const semantics::Scope &declared = run_.program().scopes[scope];
  const auto [at, is_new] = elements_.try_emplace(scope);
  if (is_new)
    for (const interpret::Key &key : run_.rows(scope).keys) {
      std::vector<std::string> texts;
      for (std::size_t k = 0; k < key.size(); ++k)
        texts.push_back(run_.value_text(key[k], declared.fields[k].type));
      const int element = number_of(texts.back());
      texts.pop_back();
      at->second[texts].push_back(element);
    }
  std::string name = declared.names.canonical();
  for (std::size_t k = 0; k < keys.size(); ++k)
    name += (k == 0 ? "[" : ", ") + keys[k] + (k + 1 == keys.size() ? "]" : "");
  const auto [known, is_new_set] = set_by_name_.try_emplace(name, static_cast<int>(sets_.size()));
  if (!is_new_set) return known->second;
  Set set{scope, name, {}};
  if (const auto found = at->second.find(keys); found != at->second.end()) set.elements = found->second;
  std::sort(set.elements.begin(), set.elements.end());
  sets_.push_back(std::move(set));
  return known->second;
}

int Conditions::list_set(std::string name, const std::vector<std::string> &elements) {
  const auto [known, is_new] = set_by_name_.try_emplace(name, static_cast<int>(sets_.size()));
  if (!is_new) return known->second;
  Set set{-1, std::move(name), {}};
  for (const std::string &element : elements) set.elements.push_back(number_of(element));
  std::sort(set.elements.begin(), set.elements.end());
  sets_.push_back(std::move(set));
  return known->second;
}

bool Conditions::is_subset(int a, int b) {
  if (a == b) return true;
  const auto [at, is_new] = subset_.try_emplace({a, b});
  if (is_new)
    at->second = std::includes(set(b).elements.begin(), set(b).elements.end(), set(a).elements.begin(),
                               set(a).elements.end());
  return at->second;
}

bool Conditions::disjoint(int a, int b) const {
  std::vector<int> common;
  std::set_intersection(set(a).elements.begin(), set(a).elements.end(), set(b).elements.begin(),
                        set(b).elements.end(), std::back_inserter(common));
  return common.empty();
}

Condition Conditions::question(Atom atom, const std::string &key, bool wanted) {
  const auto [at, is_new] = atom_of_.try_emplace(key, static_cast<int>(atoms_.size()));
  if (is_new) atoms_.push_back(std::move(atom));
  Condition out;
  out.kind = Condition::Kind::literal;
  out.atom = at->second;
  out.value = wanted;
  return out;
}

Condition Conditions::negated(Condition of) {
  of.value =
      of.kind == Condition::Kind::constant || of.kind == Condition::Kind::literal ? !of.value : of.value;
  of.why.clear();
  if (of.kind == Condition::Kind::all || of.kind == Condition::Kind::any) {
    const bool all = of.kind == Condition::Kind::all;
    std::vector<Condition> parts;
    for (Condition &part : of.parts) parts.push_back(negated(std::move(part)));
    return all ? any_of(std::move(parts)) : all_of(std::move(parts));
  }
  return of;
}

Condition Conditions::any_of(std::vector<Condition> parts) {
  Condition out;
  out.kind = Condition::Kind::any;
  std::string why;
  for (Condition &part : parts) {
    if (is_true(part)) return part;
    if (is_false(part)) {
      if (!part.why.empty()) why = part.why;
      continue;
    }
    if (part.kind == Condition::Kind::any)
      std::move(part.parts.begin(), part.parts.end(), std::back_inserter(out.parts));
    else
      out.parts.push_back(std::move(part));
  }
  if (out.parts.empty()) return constant(false, why);
  if (out.parts.size() == 1) return std::move(out.parts[0]);
  return out;
}

Condition Conditions::all_of(std::vector<Condition> parts) {
  Condition out;
  out.kind = Condition::Kind::all;
  for (Condition &part : parts) {
    if (is_false(part)) return part;
    if (is_true(part)) continue;
    if (part.kind == Condition::Kind::all)
      std::move(part.parts.begin(), part.parts.end(), std::back_inserter(out.parts));
    else
      out.parts.push_back(std::move(part));
  }
  if (out.parts.empty()) return constant(true);
  // A text that would have to be in two sets without a common element.
  for (const Condition &a : out.parts)
    for (const Condition &b : out.parts) {
      if (a.kind != Condition::Kind::literal || b.kind != Condition::Kind::literal || &a == &b || !a.value)
        continue;
      const Atom &one = atom(a.atom), &other = atom(b.atom);
      if (one.kind != Atom::Kind::in_set || other.kind != Atom::Kind::in_set || one.operand != other.operand)
        continue;
      if (b.value && disjoint(one.set, other.set))
        return constant(
            false, fmt::format("{} and {} have nothing in common", set(one.set).name, set(other.set).name));
      if (!b.value && is_subset(one.set, other.set))
        return constant(false, fmt::format("all of {} is in {}", set(one.set).name, set(other.set).name));
    }
  if (out.parts.size() == 1) return std::move(out.parts[0]);
  return out;
}

// ---------- from terms ----------

Condition Conditions::at_row(const Term &term, int scope, int row) {
  return make(term, {scope, row});
}

Condition Conditions::matching(const Term &inner, const Term &outer, int scope, int row) {
  const Value value = value_of(inner, {scope, row});
  if (interpret::is_missing(value)) return constant(false);
  return question({}, name_of(outer) + " = " + run_.value_text(value, inner.type), true);
}

Condition Conditions::make(const Term &of, const Place &at) {
  const Term &term = bare(of);
  if (is_known(term, at)) {
    const Value value = value_of(term, at);
    if (const bool *truth = std::get_if<bool>(&value)) return constant(*truth);
    return unknown(term, at);
  }
  if (const auto *unary = std::get_if<semantics::Unary>(&term.node);
      unary != nullptr && unary->op == syntax::UnaryOp::logical_not)
    return negated(make(*unary->operand, at));
  if (const auto *binary = std::get_if<Binary>(&term.node)) {
    const bool all = binary->op == BinaryOp::logical_and;
    if (!all && binary->op != BinaryOp::logical_or) return comparison(term, *binary, at);
    // Where the left side decides, the right one may not be evaluated.
    std::vector<Condition> parts;
    parts.push_back(make(*binary->left, at));
    if (all ? is_false(parts[0]) : is_true(parts[0])) return std::move(parts[0]);
    parts.push_back(make(*binary->right, at));
    return all ? all_of(std::move(parts)) : any_of(std::move(parts));
  }
  if (const auto *in = std::get_if<InSet>(&term.node)) return membership(term, *in, at, nullptr);
  if (const auto *list = std::get_if<ListTerm>(&term.node)) {
    const auto *in = list->body ? std::get_if<InSet>(&bare(*list->body).node) : nullptr;
    const bool of_elements = in != nullptr && in->scope >= 0 && !in->negated &&
                             std::holds_alternative<semantics::ElementRef>(bare(*in->operand).node);
    if (of_elements && list->op == ListOp::any) return membership(term, *in, at, list);
    if (of_elements && list->op == ListOp::none) return negated(membership(term, *in, at, list));
    return unknown(term, at);
  }
  if (const Term *let = let_behind(term, at);
      let != nullptr && term.type.kind == semantics::TypeKind::boolean)
    return make(*let, {});
  return unknown(term, at);
}

std::optional<int> Conditions::set_at(const InSet &in, int scope, int row) {
  std::vector<std::string> keys;
  for (const auto &key : in.keys) {
    if (!is_known(*key, {scope, row})) return std::nullopt;
    const Value value = value_of(*key, {scope, row});
    if (interpret::is_missing(value) || interpret::is_failed(value)) return std::nullopt;
    keys.push_back(run_.value_text(value, key->type));
  }
  return set_of(in.scope, keys);
}

/// `over`: the list whose elements are asked for; null for a single text.
Condition Conditions::membership(const Term &term, const InSet &in, const Place &at, const ListTerm *over) {
  const Term &operand = over != nullptr ? *over->list : *in.operand;
  Atom atom;
  atom.kind = over != nullptr ? Atom::Kind::any_in : Atom::Kind::in_set;
  if (in.scope >= 0) {
    const std::optional<int> set = set_at(in, at.scope, at.row);
    if (!set) return unknown(term, at);
    atom.set = *set;
  } else {
    if (over != nullptr || !is_known(*in.list, at)) return unknown(term, at);
    const Value list = value_of(*in.list, at);
    const auto *text = std::get_if<interpret::Text>(&list);
    if (text == nullptr) return unknown(term, at);
    std::vector<std::string> elements;
    for (const std::string_view element : interpret::ListElements(text->text, in.list->type))
      elements.emplace_back(element);
    atom.set = list_set("(" + std::string(text->text) + ")", elements);
  }
  if (is_known(operand, at)) return unknown(term, at);
  atom.operand = name_of(operand);
  const Term *let = over == nullptr ? let_behind(operand, at) : nullptr;
  const auto *first = let != nullptr ? std::get_if<ListTerm>(&let->node) : nullptr;
  if (first != nullptr && first->op == ListOp::first && !first->body) atom.first_of = name_of(*first->list);
  if (set(atom.set).elements.empty()) {
    const std::string why = set(atom.set).name + " is empty";
    return in.negated ? constant(true) : constant(false, why);
  }
  const std::string key =
      fmt::format("{} {} {}", over != nullptr ? "any of" : "", atom.operand, set(atom.set).name);
  return question(std::move(atom), key, !in.negated);
}

/// `own = this.found.field` asks which row another table of rules gave; other comparisons are only told
/// apart.
Condition Conditions::comparison(const Term &term, const Binary &binary, const Place &at) {
  if (binary.op != BinaryOp::equal || at.scope < 0) return unknown(term, at);
  for (const auto &[own, other] :
       {std::pair(binary.left.get(), binary.right.get()), std::pair(binary.right.get(), binary.left.get())}) {
    const auto *ref = std::get_if<FieldRef>(&bare(*other).node);
    if (ref == nullptr || ref->up != 1 || ref->steps.size() != 1 || ref->steps[0].field < 0 ||
        ref->field < 0 || !is_known(*own, at))
      continue;
    const semantics::Field &field = run_.program().scopes[ref->steps[0].from].fields[ref->steps[0].field];
    const Value value = value_of(*own, at);
    if (field.definition < 0 || interpret::is_missing(value) || interpret::is_failed(value)) continue;
    Atom atom;
    atom.kind = Atom::Kind::found;
    atom.definition = field.definition;
    atom.field = ref->field;
    atom.value = value;
    return question(std::move(atom), name_of(*other) + " = " + run_.value_text(value, own->type), true);
  }
  return unknown(term, at);
}

/// Told apart from other questions by its text and by what the row of the table puts into it.
Condition Conditions::unknown(const Term &term, const Place &at) {
  std::string key = name_of(term);
  if (at.scope < 0) return question({}, "? " + key, true);
  // Inside an aggregate names are those of yet another row: only the row as a whole tells such questions
  // apart.
  bool inner = false;
  semantics::each_term(term, [&](const Term &part) {
    inner = inner || std::holds_alternative<semantics::Aggregate>(part.node) ||
            std::holds_alternative<semantics::Neighbour>(part.node) ||
            std::holds_alternative<semantics::With>(part.node);
  });
  if (inner) return question({}, fmt::format("? {} | row {}", key, at.row), true);
  semantics::each_term(term, [&](const Term &part) {
    if (!std::holds_alternative<FieldRef>(part.node) || !is_known(part, at)) return;
    const Value value = value_of(part, at);
    key += " | " + (interpret::is_failed(value) ? std::string("failed") : run_.value_text(value, part.type));
  });
  return question({}, "? " + key, true);
}

// ---------- implication ----------

bool Conditions::implies(const Condition &a, const Condition &b) {
  using Kind = Condition::Kind;
  if (is_false(a) || is_true(b)) return true;
  if (b.kind == Kind::all)
    return std::all_of(b.parts.begin(), b.parts.end(),
                       [&](const Condition &part) { return implies(a, part); });
  if (a.kind == Kind::any)
    return std::all_of(a.parts.begin(), a.parts.end(),
                       [&](const Condition &part) { return implies(part, b); });
  if (b.kind == Kind::any &&
      std::any_of(b.parts.begin(), b.parts.end(), [&](const Condition &part) { return implies(a, part); }))
    return true;
  if (a.kind == Kind::all)
    return std::any_of(a.parts.begin(), a.parts.end(),
                       [&](const Condition &part) { return implies(part, b); });
  return a.kind == Kind::literal && b.kind == Kind::literal && implies_literal(a, b);
}

bool Conditions::implies_literal(const Condition &a, const Condition &b) {
  if (a.atom == b.atom) return a.value == b.value;
  const Atom &one = atom(a.atom), &other = atom(b.atom);
  if (one.kind == Atom::Kind::other || one.kind == Atom::Kind::found) return false;
  if (a.value != b.value) return false;
  if (one.kind == other.kind && one.operand == other.operand)
    return a.value ? is_subset(one.set, other.set) : is_subset(other.set, one.set);
  // The first element is an element.
  if (a.value && one.kind == Atom::Kind::in_set && other.kind == Atom::Kind::any_in && !one.first_of.empty())
    return one.first_of == other.operand && is_subset(one.set, other.set);
  if (!a.value && one.kind == Atom::Kind::any_in && other.kind == Atom::Kind::in_set &&
      !other.first_of.empty())
    return one.operand == other.first_of && is_subset(other.set, one.set);
  return false;
}

} // namespace steelyard::reach
