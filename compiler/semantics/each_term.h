// Every term of a formula, down to its leaves.
#pragma once
#include "compiler/semantics/program.h"
#include <functional>

namespace steelyard::semantics {

/// Calls `visit` with the term and all its parts, each before its own parts.
void each_term(const Term &term, const std::function<void(const Term &)> &visit);
/// The same for all terms of a definition's body.
void each_term(const Definition &definition, const std::function<void(const Term &)> &visit);

} // namespace steelyard::semantics
