// Small parts of the syntax tree in words, as print_tree writes them into its lines.
#pragma once
#include "compiler/syntax/tree.h"
#include <string>
#include <string_view>

namespace steelyard::syntax {

std::string words(Unit unit);
std::string words(Unit unit, Unit per);
std::string words(RoundingWord rounding);
std::string words(const DateLiteral &date);
std::string words(const MonthLiteral &month);
std::string_view words(Function function);
std::string in_quotes(std::string_view text);
std::string labelled(std::string_view label);
std::string words(const Name &name);
std::string words(const std::vector<Ident> &idents);
std::string words(const TypeRef &type);
std::string words(const Basis &basis);
std::string_view words(BinaryOp op);
std::string_view words(AggregateOp op);
std::string_view words(ListOp op);

} // namespace steelyard::syntax
