// Mistakes in single words: glued together, misspelt, or of another language. See explanation.h.
#include "compiler/syntax/clauses.h"
#include "compiler/syntax/explanation.h"
#include <algorithm>
#include <array>

namespace steelyard::syntax {
namespace {

/// The words that a glued text would be with blanks: 天且费用 is 天, 且 and a name.
std::vector<Tok> split_glued(std::string_view text) {
  std::vector<Tok> types;
  while (!text.empty()) {
    const Keyword *whole = keyword_spelled(text);
    const Glued front = whole ? Glued{whole, text.size()} : keyword_at_front(text);
    if (!front.keyword) {
      const bool number = text.find_first_not_of("0123456789") == std::string_view::npos;
      types.push_back(number ? Tok::NUMBER : Tok::IDENT);
      break;
    }
    types.push_back(front.keyword->type);
    text.remove_prefix(front.length);
  }
  return types;
}

/// Changes of one letter (a letter put in, left out, replaced, or two swapped) between the words, at most
/// `limit` + 1.
std::size_t letter_changes(std::string_view a, std::string_view b, std::size_t limit) {
  const std::size_t n = a.size(), m = b.size();
  if (n > m + limit || m > n + limit) return limit + 1;
  std::vector<std::vector<std::size_t>> d(n + 1, std::vector<std::size_t>(m + 1));
  for (std::size_t i = 0; i <= n; ++i)
    for (std::size_t j = 0; j <= m; ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[n][m];
}

bool is_typo_of(std::string_view text, const Keyword &keyword) {
  const std::size_t length = keyword.english.size();
  const std::size_t limit = length < 4 ? 0 : length < 7 ? 1 : 2;
  return limit > 0 && letter_changes(text, keyword.english, limit) <= limit;
}

constexpr std::size_t most_words = 3; ///< of a keyword

struct ForeignWord {
  std::string_view text, hint;
};
constexpr std::string_view no_if = "write the value, then 'when' (当) and its condition";
constexpr std::array foreign_words{
    ForeignWord{"if", no_if},
    ForeignWord{"then", no_if},
    ForeignWord{"如果", no_if},
    ForeignWord{"若", no_if},
    ForeignWord{"null", "a missing value is 'none' (无)"},
    ForeignWord{"空", "a missing value is 'none' (无)"},
    ForeignWord{"为空", "write 'is missing' (缺失)"},
    ForeignWord{"equals", "write '='"},
    ForeignWord{"等于", "write '='"},
    ForeignWord{"大于", "write '>'"},
    ForeignWord{"高于", "write '>'"},
    ForeignWord{"超过", "write '>'"},
    ForeignWord{"小于", "write '<'"},
    ForeignWord{"低于", "write '<'"},
    ForeignWord{"不足", "write '<'"},
    ForeignWord{"不低于", "write '>='"},
    ForeignWord{"不少于", "write '>='"},
    ForeignWord{"不小于", "write '>='"},
    ForeignWord{"至少", "write '>='"},
    ForeignWord{"不高于", "write '<='"},
    ForeignWord{"不超过", "write '<='"},
    ForeignWord{"不大于", "write '<='"},
    ForeignWord{"至多", "write '<='"},
    ForeignWord{"不等于", "write '!='"},
    ForeignWord{"乘以", "write '×' or '*'"},
    ForeignWord{"乘", "write '×' or '*'"},
    ForeignWord{"除以", "write '/'"},
    ForeignWord{"加", "write '+'"},
    ForeignWord{"减", "write '-'"},
};

} // namespace

std::optional<Diagnostic> Explanation::glued() {
  if (!at_end() && found().type == Tok::IDENT && adjacent() && before().type == Tok::NUMBER) {
    const std::vector<Tok> parts = split_glued(found().text);
    const Span both = join(before().span, found().span);
    if (parts.size() > 1 && mends(at_, 1, parts))
      return error("P104", both,
                   fmt::format("blanks are missing in '{}{}': it is read as the number {} and the name {}",
                               before().text, found().text, before().text, found().text));
    return error("P104", both,
                 fmt::format("'{}{}' is neither a number nor a name: a name cannot begin with a digit",
                             before().text, found().text),
                 "a value that is no name stands in quotes");
  }
  if (!at_end())
    if (Maybe here = glued_at(at_)) return here;
  return at_ > 0 ? glued_at(at_ - 1) : std::nullopt;
}

std::optional<Diagnostic> Explanation::glued_at(std::size_t i) {
  const Token &token = tokens_[i];
  if (token.type != Tok::IDENT) return std::nullopt;
  const auto read_as_one = [&](std::string_view side, const Keyword &keyword) {
    return error("P104", token.span,
                 fmt::format("a blank is missing {} {}: {} is read as one name", side,
                             both_spellings(keyword), token.text));
  };
  if (const Glued front = keyword_at_front(token.text); front.keyword)
    if (mends(i, 1, split_glued(token.text))) return read_as_one("after", *front.keyword);
  if (const Glued end = keyword_at_end(token.text); end.keyword) {
    const std::array parts{Tok::IDENT, end.keyword->type};
    if (mends(i, 1, parts)) return read_as_one("before", *end.keyword);
  }
  return std::nullopt;
}

/// A keyword with a wrong letter, at the place of the error, before it, or at the beginning of its line.
/// A keyword with a wrong letter or a part of a keyword of several words, at the place of the error, before
/// it, or at the beginning of its line.
std::optional<Diagnostic> Explanation::misspelt() {
  std::size_t line_start = std::min(at_, tokens_.size() - 1);
  while (!starts_line(line_start)) --line_start;
  for (const std::size_t i : {at_, at_ - 1, line_start})
    for (std::size_t count = most_words; count > 0; --count)
      if (i < tokens_.size() && i + count <= tokens_.size()) // at_ - 1 may wrap
        if (Maybe found_here = misspelt_at(i, count)) return found_here;
  return std::nullopt;
}

std::optional<Diagnostic> Explanation::misspelt_at(std::size_t i, std::size_t count) {
  std::string words;
  for (std::size_t k = i; k < i + count; ++k) {
    const Keyword *keyword = keyword_of(tokens_[k].type);
    if (tokens_[k].type != Tok::IDENT && !keyword) return std::nullopt;
    words += (k > i ? " " : "") + std::string(tokens_[k].text);
  }
  const bool known = count == 1 && tokens_[i].type != Tok::IDENT;
  for (std::size_t k = 0; const Keyword *keyword = keyword_of(static_cast<Tok>(k)); ++k) {
    const bool part = keyword->english.starts_with(words + " ");
    const auto blanks = std::count(keyword->english.begin(), keyword->english.end(), ' ');
    const bool typo =
        !known && blanks + 1 == static_cast<std::ptrdiff_t>(count) && is_typo_of(words, *keyword);
    if (!part && !typo) continue;
    const Tok type = keyword->type;
    const bool goes_on = mends(i, count, {&type, 1});
    const bool begins =
        begins_clause(type) && starts_line(i) && trial_.mends(trial_.as_clause(i, count, type));
    if (!goes_on && !begins) continue;
    const Span span = join(tokens_[i].span, tokens_[i + count - 1].span);
    if (part) return error("P108", span, fmt::format("'{}' is only a part of {}", words, wording_(type)));
    return error("P108", span, fmt::format("'{}' is no word of the language", words),
                 fmt::format("did you mean {}?", wording_(type)));
  }
  return std::nullopt;
}

/// Words of other languages, or of regulations, for what is written in another way here.
std::optional<Diagnostic> Explanation::foreign_word() {
  if (at_ == 0) return std::nullopt;
  for (const std::size_t i : {at_, at_ - 1}) {
    if (i >= tokens_.size() || tokens_[i].type != Tok::IDENT) continue;
    for (const ForeignWord &word : foreign_words)
      if (word.text == tokens_[i].text)
        return error("P108", tokens_[i].span, fmt::format("'{}' is no word of the language", word.text),
                     std::string(word.hint));
  }
  return std::nullopt;
}

std::optional<Diagnostic> Explanation::foreign_sign() {
  if (!adjacent()) return std::nullopt;
  const std::string both = std::string(before().text) + std::string(found().text);
  const char *hint = both == "=="   ? "equality is one '='"
                     : both == "//" ? "a comment begins with '#'"
                     : both == "<>" ? "not equal is '!='"
                     : both == "=<" ? "at most is '<='"
                     : both == "=>" ? "at least is '>='"
                     : both == "**" ? "there are no powers; multiply"
                                    : nullptr;
  if (!hint) return std::nullopt;
  return error("P108", join(before().span, found().span),
               fmt::format("'{}' is no sign of the language", both), hint);
}

} // namespace steelyard::syntax
