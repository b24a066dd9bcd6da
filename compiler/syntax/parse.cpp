// From text to syntax tree: lexing, cutting into clauses, parsing each, putting them together.
#include "compiler/syntax/parse.h"
#include "compiler/syntax/assemble.h"
#include "compiler/syntax/clause_parser.h"
#include "compiler/syntax/parse_memory.h"
#include "compiler/syntax/syntax_error.h"
#include "compiler/syntax/unicode.h"
#include <algorithm>
#include <fmt/core.h>
#include <tuple>

namespace steelyard::syntax {
namespace {

Wording wording_of(std::span<const Token> tokens) {
  return {std::any_of(tokens.begin(), tokens.end(), [](const Token &token) {
    const Keyword *keyword = keyword_of(token.type);
    return keyword && keyword->chinese == token.text;
  })};
}

std::vector<Tok> types_of(std::span<const Token> tokens) {
  std::vector<Tok> types;
  types.reserve(tokens.size());
  for (const Token &token : tokens) types.push_back(token.type);
  return types;
}

void sort_by_place(std::vector<Diagnostic> &diagnostics, std::size_t from) {
  std::stable_sort(diagnostics.begin() + static_cast<std::ptrdiff_t>(from), diagnostics.end(),
                   [](const Diagnostic &a, const Diagnostic &b) {
                     return std::tie(a.span.line, a.span.column) < std::tie(b.span.line, b.span.column);
                   });
}

} // namespace

bool is_utf8(const SourceFiles &files, std::uint32_t file, std::vector<Diagnostic> &diagnostics) {
  const std::string_view text = files[file].text;
  const auto bad = invalid_utf8(text);
  if (!bad) return true;
  const std::string_view before = text.substr(0, *bad);
  const auto line = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  const std::string_view start_of_line = before.substr(before.rfind('\n') + 1); // npos + 1 is 0
  const auto column = static_cast<std::uint32_t>(code_points(start_of_line)) + 1;
  diagnostics.push_back(
      {Severity::error,
       "P101",
       {file, line, column, line, column + 1},
       fmt::format("this line is not UTF-8: the byte {:02X} stands where no character can begin",
                   static_cast<unsigned char>(text[*bad])),
       "save the file as UTF-8; it may be in GBK or GB18030 now",
       {}});
  return false;
}

PolicyFile parse_policy(const SourceFiles &files, std::uint32_t file, std::vector<Diagnostic> &diagnostics,
                        bool remember) {
  const std::size_t before = diagnostics.size();
  if (!is_utf8(files, file, diagnostics)) return {};
  const std::string_view text = files[file].text;
  std::optional<ParseMemory> memory;
  if (remember) memory.emplace(text, Rule::clause);
  std::optional<ParsedText> known = memory ? memory->recall() : std::nullopt;
  ParsedText parsed{known ? std::move(known->lexemes) : lexemes_of(text), {}};
  const CutFile cut = cut_into_clauses(tokens_at(parsed.lexemes, text, file));
  if (known && known->clauses.size() != cut.clauses.size()) known.reset();
  const Wording wording = wording_of(cut.tokens);
  ClauseParser parser;
  SyntaxErrors errors(parser, wording);
  Assembler assembler(wording, diagnostics);
  for (std::size_t i = 0; i < cut.clauses.size(); ++i) {
    const Clause &clause = cut.clauses[i];
    const auto tokens = cut.tokens_of(clause);
    ClauseParse found;
    if (known) {
      found.tree = std::move(known->clauses[i]);
    } else if (!report_token_errors(tokens, diagnostics)) {
      found = parser.parse(types_of(tokens), clause.entry);
      if (!found.tree) diagnostics.push_back(errors.explain(tokens, clause.entry, found.stopped));
    }
    assembler.add(clause, tokens, found.tree ? &*found.tree : nullptr);
    if (memory && !known && found.tree) parsed.clauses.push_back(std::move(*found.tree));
  }
  PolicyFile result = assembler.finish();
  result.file = file;
  if (memory && !known && diagnostics.size() == before) memory->keep(parsed);
  sort_by_place(diagnostics, before);
  return result;
}

std::optional<StandaloneExpression> parse_expression(const SourceFiles &files, std::uint32_t file,
                                                     std::vector<Diagnostic> &diagnostics, bool remember) {
  const std::size_t before = diagnostics.size();
  if (!is_utf8(files, file, diagnostics)) return std::nullopt;
  const std::string_view text = files[file].text;
  std::optional<ParseMemory> memory;
  if (remember) memory.emplace(text, Rule::standaloneExpression);
  std::optional<ParsedText> known = memory ? memory->recall() : std::nullopt;
  if (known && known->clauses.size() != 1) known.reset();
  const std::vector<Lexeme> lexemes = known ? std::move(known->lexemes) : lexemes_of(text);
  std::vector<Token> tokens = tokens_at(lexemes, text, file);
  std::erase_if(tokens, [](const Token &token) { return token.type == Tok::COMMENT; });
  if (tokens.empty()) {
    diagnostics.push_back(
        {Severity::error, "P107", {file, 1, 1, 1, 1}, "there is no expression here", "", {}});
    return std::nullopt;
  }
  if (report_token_errors(tokens, diagnostics)) return std::nullopt;
  const Wording wording = wording_of(tokens);
  ClauseParse parsed;
  if (known) {
    parsed.tree = std::move(known->clauses.front());
  } else {
    ClauseParser parser;
    parsed = parser.parse(types_of(tokens), Rule::standaloneExpression);
    if (!parsed.tree) {
      diagnostics.push_back(
          SyntaxErrors(parser, wording).explain(tokens, Rule::standaloneExpression, parsed.stopped));
      return std::nullopt;
    }
    if (memory) memory->keep({lexemes, {*parsed.tree}});
  }
  Builder build(tokens, wording, diagnostics);
  StandaloneExpression result{build.expression(parsed.tree->children.front()), std::nullopt,
                              RoundingWord::none};
  for (const Node &part : parsed.tree->children)
    if (part.rule == Rule::token && build.token_type(part) == Tok::NUMBER)
      result.decimals = build.whole_number(part, "the number of decimals");
  result.rounding = build.rounding(*parsed.tree);
  sort_by_place(diagnostics, before);
  if (diagnostics.size() != before) return std::nullopt;
  return result;
}

} // namespace steelyard::syntax
