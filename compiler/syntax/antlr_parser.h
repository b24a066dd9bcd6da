// The lexer and parser that ANTLR makes from grammar/Steelyard.g4.in, behind plain types.
#pragma once
#include "compiler/syntax/token.h"
#include <cstddef>
#include <memory>
#include <optional>
#include <span>

namespace steelyard::syntax {

/// All tokens of `text` but blanks, comments among them. Precondition: `text` is valid UTF-8.
std::vector<Token> lex(std::string_view text, std::uint32_t file);

/// What came of parsing one clause: its tree, or the index of the first token that cannot stand where it
/// stands (the number of tokens when the clause ends too early).
struct ClauseParse {
  std::optional<Node> tree;
  std::size_t stopped = 0;
};

/// Parses sequences of token types by one of the grammar's entry rules (clause, alternativeClause,
/// standaloneExpression). It reports nothing and repairs nothing; see syntax_error.h for that.
class ClauseParser {
public:
  ClauseParser();
  ~ClauseParser();
  ClauseParser(const ClauseParser &) = delete;
  ClauseParser &operator=(const ClauseParser &) = delete;

  ClauseParse parse(std::span<const Tok> types, Rule entry);
  /// The same, quicker for clauses that are likely to have an error.
  ClauseParse try_out(std::span<const Tok> types, Rule entry);

private:
  struct Generated;
  std::unique_ptr<Generated> generated_;
};

} // namespace steelyard::syntax
