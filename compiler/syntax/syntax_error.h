// Errors of syntax in the user's terms.
#pragma once
#include "compiler/syntax/antlr_parser.h"
#include "compiler/syntax/clauses.h"
#include "compiler/syntax/keywords.h"

namespace steelyard::syntax {

/// What is wrong with the single tokens of a clause: unclosed quotes, characters without a meaning,
/// parentheses nested too deep. A clause with such an error is not parsed.
bool report_token_errors(std::span<const Token> tokens, std::vector<Diagnostic> &diagnostics);

/// Says what is wrong with a clause that does not parse.
class SyntaxErrors {
public:
  SyntaxErrors(ClauseParser &parser, Wording wording) : parser_(parser), wording_(wording) {}

  Diagnostic explain(std::span<const Token> tokens, Rule entry, std::size_t stopped);

private:
  ClauseParser &parser_;
  Wording wording_;
};

} // namespace steelyard::syntax
