// The rows of a table that stand in a CSV file. Each record becomes the tokens of a row between bars, with
// the places of its cells in the file, so that a cell means what it means in the policy itself.
#include "compiler/syntax/build.h"
#include "compiler/syntax/clause_parser.h"
#include "compiler/syntax/parse.h"
#include "compiler/syntax/syntax_error.h"
#include "compiler/syntax/unicode.h"
#include "runtime/data/csv_scanner.h"
#include <algorithm>
#include <deque>
#include <fmt/core.h>

namespace steelyard::syntax {
namespace {

std::string columns(std::size_t count) {
  return fmt::format("{} column{}", count, count == 1 ? "" : "s");
}

class TableFile {
public:
  TableFile(TableDecl &table, const SourceFiles &files, std::uint32_t file,
            std::vector<Diagnostic> &diagnostics)
      : table_(table), file_(file), text_(files[file].text), diagnostics_(diagnostics), errors_(parser_, {}),
        scanner_(records_of(text_)) {}

  void read() {
    while (scanner_.next()) {
      if (scanner_.fault() != data::CsvFault::none) {
        report("P116", at_line(),
               "this line is no record of a CSV file: a quotation mark does not stand where it can",
               "a cell with a comma is put in quotes as a whole; a quote inside it is doubled");
        continue;
      }
      if (scanner_.is_blank()) {
        if (!scanner_.rest_is_blank()) report("P116", at_line(), "this line is empty");
        continue;
      }
      add_record();
    }
    if (table_.rows.size() < 2 && diagnostics_.size() == before_)
      report("P114", table_.rows_from->span,
             fmt::format("the table '{}' has no rows: {} has no record below its header",
                         table_.name.ident.text, table_.rows_from->file));
  }

private:
  static std::string_view records_of(std::string_view text) {
    return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
  }
  void report(const char *code, const Span &span, std::string message, std::string hint = {}) {
    diagnostics_.push_back({Severity::error, code, span, std::move(message), std::move(hint), {}});
  }
  Span at_line() const {
    const auto line = static_cast<std::uint32_t>(scanner_.line());
    return {file_, line, 1, line, 2};
  }

  /// Where a cell stands. One whose doubled quotation marks were undone is no longer a part of the text: it
  /// is placed at the beginning of its record.
  Span place_of(std::string_view cell) const {
    const auto from = reinterpret_cast<std::uintptr_t>(text_.data());
    const auto at = reinterpret_cast<std::uintptr_t>(cell.data());
    const auto line = static_cast<std::uint32_t>(scanner_.line());
    if (at < from || at > from + text_.size()) return {file_, line, 1, line, 1};
    const std::string_view before = text_.substr(0, at - from);
    const std::string_view start = before.substr(before.rfind('\n') + 1); // npos + 1 is 0
    const std::size_t mark = start.starts_with("\xEF\xBB\xBF") ? 1 : 0;
    const auto column = static_cast<std::uint32_t>(code_points(start) - mark) + 1;
    return {file_, line, column, line, column + static_cast<std::uint32_t>(code_points(cell))};
  }

  void add_record() {
    const std::size_t width = table_.inputs.size() + 1;
    if (scanner_.cell_count() != width) {
      report("P115", at_line(),
             fmt::format("this record has {}, and the table has {}", columns(scanner_.cell_count()),
                         columns(width)),
             "one for each input in its order, and the result");
      return;
    }
    std::vector<Token> tokens;
    const bool header = table_.rows.empty();
    Span last = at_line();
    last.end_column = last.column;
    tokens.push_back({Tok::ROW_BAR, last, "|"});
    for (std::size_t i = 0; i < width; ++i) {
      const std::string_view cell = scanner_.cells()[i];
      const Span place = place_of(cell);
      if (trimmed(cell).empty()) {
        report("P107", {file_, place.line, place.column, place.line, place.column + 1}, "this cell is empty",
               "where any value will do, write any (任意)");
        return;
      }
      const bool text = i < table_.inputs.size() ? table_.inputs[i].type.base == BaseType::text
                                                 : table_.type.base == BaseType::text;
      add_cell(tokens, cell, place, text && !header);
      tokens.push_back({Tok::BAR, {file_, place.line, place.end_column, place.line, place.end_column}, "|"});
    }
    if (report_token_errors(tokens, diagnostics_)) return;
    std::vector<Tok> types;
    for (const Token &token : tokens) types.push_back(token.type);
    const ClauseParse parsed = parser_.parse(types, Rule::clause);
    if (!parsed.tree) {
      diagnostics_.push_back(errors_.explain(tokens, Rule::clause, parsed.stopped));
      return;
    }
    Builder build(tokens, {}, diagnostics_);
    table_.rows.push_back(build.row(parsed.tree->children.front()));
    table_.rows.back().span = join(at_line(), place_of(scanner_.cells()[width - 1]));
  }

  static std::string_view trimmed(std::string_view cell) {
    while (!cell.empty() && cell.front() == ' ') cell.remove_prefix(1);
    while (!cell.empty() && cell.back() == ' ') cell.remove_suffix(1);
    return cell;
  }

  void add_cell(std::vector<Token> &tokens, std::string_view cell, const Span &place, bool text) {
    kept_.emplace_back(cell); // what the tokens view must outlive the scanner's next record
    std::vector<Token> found = lex(kept_.back(), file_);
    const bool any = found.size() == 1 && (found[0].type == Tok::ANY || found[0].type == Tok::OTHERWISE);
    if (text && !any) {
      kept_.push_back(fmt::format("\"{}\"", cell));
      tokens.push_back({Tok::STRING, place, kept_.back()});
      return;
    }
    for (Token &token : found) {
      token.span.line = token.span.end_line = place.line;
      token.span.column += place.column - 1;
      token.span.end_column += place.column - 1;
      tokens.push_back(token);
    }
  }

  TableDecl &table_;
  std::uint32_t file_;
  std::string_view text_;
  std::vector<Diagnostic> &diagnostics_;
  std::size_t before_ = diagnostics_.size();
  ClauseParser parser_;
  SyntaxErrors errors_;
  data::CsvScanner scanner_;
  std::deque<std::string> kept_; ///< what the tokens view
};

} // namespace

void read_table_file(TableDecl &table, const SourceFiles &files, std::uint32_t file,
                     std::vector<Diagnostic> &diagnostics) {
  if (is_utf8(files, file, diagnostics)) TableFile(table, files, file, diagnostics).read();
}

} // namespace steelyard::syntax
