// Says why a clause does not parse; see syntax_error.h. The parser stops at the first token that cannot stand
// where it stands. From there each kind of mistake is tried in turn, the most particular first; what mends
// the clause is taken to be what is wrong with it.
#include "compiler/syntax/syntax_error.h"
#include "compiler/syntax/expectation.h"
#include "compiler/syntax/trial.h"
#include "compiler/syntax/unicode.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::syntax {
namespace {

using Maybe = std::optional<Diagnostic>;

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

/// All types but keywords.
TokenSet signs_and_values() {
  TokenSet set;
  for (std::size_t i = 0; i < set.size(); ++i) set[i] = keyword_of(static_cast<Tok>(i)) == nullptr;
  return set;
}

class Explanation {
public:
  Explanation(ClauseParser &parser, const Wording &wording, std::span<const Token> tokens, Rule entry,
              std::size_t stopped, std::size_t &budget)
      : wording_(wording), tokens_(tokens), entry_(entry), at_(stopped),
        trial_(parser, tokens, entry, stopped, budget) {}

  Diagnostic find() {
    using Step = Maybe (Explanation::*)();
    for (const Step step : {&Explanation::glued, &Explanation::misspelt, &Explanation::head_inside_line,
                            &Explanation::parentheses, &Explanation::table_row, &Explanation::missing_type,
                            &Explanation::foreign_sign, &Explanation::doubled, &Explanation::line_of_its_own,
                            &Explanation::single_repair})
      if (Maybe found = (this->*step)()) return std::move(*found);
    return not_expected();
  }

private:
  bool at_end() const { return at_ == tokens_.size(); }
  const Token &found() const { return tokens_[at_]; }
  const Token &before() const { return tokens_[at_ - 1]; }
  Tok type_before() const { return at_ > 0 ? before().type : Tok::end; }
  bool starts_line(std::size_t i) const {
    return i == 0 || tokens_[i].span.line > tokens_[i - 1].span.end_line;
  }
  bool adjacent() const { // no blank between the token found and the one before
    return at_ > 0 && !at_end() && before().span.end_line == found().span.line &&
           before().span.end_column == found().span.column;
  }

  /// Where the error is marked: the token that cannot stand there, or the place just after the last one.
  Span place() const {
    if (!at_end()) return found().span;
    Span span = tokens_.back().span;
    span.line = span.end_line;
    span.column = span.end_column;
    ++span.end_column;
    return span;
  }

  static std::string shown(const Token &token) {
    std::string text(token.text);
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    if (code_points(text) > 24) {
      std::size_t bytes = 0;
      for (int i = 0; i < 20; ++i) bytes += code_point_at(text, bytes).length;
      text = text.substr(0, bytes) + "...";
    }
    return token.type == Tok::STRING ? text : "'" + text + "'";
  }

  /// "after X" where the line ends, else "before Y".
  std::string where() const {
    if (at_end() || (at_ > 0 && starts_line(at_) && !trial_.could_end())) return "after " + shown(before());
    return "before " + shown(found());
  }

  static Diagnostic error(std::string_view code, const Span &span, std::string message,
                          std::string hint = {}) {
    return {Severity::error, std::string(code), span, std::move(message), std::move(hint), {}};
  }

  std::string expected_words() {
    return either(in_words(trial_.expected(), wording_, type_before(), type_expected()));
  }
  bool type_expected() {
    constexpr std::array type{Tok::MONEY_TYPE, Tok::LPAREN, Tok::NUMBER};
    constexpr std::array number{Tok::NUMBER};
    return trial_.takes(type) && !trial_.takes(number);
  }
  bool mends(std::size_t from, std::size_t count, std::span<const Tok> types) {
    return trial_.mends(trial_.with(from, count, types));
  }

  // ---------- the kinds of mistakes ----------
  Maybe glued();
  Maybe glued_at(std::size_t i);
  Maybe misspelt();
  Maybe head_inside_line();
  Maybe parentheses();
  Maybe table_row();
  Maybe missing_type();
  Maybe foreign_sign();
  Maybe doubled();
  Maybe line_of_its_own();
  Maybe single_repair();
  Diagnostic not_expected();

