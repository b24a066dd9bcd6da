// Errors that show in single tokens; see syntax_error.h.
#include "compiler/syntax/expectation.h"
#include "compiler/syntax/syntax_error.h"
#include "compiler/syntax/unicode.h"
#include <array>
#include <fmt/core.h>

namespace steelyard::syntax {
namespace {

constexpr int deepest = 200;        ///< parentheses within parentheses
constexpr int most_operators = 500; ///< of one clause: each may nest as well

struct KnownStray {
  std::string_view text, hint;
};
constexpr std::array known_strays{
    KnownStray{"'", "a text stands in double quotes"},
    KnownStray{"‘", "a text stands in double quotes"},
    KnownStray{"’", "a text stands in double quotes"},
    KnownStray{"”", "a text begins with “ or \""},
    KnownStray{";", "nothing closes a line"},
    KnownStray{"；", "nothing closes a line"},
    KnownStray{"。", "nothing closes a line; a decimal point is '.'"},
    KnownStray{"&", "write 'and' or '且'"},
    KnownStray{"!", "write 'not' or '非'; not equal is '!='"},
    KnownStray{"！", "write 'not' or '非'; not equal is '!='"},
    KnownStray{"—", "minus is '-'"},
    KnownStray{"–", "minus is '-'"},
    KnownStray{"^", "there are no powers; multiply"},
    KnownStray{"{", "parentheses are '(' and ')'"},
    KnownStray{"}", "parentheses are '(' and ')'"},
};

std::string hint_for(std::string_view text) {
  for (const KnownStray &known : known_strays)
    if (text.starts_with(known.text)) return std::string(known.hint);
  return {};
}

std::string shown(std::string_view text) {
  const char32_t c = code_point_at(text, 0).value;
  if (c < ' ' || c == 0x7F || display_width(c) == 0) return fmt::format("U+{:04X}", static_cast<unsigned>(c));
  return fmt::format("'{}'", text);
}

bool nests(Tok type) {
  switch (type) {
  case Tok::NOT:
  case Tok::REQUIRED:
  case Tok::IS_MISSING:
  case Tok::IS_GIVEN:
  case Tok::SUM_OF:
  case Tok::COUNT_OF:
  case Tok::MEAN_OF:
  case Tok::MIN_OF:
  case Tok::MAX_OF:
  case Tok::CV_OF:
  case Tok::SHARE_OF:
  case Tok::NEXT_OF:
  case Tok::PREVIOUS_OF:
    return true;
  default:
    return is_operator(type);
  }
}

} // namespace

bool report_token_errors(std::span<const Token> tokens, std::vector<Diagnostic> &diagnostics) {
  const std::size_t before = diagnostics.size();
  int depth = 0, operators = 0;
  const Token *last_stray = nullptr;
  const auto report = [&](std::string_view code, const Token &token, std::string message, std::string hint) {
    diagnostics.push_back(
        {Severity::error, std::string(code), token.span, std::move(message), std::move(hint), {}});
  };
  for (const Token &token : tokens) {
    if (token.type == Tok::OPEN_QUOTE) {
      const bool chinese = token.text.front() != '"';
      report("P102", token, "the text that begins here has no closing quote on this line",
             !chinese ? ""
             : token.text.find('"') != std::string_view::npos
                 ? "a text that begins with “ ends with ”, not with \""
                 : "a text that begins with “ ends with ”");
    } else if (token.type == Tok::STRAY) {
      const bool goes_on =
          last_stray && last_stray->span.line == token.span.line &&
          (last_stray->span.end_column == token.span.column ||
           (!hint_for(token.text).empty() && hint_for(token.text) == hint_for(last_stray->text)));
      if (!goes_on)
        report("P103", token,
               fmt::format("the character {} has no meaning in the language", shown(token.text)),
               hint_for(token.text));
      last_stray = &token;
    } else if (token.type == Tok::LPAREN || token.type == Tok::LBRACK) {
      if (++depth == deepest + 1)
        report("P106", token, fmt::format("more than {} parentheses stand inside each other here", deepest),
               "name parts of the formula by definitions of their own");
    } else if (token.type == Tok::RPAREN || token.type == Tok::RBRACK) {
      --depth;
    } else if (nests(token.type) && ++operators == most_operators + 1) {
      report("P106", token, fmt::format("this formula has more than {} operators", most_operators),
             "name parts of the formula by definitions of their own");
    }
  }
  return diagnostics.size() != before;
}

} // namespace steelyard::syntax
