// The words of the language in both surfaces, from grammar/keywords.csv.
#pragma once
#include "compiler/syntax/token.h"
#include <string>
#include <string_view>

namespace steelyard::syntax {

struct Keyword {
  Tok type = Tok::end;
  std::string_view english, chinese;
  bool soft = false; ///< may be a name as well
};

/// The keyword of a token type, or null.
const Keyword *keyword_of(Tok type);

/// The keyword spelled `word` in either surface, or null.
const Keyword *keyword_spelled(std::string_view word);

/// The longest keyword that `text` begins with and that is not the whole of it, provided that no blank is
/// needed to see where it ends: a Chinese keyword, or an English one before a Chinese letter. `length` is in
/// bytes.
struct Glued {
  const Keyword *keyword = nullptr;
  std::size_t length = 0;
};
Glued keyword_at_front(std::string_view text);
/// The same for the end of `text` (病组缺失); `length` is that of the keyword.
Glued keyword_at_end(std::string_view text);

/// For messages: `定义 (define)`.
std::string both_spellings(const Keyword &keyword);

/// How messages about a file call the words of the language: as `when`, or, once the file has a Chinese
/// keyword, as `当 (when)`.
struct Wording {
  bool chinese = false;
  std::string operator()(Tok type) const;
};

} // namespace steelyard::syntax
