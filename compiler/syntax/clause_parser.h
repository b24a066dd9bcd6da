// Lexing, and parsing of single clauses, by the grammar in grammar/Steelyard.g4.in.
#pragma once
#include "compiler/syntax/antlr_library.h"

namespace steelyard::syntax {

/// All tokens of `text` but blanks, comments among them. Precondition: `text` is valid UTF-8.
std::vector<Lexeme> lexemes_of(std::string_view text);

/// With their lines and columns.
std::vector<Token> tokens_at(std::span<const Lexeme> lexemes, std::string_view text, std::uint32_t file);
std::vector<Token> lex(std::string_view text, std::uint32_t file);

/// Parses sequences of token types by one of the grammar's entry rules (clause, alternativeClause,
/// standaloneExpression). It reports nothing and repairs nothing; see syntax_error.h for that.
class ClauseParser {
public:
  ClauseParse parse(std::span<const Tok> types, Rule entry);
  /// The same, quicker for clauses that are likely to have an error.
  ClauseParse try_out(std::span<const Tok> types, Rule entry);

private:
  GeneratedParser &generated();
  std::unique_ptr<GeneratedParser> generated_; ///< made when it is first wanted
};

} // namespace steelyard::syntax
