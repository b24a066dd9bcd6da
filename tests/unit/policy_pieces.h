// Where the tokens of a policy's text are, for tests that change one at a time.
#pragma once
#include <cctype>
#include <cstddef>
#include <string_view>
#include <vector>

namespace policy_pieces {

/// Where the tokens of a formatted sample are: words, numbers, quoted texts, signs. Comments are left out.
/// That the pieces are not quite the lexer's does not matter here.
struct Piece {
  std::size_t at = 0, length = 0;
  int line = 1;
};

inline std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  const auto is_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
  };
  int line = 1;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t start = i;
    if (text[i] == '\n') ++line;
    if (text[i] == ' ' || text[i] == '\n') {
      ++i;
      continue;
    }
    if (text[i] == '#') {
      i = text.find('\n', i);
      continue;
    }
    const bool curly = text.substr(i, 3) == "\xE2\x80\x9C"; // “…”
    if (curly) {
      i = text.find("\xE2\x80\x9D", i) + 3;
    } else if (text[i] == '"') {
      for (++i; text[i] != '"'; ++i)
        if (text[i] == '\\') ++i;
      ++i;
    } else if (is_word(text[i])) {
      while (i < text.size() &&
             (is_word(text[i]) || (text[i] == '-' && std::isdigit(static_cast<unsigned char>(text[i - 1])))))
        ++i;
    } else {
      ++i;
    }
    pieces.push_back({start, i - start, line});
  }
  return pieces;
}

} // namespace policy_pieces
