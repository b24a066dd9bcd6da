// Sets of tokens in the user's words: "a value", "an operator", "'当 (when)'".
#pragma once
#include "compiler/syntax/keywords.h"
#include "compiler/syntax/trial.h"
#include <string>
#include <vector>

namespace steelyard::syntax {

/// What to call a single token type: a quoted keyword or sign, "a name", "a number".
std::string in_words(Tok type, const Wording &wording);

/// The set in groups, the most telling first. `before` is the token before the place; `type_expected` tells a
/// place for a type from one for a name, which the set alone does not.
std::vector<std::string> in_words(TokenSet set, const Wording &wording, Tok before, bool type_expected);

/// "a, b or c"; of long lists only the first few.
std::string either(const std::vector<std::string> &words);

bool is_operator(Tok type); ///< one that stands between two values
bool begins_value(Tok type);

} // namespace steelyard::syntax
