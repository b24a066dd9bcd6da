// What several readers of a checked program look for in its terms.
#pragma once
#include "compiler/semantics/program.h"

namespace steelyard::semantics {

/// Without parentheses around it.
const Term &bare(const Term &term);
/// The formula of a definition that has but one, which holds always, without parentheses; null for others.
const Term *only_formula(const Definition &definition);
/// The `first of` over rows that a definition is: it finds a row of a table of rules. Null for others.
const Term *table_of_rules(const Definition &definition);

} // namespace steelyard::semantics
