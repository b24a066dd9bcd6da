// Making a checked term.
#pragma once
#include "compiler/semantics/program.h"
#include <memory>
#include <utility>

namespace steelyard::semantics {

template<class Node> TermPtr make(const Span &span, const Type &type, Node node) {
  auto term = std::make_unique<Term>();
  term->span = span;
  term->type = type;
  term->node = std::move(node);
  return term;
}

} // namespace steelyard::semantics
