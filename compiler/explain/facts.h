// Conditions as facts: for each part that was looked at whether it held, and the comparison with its numbers,
// written so that what is printed is true (a part that did not hold is shown by the relation that did).
#pragma once
#include "compiler/explain/term_text.h"

namespace steelyard::explain {

struct Fact {
  enum class Mark { held, not_held, not_looked_at };
  Mark mark = Mark::held;
  std::string condition; ///< with names: "费用 > 高倍率倍数 × 同级例均费用"
  std::string seen; ///< with numbers: "6039.09 ≤ 3 × 4597.99460000 = 13793.98380000"; "" for parts below
  std::vector<Fact> parts; ///< of `and` and `or`
};

const char *mark_text(Fact::Mark mark);

/// The fact of an evaluated condition (a term of truth values).
Fact fact_of(const Evaluated &condition, const TermText &text, const Wording &say);

/// Of the condition of a table of rules at one of its rows: how what is asked there is answered. What a row
/// asks stands in its cells; parts that look at these alone are left out, and so are those that it does not
/// ask.
std::vector<Fact> answers_of(const Evaluated &where, const TermText &text, const Wording &say);

} // namespace steelyard::explain
