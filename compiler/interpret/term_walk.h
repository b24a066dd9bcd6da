// The direct parts of a term, for walks that look for something in it.
#pragma once
#include "compiler/semantics/program.h"
#include <variant>
#include <vector>

namespace steelyard::interpret {

/// Calls `visit` with each direct part of `term`, in the order of the text as far as the term keeps it.
template<class Visit> void each_part(const semantics::Term &term, Visit &&visit) {
  using namespace semantics;
  const auto one = [&](const TermPtr &part) {
    if (part) visit(*part);
  };
  const auto all = [&](const std::vector<TermPtr> &parts) {
    for (const TermPtr &part : parts) one(part);
  };
  if (const auto *ref = std::get_if<FieldRef>(&term.node)) {
    for (const FieldRef::Step &step : ref->steps) all(step.keys);
  } else if (const auto *table = std::get_if<TableCall>(&term.node)) {
    all(table->arguments);
  } else if (const auto *function = std::get_if<FunctionCall>(&term.node)) {
    all(function->arguments);
  } else if (const auto *unary = std::get_if<Unary>(&term.node)) {
    one(unary->operand);
  } else if (const auto *binary = std::get_if<Binary>(&term.node)) {
    one(binary->left);
    one(binary->right);
  } else if (const auto *test = std::get_if<MissingTest>(&term.node)) {
    one(test->operand);
  } else if (const auto *membership = std::get_if<Membership>(&term.node)) {
    one(membership->operand);
  } else if (const auto *in = std::get_if<InSet>(&term.node)) {
    one(in->operand);
    all(in->keys);
    one(in->list);
  } else if (const auto *list = std::get_if<ListTerm>(&term.node)) {
    one(list->list);
    one(list->body);
  } else if (const auto *with = std::get_if<With>(&term.node)) {
    one(with->operand);
    one(with->value);
  } else if (const auto *aggregate = std::get_if<Aggregate>(&term.node)) {
    one(aggregate->operand);
    for (const Aggregate::Match &match : aggregate->matches) {
      one(match.inner);
      one(match.outer);
    }
    one(aggregate->where);
  } else if (const auto *neighbour = std::get_if<Neighbour>(&term.node)) {
    one(neighbour->operand);
    one(neighbour->where);
  } else if (const auto *inside = std::get_if<Parenthesized>(&term.node)) {
    one(inside->inner);
  }
}

} // namespace steelyard::interpret