  const Wording &wording_;
  std::span<const Token> tokens_;
  Rule entry_;
  std::size_t at_;
  Trial trial_;
};

Maybe Explanation::glued() {
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

Maybe Explanation::glued_at(std::size_t i) {
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
Maybe Explanation::misspelt() {
  std::size_t line_start = std::min(at_, tokens_.size() - 1);
  while (!starts_line(line_start)) --line_start;
  for (const std::size_t i : {at_, at_ - 1, line_start}) {
    if (i >= tokens_.size() || tokens_[i].type != Tok::IDENT) continue; // at_ - 1 may wrap
    for (std::size_t k = 0; const Keyword *keyword = keyword_of(static_cast<Tok>(k)); ++k) {
      if (!is_typo_of(tokens_[i].text, *keyword)) continue;
      const Tok type = keyword->type;
      bool mended = mends(i, 1, {&type, 1});
      if (!mended && begins_clause(type) && starts_line(i)) { // the line is a clause that was not cut off
        mended = trial_.mends(trial_.from(i, type));
      }
      if (mended)
        return error("P108", tokens_[i].span, fmt::format("{} is no word of the language", shown(tokens_[i])),
                     fmt::format("did you mean {}?", wording_(type)));
    }
  }
  return std::nullopt;
}

Maybe Explanation::head_inside_line() {
  if (at_end() || !begins_clause(found().type) || !trial_.could_end()) return std::nullopt;
  return error("P108", found().span, fmt::format("{} begins a line of its own", shown(found())));
}

Maybe Explanation::parentheses() {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < at_; ++i) {
    if (tokens_[i].type == Tok::LPAREN || tokens_[i].type == Tok::LBRACK) open.push_back(i);
    if ((tokens_[i].type == Tok::RPAREN || tokens_[i].type == Tok::RBRACK) && !open.empty()) open.pop_back();
  }
  const bool closes = !at_end() && (found().type == Tok::RPAREN || found().type == Tok::RBRACK);
  if (closes && open.empty())
    return error("P105", found().span, fmt::format("this {} closes nothing", shown(found())));
  if (open.empty()) return std::nullopt;
  const Token &opening = tokens_[open.back()];
  const Tok closing = opening.type == Tok::LPAREN ? Tok::RPAREN : Tok::RBRACK;
  const bool missing =
      has(trial_.expected(), closing) &&
      (closes || at_end() || mends(at_, 0, {&closing, 1}) || opening.span.line < found().span.line);
  if (!missing) return std::nullopt;
  Diagnostic result = error("P105", opening.span, fmt::format("this {} is not closed", shown(opening)));
  result.related.push_back({place(), fmt::format("{} is expected {}", in_words(closing, wording_), where())});
  return result;
}

Maybe Explanation::table_row() {
  constexpr Tok bar = Tok::BAR;
  const bool bars_follow = std::any_of(tokens_.begin() + static_cast<std::ptrdiff_t>(at_), tokens_.end(),
                                       [](const Token &token) { return token.type == bar; });
  if (at_ == 0 && bars_follow) return error("P107", found().span, "the row has no '|' at its beginning");
  if (tokens_.front().type != Tok::ROW_BAR) return std::nullopt;
  if (at_end() && has(trial_.expected(), bar)) return error("P107", place(), "the row has no '|' at its end");
  if (!at_end() && found().type == bar && (before().type == Tok::ROW_BAR || before().type == bar))
    return error("P107", found().span, "a cell is empty",
                 fmt::format("write {} where any value will do", wording_(Tok::ANY)));
  return std::nullopt;
}

Maybe Explanation::missing_type() {
  if (!has(trial_.expected(), Tok::COLON) || at_ == 0) return std::nullopt;
  constexpr std::array type{Tok::COLON, Tok::COUNT_TYPE};
  constexpr std::array only_colon{Tok::COLON};
  if (mends(at_, 0, only_colon)) return std::nullopt; // said as a single repair
  const bool needed = at_end() ? trial_.takes(type) && trial_.with(at_, 0, type).end : mends(at_, 0, type);
  if (!needed) return std::nullopt;
  return error("P107", place(), fmt::format("a ':' and the type are missing {}", where()),
               "as in NAME: " + std::string(wording_.chinese ? "金额(2) (money(2))" : "money(2)"));
}

/// Signs of other languages.
Maybe Explanation::foreign_sign() {
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

Maybe Explanation::doubled() {
  if (at_end() || at_ == 0 || found().text != before().text) return std::nullopt;
  const Reach without = trial_.with(at_, 1, {});
  if (!without.end && without.token <= at_ + 1) return std::nullopt;
  return error("P108", found().span, fmt::format("{} stands here twice", shown(found())));
}

Maybe Explanation::line_of_its_own() {
  if (at_end() || !starts_line(at_) || (at_ > 0 && !trial_.could_end())) return std::nullopt;
  // What goes on with a line is indented deeper; there one token may be all that is missing.
  const bool deeper = found().span.column > tokens_.front().span.column;
  if (at_ > 0 && deeper && trial_.best(0).reach.end) return std::nullopt;
  std::string begins = fmt::format("a line begins with a word such as {}, {} or {}", wording_(Tok::DEFINE),
                                   wording_(Tok::LET), wording_(Tok::INPUT));
  if (entry_ == Rule::alternativeClause)
    begins = fmt::format("or an alternative with {} and its condition", wording_(Tok::WHEN));
  return error("P108", found().span,
               fmt::format("{} neither begins something nor goes on with the line before", shown(found())),
               begins);
}

/// One token put in, left out or replaced, whichever lets the parser go on furthest.
Maybe Explanation::single_repair() {
  const Repair insertion = trial_.best(0);
  if (at_end()) {
    const TokenSet &set = insertion.reach.end ? insertion.types : trial_.expected();
    return error("P107", place(),
                 fmt::format("{} is missing {}",
                             either(in_words(set, wording_, type_before(), type_expected())), where()));
  }
  const Reach removal = trial_.with(at_, 1, {});
  const Repair replacement = trial_.best(1);
  const bool keyword = keyword_of(found().type) && !keyword_of(found().type)->soft;
  const Reach best = std::max({insertion.reach, removal, replacement.reach});
  if (!trial_.mends(best)) return std::nullopt;
  if (keyword && replacement.reach == best && has(replacement.types, Tok::IDENT) && insertion.reach < best)
    return error(
        "P109", found().span,
        fmt::format("{} is a word of the language and cannot stand for a value or a name", shown(found())));
  if (insertion.reach == best)
    return error("P107", place(),
                 fmt::format("{} is missing {}",
                             either(in_words(insertion.types, wording_, type_before(), type_expected())),
                             where()));
  if (removal == best && !(replacement.reach == best && begins_value(found().type)))
    return error("P108", found().span, fmt::format("{} is too much here", shown(found())),
                 trial_.could_end() ? "" : "expected here: " + expected_words());
  const bool only_keywords = (replacement.types & signs_and_values()).none();
  if (only_keywords) return std::nullopt; // one of many that could go on here
  return error("P108", found().span,
               fmt::format("{} stands where {} is expected", shown(found()),
                           either(in_words(replacement.types, wording_, type_before(), type_expected()))));
}

Diagnostic Explanation::not_expected() {
  if (at_end()) return error("P107", place(), fmt::format("something is missing after {}", shown(before())));
  const std::string words = expected_words();
  return error("P108", found().span, fmt::format("{} is not expected here", shown(found())),
               words.empty() ? "" : "expected here: " + words);
}

} // namespace

Diagnostic SyntaxErrors::explain(std::span<const Token> tokens, Rule entry, std::size_t stopped) {
  return Explanation(parser_, wording_, tokens, entry, stopped, budget_).find();
}

} // namespace steelyard::syntax
