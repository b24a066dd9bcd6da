// Opens the library of the generated parser, and gives its tokens their lines and columns.
#include "compiler/syntax/clause_parser.h"
#include "runtime/data/beside_program.h"
#include <dlfcn.h>
#include <stdexcept>

namespace steelyard::syntax {
namespace {

const AntlrLibrary &antlr() {
  static const AntlrLibrary &library = []() -> const AntlrLibrary & {
    std::string reason;
    void *opened = data::open_beside_program("libsteelyard_parser.so", reason);
    if (opened == nullptr) throw std::runtime_error("policies cannot be read: " + reason);
    const auto get =
        reinterpret_cast<decltype(&steelyard_antlr_library)>(dlsym(opened, "steelyard_antlr_library"));
    if (get == nullptr)
      throw std::runtime_error("policies cannot be read: libsteelyard_parser.so is another's");
    return *get();
  }();
  return library;
}

/// A walk through a text that knows its line and column.
class Place {
public:
  explicit Place(std::string_view text) : text_(text) {
    if (text.starts_with("\xEF\xBB\xBF")) at_ = 3; // a byte order mark has no column
  }
  void go_to(std::size_t byte) {
    for (; at_ < byte; ++at_) {
      if (text_[at_] == '\n') {
        ++line_;
        column_ = 1;
      } else if ((static_cast<unsigned char>(text_[at_]) & 0xC0) != 0x80) {
        ++column_;
      }
    }
  }
  std::uint32_t line() const { return line_; }
  std::uint32_t column() const { return column_; }

private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1, column_ = 1;
};

} // namespace

std::vector<Token> tokens_at(std::span<const Lexeme> lexemes, std::string_view text, std::uint32_t file) {
  std::vector<Token> tokens;
  tokens.reserve(lexemes.size());
  Place place(text);
  for (const Lexeme &lexeme : lexemes) {
    place.go_to(lexeme.begin);
    Token token{
        lexeme.type, {file, place.line(), place.column(), 0, 0}, text.substr(lexeme.begin, lexeme.length)};
    place.go_to(lexeme.begin + lexeme.length);
    token.span.end_line = place.line();
    token.span.end_column = place.column();
    tokens.push_back(token);
  }
  return tokens;
}

std::vector<Lexeme> lexemes_of(std::string_view text) {
  return antlr().lex(text);
}

std::vector<Token> lex(std::string_view text, std::uint32_t file) {
  return tokens_at(lexemes_of(text), text, file);
}

GeneratedParser &ClauseParser::generated() {
  if (!generated_) generated_ = antlr().make_parser();
  return *generated_;
}

ClauseParse ClauseParser::parse(std::span<const Tok> types, Rule entry) {
  ClauseParse result = generated().parse(types, entry, Lookahead::quick);
  return result.tree ? std::move(result) : generated().parse(types, entry, Lookahead::full);
}

ClauseParse ClauseParser::try_out(std::span<const Tok> types, Rule entry) {
  return generated().parse(types, entry, Lookahead::full);
}

} // namespace steelyard::syntax
