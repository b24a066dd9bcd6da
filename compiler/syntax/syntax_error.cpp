// Mistakes in what stands where: parentheses, rows, lines, single tokens. See explanation.h.
#include "compiler/syntax/syntax_error.h"
#include "compiler/syntax/clauses.h"
#include "compiler/syntax/explanation.h"
#include "compiler/syntax/unicode.h"
#include <algorithm>
#include <array>

namespace steelyard::syntax {
namespace {

/// All types but keywords.
TokenSet signs_and_values() {
  TokenSet set;
  for (std::size_t i = 0; i < set.size(); ++i) set[i] = keyword_of(static_cast<Tok>(i)) == nullptr;
  return set;
}

/// False for parts of an item in whose middle the clause `before` cannot stand.
bool can_follow(Tok head, Tok before) {
  switch (head) {
  case Tok::KEY:
    return before == Tok::ENTITY || before == Tok::KEY || before == Tok::ROWS_FROM;
  case Tok::GIVEN:
  case Tok::EXPECT:
    return before == Tok::TEST || before == Tok::GIVEN || before == Tok::EXPECT;
  case Tok::LESS:
    return before == Tok::DEDUCT || before == Tok::LESS;
  case Tok::EXCEPT:
    return before == Tok::DEFINE || before == Tok::CASE_EQ || before == Tok::EXCEPT;
  default:
    return true;
  }
}

} // namespace

Diagnostic Explanation::find() {
  using Step = Maybe (Explanation::*)();
  for (const Step step : {&Explanation::glued, &Explanation::misspelt, &Explanation::foreign_word,
                          &Explanation::head_inside_line, &Explanation::parentheses, &Explanation::table_row,
                          &Explanation::missing_type, &Explanation::foreign_sign, &Explanation::doubled,
                          &Explanation::line_of_its_own, &Explanation::single_repair})
    if (Maybe found = (this->*step)()) return std::move(*found);
  return not_expected();
}

Span Explanation::place() const {
  if (!at_end()) return found().span;
  Span span = tokens_.back().span;
  span.line = span.end_line;
  span.column = span.end_column;
  ++span.end_column;
  return span;
}

std::string Explanation::shown(const Token &token) {
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

std::string Explanation::where() const {
  if (at_end() || (at_ > 0 && starts_line(at_) && !trial_.could_end())) return "after " + shown(before());
  return "before " + shown(found());
}

bool Explanation::type_expected() {
  constexpr std::array type{Tok::MONEY_TYPE, Tok::LPAREN, Tok::NUMBER};
  constexpr std::array number{Tok::NUMBER};
  return trial_.takes(type) && !trial_.takes(number);
}

std::optional<Diagnostic> Explanation::head_inside_line() {
  if (at_end() || !begins_clause(found().type) || !trial_.could_end()) return std::nullopt;
  return error("P108", found().span, fmt::format("{} begins a line of its own", shown(found())));
}

std::optional<Diagnostic> Explanation::parentheses() {
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

std::optional<Diagnostic> Explanation::table_row() {
  constexpr Tok bar = Tok::BAR;
  const bool bars_follow = std::any_of(tokens_.begin() + static_cast<std::ptrdiff_t>(at_), tokens_.end(),
                                       [](const Token &token) { return token.type == bar; });
  if (at_ == 0 && bars_follow) return error("P107", found().span, "the row has no '|' at its beginning");
  if (tokens_.front().type != Tok::ROW_BAR) return std::nullopt;
  if (has(trial_.expected(), bar)) {
    if (at_end()) return error("P107", place(), "the row has no '|' at its end");
    if (starts_line(at_)) return error("P107", found().span, "the row above has no '|' at its end");
    if (mends(at_, 0, {&bar, 1}))
      return error("P107", found().span, fmt::format("'|' is missing before {}", shown(found())));
  }
  if (!at_end() && found().type == bar && (before().type == Tok::ROW_BAR || before().type == bar))
    return error("P107", found().span, "a cell is empty",
                 fmt::format("write {} where any value will do", wording_(Tok::ANY)));
  return std::nullopt;
}

std::optional<Diagnostic> Explanation::missing_type() {
  if (!has(trial_.expected(), Tok::COLON) || at_ == 0) return std::nullopt;
  constexpr std::array type{Tok::COLON, Tok::COUNT_TYPE};
  constexpr std::array only_colon{Tok::COLON};
  if (mends(at_, 0, only_colon)) return std::nullopt; // said as a single repair
  constexpr std::array value{Tok::COLON, Tok::NUMBER};
  if (trial_.takes(value)) return std::nullopt; // a formula, not a type
  const bool needs_type =
      at_end() ? trial_.takes(type) && trial_.with(at_, 0, type).end : mends(at_, 0, type);
  if (!needs_type) return std::nullopt;
  return error("P107", place(), fmt::format("a ':' and the type are missing {}", where()),
               "as in NAME: " + std::string(wording_.chinese ? "金额(2) (money(2))" : "money(2)"));
}

std::optional<Diagnostic> Explanation::doubled() {
  if (at_end() || at_ == 0 || found().text != before().text) return std::nullopt;
  const Reach without = trial_.with(at_, 1, {});
  if (!without.end && without.token <= at_ + 1) return std::nullopt;
  return error("P108", found().span, fmt::format("{} stands here twice", shown(found())));
}

std::optional<Diagnostic> Explanation::line_of_its_own() {
  if (entry_ == Rule::standaloneExpression) return std::nullopt;
  if (at_end() || !starts_line(at_) || (at_ > 0 && !trial_.could_end())) return std::nullopt;
  // What goes on with a line is indented deeper; there one token may be all that is missing.
  const bool deeper = found().span.column > tokens_.front().span.column;
  const bool one_missing = at_ > 0 ? deeper : entry_ == Rule::alternativeClause;
  if (one_missing && trial_.best(0).reach.end) return std::nullopt;
  const std::vector<std::string> heads = heads_for_line();
  if (!heads.empty())
    return error("P107", found().span, fmt::format("{} is missing before {}", either(heads), shown(found())));
  const std::string begins =
      entry_ == Rule::alternativeClause
          ? fmt::format("or an alternative with {} and its condition", wording_(Tok::WHEN))
          : fmt::format("a line begins with a word such as {}, {} or {}", wording_(Tok::DEFINE),
                        wording_(Tok::LET), wording_(Tok::INPUT));
  return error("P108", found().span,
               fmt::format("{} neither begins something nor goes on with the line before", shown(found())),
               begins);
}

std::vector<std::string> Explanation::heads_for_line() {
  std::vector<std::string> heads;
  const Tok clause = tokens_.front().type;
  if (clause == Tok::DEFINE || clause == Tok::CASE_EQ)
    if (trial_.as_clause(at_, 0, Tok::CASE_EQ).end) return {"'='"};
  for (std::size_t i = 0; keyword_of(static_cast<Tok>(i)); ++i) {
    const Tok head = static_cast<Tok>(i);
    if (begins_clause(head) && can_follow(head, clause) && trial_.as_clause(at_, 0, head).end)
      heads.push_back(wording_(head));
  }
  return heads;
}

TokenSet Explanation::needed(TokenSet types) {
  const auto leave_out = [&](std::initializer_list<Tok> optional) {
    TokenSet rest = types;
    for (const Tok type : optional) drop(rest, type);
    if (rest.any()) types = rest;
  };
  if (has(types, Tok::IDENT) || has(types, Tok::PLUS))
    return types; // a value or an operator: anything may be meant
  if (has(types, Tok::COLON)) return TokenSet().set(static_cast<std::size_t>(Tok::COLON));
  if (has(types, Tok::EQ)) return TokenSet().set(static_cast<std::size_t>(Tok::EQ));
  leave_out({Tok::OPTIONAL, Tok::ABOVE, Tok::ROUNDED, Tok::PER, Tok::CITE, Tok::ASSUMED, Tok::LBRACK});
  if (has(types, Tok::OF) || has(types, Tok::BY)) leave_out({Tok::FROM}); // the bounds of the type
  return types;
}

/// One token put in, left out or replaced, whichever lets the parser go on furthest.
std::optional<Diagnostic> Explanation::single_repair() {
  const Repair insertion = trial_.best(0);
  if (at_end()) {
    const TokenSet set = needed(insertion.reach.end ? insertion.types : trial_.expected());
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
  const bool two_values = insertion.reach.token > at_ && begins_value(found().type) && trial_.could_end() &&
                          has(insertion.types, Tok::PLUS);
  if (insertion.reach == best || two_values)
    return error(
        "P107", place(),
        fmt::format("{} is missing {}",
                    either(in_words(needed(insertion.types), wording_, type_before(), type_expected())),
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

Diagnostic SyntaxErrors::explain(std::span<const Token> tokens, Rule entry, std::size_t stopped) {
  return Explanation(parser_, wording_, tokens, entry, stopped, budget_).find();
}

} // namespace steelyard::syntax
