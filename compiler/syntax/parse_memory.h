// What the grammar made of a policy file is kept in the cache folder: the same text is not lexed and parsed
// again by the same build. That is most of the time it takes to check a policy that was proved before.
#pragma once
#include "compiler/syntax/antlr_library.h"
#include <filesystem>
#include <string>

namespace steelyard::syntax {

struct ParsedText {
  std::vector<Lexeme> lexemes;
  std::vector<Node> clauses; ///< the parse tree of each, in the order of the text
};

/// As bytes, and back: nothing where they are not whole.
std::string to_bytes(const ParsedText &parsed);
std::optional<ParsedText> from_bytes(std::string_view bytes);

class ParseMemory {
public:
  /// `entry`: the rule by which the text is parsed; `clause` for the clauses of a file.
  ParseMemory(std::string_view text, Rule entry);
  std::optional<ParsedText> recall() const;
  /// Precondition: the text has no error.
  void keep(const ParsedText &parsed) const;

private:
  std::filesystem::path file_; ///< empty when nothing is kept
};

} // namespace steelyard::syntax
