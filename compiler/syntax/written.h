// The tokens of a clause as the formatter writes them: their text in a surface, and what stands between them.
#pragma once
#include "compiler/syntax/parse.h"
#include "compiler/syntax/token.h"
#include <optional>
#include <span>

namespace steelyard::syntax {

/// Parts of a clause that consecutive clauses of the same kind align, in the order in which they stand in a
/// line.
enum class Column : std::uint8_t { first, heading, title, value, condition, basis, overriding };

struct Written {
  std::string text;
  bool blank_before = true;
  std::optional<Column> begins;        ///< begins this part
  std::optional<std::uint32_t> within; ///< the first token of the expression it goes on with
  bool ends_cell = false;              ///< a '|' of a table row
};

std::vector<Written> write_tokens(std::span<const Token> tokens, const Node &clause, Surface surface);

} // namespace steelyard::syntax
