// What the library of the generated lexer and parser offers the rest of the program. It is opened when a text
// is met that the program does not remember (parse_memory.h): ANTLR costs every start of it some 10 ms.
#pragma once
#include "compiler/syntax/token.h"
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace steelyard::syntax {

/// A token by its place: `length` bytes from `begin`.
struct Lexeme {
  Tok type = Tok::end;
  std::uint32_t begin = 0, length = 0;
  bool operator==(const Lexeme &) const = default;
};

/// What came of parsing one clause: its tree, or the index of the first token that cannot stand where it
/// stands (the number of tokens when the clause ends too early).
struct ClauseParse {
  std::optional<Node> tree;
  std::size_t stopped = 0;
};

/// How ANTLR looks ahead: `quick` (SLL) may refuse what can stand, and does not know the first token that
/// cannot; what it accepts it parses rightly.
enum class Lookahead : std::uint8_t { quick, full };

class GeneratedParser {
public:
  GeneratedParser() = default;
  virtual ~GeneratedParser() = default;
  GeneratedParser(const GeneratedParser &) = delete;
  GeneratedParser &operator=(const GeneratedParser &) = delete;
  virtual ClauseParse parse(std::span<const Tok> types, Rule entry, Lookahead lookahead) = 0;
};

struct AntlrLibrary {
  /// All tokens of `text` but blanks. Precondition: `text` is valid UTF-8.
  std::vector<Lexeme> (*lex)(std::string_view text);
  std::unique_ptr<GeneratedParser> (*make_parser)();
};

} // namespace steelyard::syntax

extern "C" const steelyard::syntax::AntlrLibrary *steelyard_antlr_library();
