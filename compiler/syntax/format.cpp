// The formatter: lines and comments stay as the author set them, indentation and blanks follow the structure.
#include "compiler/syntax/clause_parser.h"
#include "compiler/syntax/clauses.h"
#include "compiler/syntax/format_lines.h"
#include "compiler/syntax/keywords.h"
#include "compiler/syntax/parse.h"
#include "compiler/syntax/unicode.h"
#include <algorithm>

namespace steelyard::syntax {
namespace {

/// Indentation of clauses by what stands above them.
class Levels {
public:
  std::size_t of(Tok head) {
    switch (head) {
    case Tok::KEY:
    case Tok::ROW_BAR:
    case Tok::GIVEN:
    case Tok::EXPECT:
      return 2;
    case Tok::INPUT:
      if (item_head_ == Tok::ENTITY) return 2;
      break;
    case Tok::ROWS_FROM:
      if (item_head_ == Tok::ENTITY || item_head_ == Tok::TABLE) return 2;
      break;
    case Tok::FOR_EACH:
    case Tok::OVERALL:
      in_scope_ = true;
      return item_ = 0;
    case Tok::LET:
    case Tok::DEFINE:
    case Tok::DECIDE:
    case Tok::DEDUCT:
    case Tok::ALLOCATE:
    case Tok::CHECK:
    case Tok::REQUIRE:
    case Tok::REMOVE:
    case Tok::ADD_TO:
      break;
    default:
      if (!begins_item(head)) return item_ + 2; // =, except, less, an alternative
      in_scope_ = false;
      item_head_ = head;
      return item_ = 0;
    }
    item_head_ = Tok::end;
    return item_ = in_scope_ ? 2 : 0;
  }

private:
  bool in_scope_ = false;
  Tok item_head_ = Tok::end; ///< of an item of the file that clauses may continue
  std::size_t item_ = 0;
};

bool is_aligned(Tok head) {
  return head == Tok::ARTICLE || head == Tok::EXCEPT || head == Tok::LESS || head == Tok::IDENT ||
         head == Tok::ROW_BAR;
}

class Formatter {
public:
  Formatter(const CutFile &cut, Surface surface) : cut_(cut), surface_(surface) {}

  /// Empty when a clause does not parse.
  std::optional<std::string> run() {
    Levels levels;
    for (const Clause &clause : cut_.clauses) {
      const auto tokens = cut_.tokens_of(clause);
      std::vector<Tok> types;
      for (const Token &token : tokens) types.push_back(token.type);
      const ClauseParse parsed = parser_.parse(types, clause.entry);
      if (!parsed.tree) return std::nullopt;
      const std::vector<Written> written = write_tokens(tokens, *parsed.tree, surface_);
      const std::size_t indent = levels.of(clause.head);
      if (clause.head == Tok::ROW_BAR)
        add_row(tokens, written, indent);
      else
        add_clause(clause, tokens, written, indent);
      head_before_ = clause.head;
    }
    add_comments(nullptr, 0);
    return lay_out(std::move(lines_));
  }

private:
  void add_clause(const Clause &clause, std::span<const Token> tokens, const std::vector<Written> &written,
                  std::size_t indent) {
    std::vector<std::size_t> indents(tokens.size()); // of the line that each token stands on
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const bool breaks = i == 0 || tokens[i].span.line > tokens[i - 1].span.end_line;
      indents[i] = !breaks             ? indents[i - 1]
                   : i == 0            ? indent
                   : written[i].within ? indents[*written[i].within] + 2
                                       : indent + 2;
      if (breaks) begin_line(tokens[i], indents[i]);
      if (i == 0) lines_.back().group = group_of(clause.head, lines_.back().blank_before);
      add_to_line(written[i], breaks);
      end_token(tokens[i]);
    }
  }

  /// A row of a table is written in one line.
  void add_row(std::span<const Token> tokens, const std::vector<Written> &written, std::size_t indent) {
    begin_line(tokens.front(), indent);
    Line &line = lines_.back();
    line.group = group_of(Tok::ROW_BAR, false);
    std::size_t bars = 0;
    for (const Written &token : written) bars += token.ends_cell;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (written[i].ends_cell) {
        if (--bars > 0) line.cells.emplace_back();
      } else if (bars == 0) {
        add_to_line(written[i], false);
      } else {
        line.cells.back() +=
            (line.cells.back().empty() || !written[i].blank_before ? "" : " ") + written[i].text;
      }
      end_token(tokens[i]);
    }
  }

