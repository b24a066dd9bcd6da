// How far out of its own row a term looks: what decides whether the result of an aggregate may be kept for
// all rows that share its keys.
#pragma once
#include "compiler/semantics/program.h"

namespace steelyard::interpret {

/// The number of frames outside its own that the term refers to: 0 when it sees only its own row, 1 when it
/// has a `this.` of the row outside the aggregate in which it stands, and so on.
int outer_reach(const semantics::Term &term);

} // namespace steelyard::interpret
