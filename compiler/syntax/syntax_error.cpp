// See syntax_error.h.
#include "compiler/syntax/syntax_error.h"
#include "compiler/syntax/unicode.h"
#include <fmt/core.h>

namespace steelyard::syntax {

bool report_token_errors(std::span<const Token> tokens, std::vector<Diagnostic> &diagnostics) {
  const std::size_t before = diagnostics.size();
  for (const Token &token : tokens) {
    if (token.type == Tok::OPEN_QUOTE)
      diagnostics.push_back({Severity::error,
                             "P102",
                             token.span,
                             "the text that begins here has no closing quote on this line",
                             "",
                             {}});
    if (token.type == Tok::STRAY)
      diagnostics.push_back({Severity::error,
                             "P103",
                             token.span,
                             fmt::format("the character '{}' has no meaning here", token.text),
                             "",
                             {}});
  }
  return diagnostics.size() != before;
}

Diagnostic SyntaxErrors::explain(std::span<const Token> tokens, Rule, std::size_t stopped) {
  if (stopped < tokens.size())
    return {Severity::error,
            "P108",
            tokens[stopped].span,
            fmt::format("'{}' is not expected here", tokens[stopped].text),
            "",
            {}};
  return {Severity::error, "P107", tokens.back().span, "something is missing after this", "", {}};
}

} // namespace steelyard::syntax
