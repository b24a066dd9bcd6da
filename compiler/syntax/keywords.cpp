// The keyword table; see keywords.h.
#include "compiler/syntax/keywords.h"
#include "compiler/syntax/parse.h"
#include "compiler/syntax/unicode.h"
#include <array>

namespace steelyard::syntax {
namespace {

constexpr std::array keywords{
#define KEYWORD(token, english, chinese, soft) Keyword{Tok::token, english, chinese, soft},
#include "keywords.inc"
#undef KEYWORD
};

} // namespace

const Keyword *keyword_of(Tok type) {
  // tokens.inc lists the keywords first, in the order of keywords.inc.
  const auto index = static_cast<std::size_t>(type);
  return index < keywords.size() ? &keywords[index] : nullptr;
}

const Keyword *keyword_spelled(std::string_view word) {
  for (const Keyword &keyword : keywords)
    if (keyword.english == word || keyword.chinese == word) return &keyword;
  return nullptr;
}

Glued keyword_at_front(std::string_view text) {
  Glued best;
  for (const Keyword &keyword : keywords) {
    const auto longer = [&](std::string_view word) {
      return word.size() > best.length && word.size() < text.size() && text.starts_with(word);
    };
    if (longer(keyword.chinese)) best = {&keyword, keyword.chinese.size()};
    if (longer(keyword.english) && is_chinese(code_point_at(text, keyword.english.size()).value))
      best = {&keyword, keyword.english.size()};
  }
  return best;
}

Glued keyword_at_end(std::string_view text) {
  Glued best;
  for (const Keyword &keyword : keywords)
    if (keyword.chinese.size() > best.length && keyword.chinese.size() < text.size() &&
        text.ends_with(keyword.chinese))
      best = {&keyword, keyword.chinese.size()};
  return best;
}

std::string both_spellings(const Keyword &keyword) {
  return std::string(keyword.chinese) + " (" + std::string(keyword.english) + ")";
}

std::string Wording::operator()(Tok type) const {
  const Keyword *keyword = keyword_of(type);
  if (!keyword) return {};
  return "'" + (chinese ? both_spellings(*keyword) : std::string(keyword->english)) + "'";
}

std::string glued_keyword(std::string_view text) {
  const Glued glued = keyword_at_front(text);
  return glued.keyword ? both_spellings(*glued.keyword) : std::string();
}

} // namespace steelyard::syntax