  /// Clauses of the same kind one after the other are aligned, but for a blank line between them.
  std::size_t group_of(Tok head, bool blank_before) {
    if (!is_aligned(head)) return 0;
    if (head != head_before_ || blank_before) ++group_;
    return group_;
  }

  void begin_line(const Token &token, std::size_t indent) {
    add_comments(&token, indent);
    Line line;
    line.indent = indent;
    line.blank_before = token.span.line > last_line_ + 1;
    lines_.push_back(std::move(line));
  }

  void add_to_line(const Written &written, bool first) {
    auto &fields = lines_.back().fields;
    if (first)
      fields.push_back({Column::first, written.text});
    else if (written.begins)
      fields.push_back({*written.begins, written.text});
    else
      fields.back().text += (written.blank_before ? " " : "") + written.text;
  }

  /// Comments on lines of their own before `token` (null: before the end).
  void add_comments(const Token *token, std::size_t indent) {
    for (; comment_ < cut_.comments.size(); ++comment_) {
      const Token &comment = cut_.comments[comment_];
      if (token && comment.span.line >= token->span.line) return;
      Line line;
      line.indent = comment.span.column == 1 ? 0 : indent; // headings between definitions stay at the margin
      line.comment = text_of(comment);
      line.blank_before = comment.span.line > last_line_ + 1;
      lines_.push_back(std::move(line));
      last_line_ = comment.span.line;
    }
  }

  /// Takes the comment behind `token`, or inside a table's row that is put in one line.
  void end_token(const Token &token) {
    last_line_ = token.span.end_line;
    for (; comment_ < cut_.comments.size() && cut_.comments[comment_].span.line <= last_line_; ++comment_)
      lines_.back().comment += (lines_.back().comment.empty() ? "" : "  ") + text_of(cut_.comments[comment_]);
  }

  static std::string text_of(const Token &comment) {
    std::string_view text = comment.text;
    std::string out = "#";
    text.remove_prefix(code_point_at(text, 0).length); // perhaps full-width
    out += text;
    out.erase(out.find_last_not_of(" \t\r") + 1);
    return out;
  }

  const CutFile &cut_;
  Surface surface_;
  ClauseParser parser_;
  std::vector<Line> lines_;
  std::size_t comment_ = 0, group_ = 0;
  Tok head_before_ = Tok::end;
  std::uint32_t last_line_ = 0;
};

/// Words of the English keywords of several words: a name like them may become part of a keyword beside
/// others.
bool is_word_of_a_phrase(std::string_view name) {
  for (std::size_t i = 0; const Keyword *keyword = keyword_of(static_cast<Tok>(i)); ++i) {
    std::string_view rest = keyword->english;
    if (rest.find(' ') == std::string_view::npos) continue;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      if (rest.substr(0, end) == name) return true;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return false;
}

} // namespace

std::string format_policy(const SourceFiles &files, std::uint32_t file, Surface surface) {
  const std::string &text = files[file].text;
  if (invalid_utf8(text)) return text;
  return Formatter(cut_into_clauses(lex(text, file)), surface).run().value_or(text);
}

std::vector<Ident> names_that_clash(const SourceFiles &files, std::uint32_t file, Surface surface) {
  std::vector<Ident> clashes;
  if (surface != Surface::english || invalid_utf8(files[file].text)) return clashes;
  const CutFile cut = cut_into_clauses(lex(files[file].text, file));
  const auto &tokens = cut.tokens;
  const auto in_english = [](const Token &token) {
    const Keyword *keyword = keyword_of(token.type);
    return std::string(keyword ? keyword->english : token.text);
  };
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].type != Tok::IDENT || !is_word_of_a_phrase(tokens[i].text)) continue;
    // No phrase has more than three words, so two neighbours on each side decide.
    const std::size_t from = i < 2 ? 0 : i - 2, to = std::min(i + 3, tokens.size());
    std::string text;
    for (std::size_t k = from; k < to; ++k) text += in_english(tokens[k]) + " ";
    const std::vector<Token> read = lex(text, file);
    const bool same = read.size() == to - from && read[i - from].type == Tok::IDENT;
    if (!same) clashes.push_back({std::string(tokens[i].text), tokens[i].span});
  }
  return clashes;
}

} // namespace steelyard::syntax
