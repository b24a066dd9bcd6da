// Puts the clauses of a file together to items and scopes, and says where a clause stands in the wrong place.
#pragma once
#include "compiler/syntax/build.h"
#include "compiler/syntax/clauses.h"

namespace steelyard::syntax {

class Assembler {
public:
  Assembler(Wording wording, std::vector<Diagnostic> &diagnostics)
      : wording_(wording), diagnostics_(diagnostics) {}

  /// The next clause of the file; `tree` is null when it has errors, which are reported already.
  void add(const Clause &clause, std::span<const Token> tokens, const Node *tree);
  PolicyFile finish();

private:
  /// Where the next definition would stand.
  enum class Place : std::uint8_t {
    outside, ///< in no scope
    scope,
    overall,
    unknown ///< after a head with errors, or a misplaced definition: no more is said until the next head
  };

  void add_head(const Clause &clause, std::span<const Token> tokens, const Node &node, Builder &build);
  void add_scope_item(const Clause &clause, std::span<const Token> tokens, const Node &node, Builder &build);
  void continue_item(const Clause &clause, std::span<const Token> tokens, const Node &node, Builder &build);
  void add_case(DefineDecl &define, const Node &node, Builder &build);
  void add_row(TableDecl &table, const Node &node, Builder &build);
  void add_rows_from(TableDecl &table, RowsFromDecl rows);
  void no_file_here(const RowsFromDecl &rows);
  void place_definition(const Token &first);
  void close_item();
  void report(std::string_view code, const Span &span, std::string message, std::string hint = {});

  template<typename T> T *open_item() {
    return open_ && !file_.items.empty() ? std::get_if<T>(&file_.items.back()) : nullptr;
  }
  template<typename T> T *open_scope_item() {
    auto *scope = open_item<ScopeDecl>();
    return scope && !scope->items.empty() ? std::get_if<T>(&scope->items.back()) : nullptr;
  }

  Wording wording_;
  std::vector<Diagnostic> &diagnostics_;
  PolicyFile file_;
  Place place_ = Place::outside;
  bool first_clause_ = true, scope_seen_ = false;
  bool open_ = false;        ///< the last item may be continued
  Tok misplaced_ = Tok::end; ///< the item that parts were missing, as last reported
  bool broken_ = false;      ///< an error stands in the open item: its completeness is not judged
};

} // namespace steelyard::syntax
