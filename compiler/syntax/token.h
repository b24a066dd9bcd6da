// Tokens and the concrete parse tree in plain types, so that ANTLR's headers stay in antlr_parser.cpp.
#pragma once
#include "compiler/syntax/source.h"
#include <cstdint>
#include <string_view>
#include <vector>

namespace steelyard::syntax {

enum class Tok : std::uint8_t {
#define TOKEN(name) name,
#include "tokens.inc"
#undef TOKEN
  end ///< after the last token of a clause
};

struct Token {
  Tok type = Tok::end;
  Span span;
  std::string_view text; ///< as written; lives as long as the SourceFile
};

enum class Rule : std::uint8_t {
  token, ///< a leaf
#define RULE(name, upper) name,
#include "rules.inc"
#undef RULE
};

/// A node of the parse tree of one clause. A leaf stands for the token `first`.
struct Node {
  Rule rule = Rule::token;
  std::uint32_t first = 0, last = 0; ///< tokens of the clause, `last` is one past
  std::vector<Node> children;
};

} // namespace steelyard::syntax
