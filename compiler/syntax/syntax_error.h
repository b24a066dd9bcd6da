// Errors of syntax in the user's terms.
#pragma once
#include "compiler/syntax/clause_parser.h"
#include "compiler/syntax/clauses.h"
#include "compiler/syntax/keywords.h"
#include <vector>

namespace steelyard::syntax {

/// Reports text that is not UTF-8 (and is then false); nothing of the file is looked at then.
bool is_utf8(const SourceFiles &files, std::uint32_t file, std::vector<Diagnostic> &diagnostics);

/// What is wrong with the single tokens of a clause: unclosed quotes, characters without a meaning, an
/// expression too deep or too long for the parser. A clause with such an error is not parsed.
bool report_token_errors(std::span<const Token> tokens, std::vector<Diagnostic> &diagnostics);

/// Says what is wrong with clauses that do not parse.
class SyntaxErrors {
public:
  SyntaxErrors(ClauseParser &parser, Wording wording) : parser_(parser), wording_(wording) {}

  Diagnostic explain(std::span<const Token> tokens, Rule entry, std::size_t stopped);

private:
  ClauseParser &parser_;
  Wording wording_;
  /// What may be spent in this file on finding out what is wrong, in tokens parsed: a second or two, for some
  /// hundred errors. Beyond that messages are plainer.
  std::size_t budget_ = 3'000'000;
};

} // namespace steelyard::syntax
