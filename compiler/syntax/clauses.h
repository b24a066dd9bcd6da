// Cuts the tokens of a file into clauses: the lines that begin with a keyword of a clause, with the lines
// that continue them. See the head of grammar/Steelyard.g4.in.
#pragma once
#include "compiler/syntax/token.h"
#include <span>
#include <vector>

namespace steelyard::syntax {

struct Clause {
  Tok head =
      Tok::end; ///< its first token; IDENT or NONE for an alternative of `decide`, whatever its name is
  Tok block =
      Tok::end; ///< the head of the item it stands in: DEFINE for the `=` and `except` lines of a define
  Rule entry = Rule::clause;
  std::uint32_t first = 0, last = 0; ///< into CutFile::tokens
};

struct CutFile {
  std::vector<Token> tokens;   ///< without comments; the types of leading `=` and `|` are CASE_EQ and ROW_BAR
  std::vector<Token> comments; ///< in the order of the text
  std::vector<Clause> clauses;

  std::span<const Token> tokens_of(const Clause &clause) const {
    return std::span(tokens).subspan(clause.first, clause.last - clause.first);
  }
};

CutFile cut_into_clauses(std::vector<Token> tokens);

/// True for the keywords that begin a clause, wherever they stand.
bool begins_clause(Tok type);
/// True for those of them that begin an item of a file or scope; the others continue one (`key`, `except`,
/// `given`).
bool begins_item(Tok type);

} // namespace steelyard::syntax
