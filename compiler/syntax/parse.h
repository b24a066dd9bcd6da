// From the text of a policy file to its syntax tree, and expressions on their own.
#pragma once
#include "compiler/syntax/tree.h"
#include <optional>

namespace steelyard::syntax {

/// Parses one file. All syntax errors go to `diagnostics`, in the order of the text; the tree holds what
/// could be understood (items with errors inside are left out), so that it may be used only when there was no
/// error. `remember`: what this build parsed of the same text before is not parsed again.
PolicyFile parse_policy(const SourceFiles &files, std::uint32_t file, std::vector<Diagnostic> &diagnostics,
                        bool remember = false);

/// Reads the rows of `table` from files[file], a CSV file whose records are the rows of a table and whose
/// first record names the columns: its cells are written as those between the bars of a table in the policy,
/// and a text as it is. Errors have their places in the CSV file.
void read_table_file(TableDecl &table, const SourceFiles &files, std::uint32_t file,
                     std::vector<Diagnostic> &diagnostics);

/// `EXPRESSION [to N decimals [rounded MODE]]`, as `steelyard eval` takes it.
struct StandaloneExpression {
  ExpressionPtr expression;
  std::optional<int> decimals;
  RoundingWord rounding = RoundingWord::none;
};
std::optional<StandaloneExpression> parse_expression(const SourceFiles &files, std::uint32_t file,
                                                     std::vector<Diagnostic> &diagnostics,
                                                     bool remember = false);

/// The tree as text, one node a line, children indented (`steelyard parse`); with `places`, where each node
/// stands.
std::string print_tree(const PolicyFile &tree, bool places = false);

/// A part of it alone: two declarations with the same text say the same.
std::string print_tree(const Item &item);
std::string print_tree(const ScopeItem &item);

enum class Surface : std::uint8_t { as_written, english, chinese };

/// The file formatted: indentation by structure, one blank between tokens, ASCII punctuation, table columns
/// aligned (wide characters count two), line breaks and comments as the author set them, keywords in
/// `surface`. Precondition: the file parses without error.
std::string format_policy(const SourceFiles &files, std::uint32_t file, Surface surface);

/// The names that would run together with English keywords beside them ("rows" before "from"), so that the
/// file cannot be written in `surface`; empty when it can.
std::vector<Ident> names_that_clash(const SourceFiles &files, std::uint32_t file, Surface surface);

/// Both spellings of the keyword `text` is glued to the front of ("定义基准点数"), or empty: for messages.
std::string glued_keyword(std::string_view text);

} // namespace steelyard::syntax
