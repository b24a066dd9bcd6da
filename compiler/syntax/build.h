// From the parse tree of one clause to the pieces of the syntax tree.
#pragma once
#include "compiler/syntax/keywords.h"
#include "compiler/syntax/token.h"
#include "compiler/syntax/tree.h"
#include <span>

namespace steelyard::syntax {

/// Builds from nodes of one clause, whose tokens it is given. What the grammar lets through though it says
/// nothing (a comparison of comparisons, money without decimals) is reported here.
class Builder {
public:
  Builder(std::span<const Token> tokens, Wording wording, std::vector<Diagnostic> &diagnostics)
      : tokens_(tokens), wording_(wording), diagnostics_(diagnostics) {}

  // build_clause.cpp
  PolicyDecl policy(const Node &node);
  ChapterDecl chapter(const Node &node);
  UsesDecl uses(const Node &node);
  RemoveDecl remove(const Node &node);
  AddDecl add_to(const Node &node);
  ArticleDecl article(const Node &node);
  EnumDecl enumeration(const Node &node);
  RangeDecl range(const Node &node);
  EntityDecl entity(const Node &node);
  KeyDecl key(const Node &node);
  InputDecl input(const Node &node);
  ParamDecl param(const Node &node);
  ScopeDecl scope(const Node &node);
  RowsFromDecl rows_from(const Node &node);
  LetDecl let(const Node &node);
  DefineDecl define(const Node &node); ///< with a line when the head has one
  CaseLine case_line(const Node &case_value);
  ExceptDecl except(const Node &node);
  DecideDecl decide(const Node &node);
  DecideAlternative alternative(const Node &node);
  DeductDecl deduct(const Node &node);
  LessClause less(const Node &node);
  AllocateDecl allocate(const Node &node);
  CheckDecl check(const Node &node);
  TableDecl table(const Node &node);
  TableRow row(const Node &node);
  TestDecl test(const Node &node);
  /// A given or expect clause, added to `test`.
  void example_line(const Node &node, TestDecl &test);

  // build_expression.cpp
  ExpressionPtr expression(const Node &expr);
  ExpressionPtr literal(const Node &literal_or_signed_literal);
  number::Decimal number(const Node &leaf);
  int whole_number(const Node &leaf, std::string_view what);
  DateLiteral date(const Node &leaf);
  MonthLiteral month(const Node &leaf);
  std::string text(const Node &leaf);
  Ident ident(const Node &node);
  Name name(const Node &node);
  TypeRef type(const Node &node);
  Basis basis(const Node &node); ///< of the citations among the node's children
  RoundingWord rounding(const Node &node);
  Unit unit(const Node &unit_word);

  Span span(const Node &node) const { return join(tokens_[node.first].span, tokens_[node.last - 1].span); }
  Tok token_type(const Node &node) const { return tokens_[node.first].type; }
  const Token &token(const Node &node) const { return tokens_[node.first]; }

private:
  ExpressionPtr make(const Node &node, decltype(Expression::node) content) const;
  ExpressionPtr primary(const Node &node);
  ExpressionPtr binary(const Node &node);
  ExpressionPtr membership(const Node &node);
  ExpressionPtr aggregate(const Node &node);
  ExpressionPtr working_days(const Node &node);
  ExpressionPtr call(const Node &node);
  ExpressionPtr operand(const Node &node);
  void aggregate_by(const Node &node, Aggregate &result);
  ExpressionPtr list_operand(const Node &node);
  ExpressionPtr first_of(const Node &node);
  ExpressionPtr list_term(const Node &node);
  Path path(const Node &node);
  std::vector<ExpressionPtr> expressions(const Node &node);
  std::vector<Ident> idents(const Node &node);
  SignedNumber signed_number(const Node &node);
  Bounds bounds(const Node &node);
  void base_type(const Node &node, TypeRef &type);
  Cell cell(const Node &node);
  TestRow test_row(const Node &node);
  TestValue test_value(const Node &node);

  const Node *child(const Node &node, Rule rule) const;
  const Node *leaf(const Node &node, Tok type) const;
  bool has(const Node &node, Tok type) const { return leaf(node, type) != nullptr; }
  /// The expression after the leaf `type`, or null.
  ExpressionPtr expression_after(const Node &node, Tok type);
  void report(std::string_view code, const Span &span, std::string message, std::string hint = {});

  std::span<const Token> tokens_;
  Wording wording_;
  std::vector<Diagnostic> &diagnostics_;
};

} // namespace steelyard::syntax
