// See tree_words.h.
#include "compiler/syntax/tree_words.h"
#include <fmt/core.h>

namespace steelyard::syntax {

std::string words(Unit unit) {
  switch (unit) {
  case Unit::yuan:
    return "yuan";
  case Unit::point:
    return "point";
  case Unit::day:
    return "day";
  default:
    return "";
  }
}

std::string words(Unit unit, Unit per) {
  return per == Unit::none ? words(unit) : words(unit) + " per " + words(per);
}

std::string words(RoundingWord rounding) {
  switch (rounding) {
  case RoundingWord::half_up:
    return " rounded half up";
  case RoundingWord::half_even:
    return " rounded half even";
  case RoundingWord::down:
    return " rounded down";
  case RoundingWord::floor:
    return " rounded floor";
  case RoundingWord::ceiling:
    return " rounded ceiling";
  default:
    return "";
  }
}

std::string words(const DateLiteral &date) {
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string words(const MonthLiteral &month) {
  return fmt::format("{:04}-{:02}", month.year, month.month);
}

std::string_view words(Function function) {
  switch (function) {
  case Function::max:
    return "max";
  case Function::min:
    return "min";
  case Function::abs:
    return "abs";
  case Function::month_of:
    return "month_of";
  case Function::day_of:
    return "day_of";
  case Function::month_end:
    return "month_end";
  case Function::working_days:
    return "working_days_after";
  }
  return "?";
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string labelled(std::string_view label) {
  return label.empty() ? std::string() : " " + in_quotes(label);
}

std::string words(const Name &name) {
  return name.ident.text + (name.twin ? " (" + name.twin->text + ")" : std::string()) + labelled(name.label);
}

std::string words(const std::vector<Ident> &idents) {
  std::string out;
  for (const Ident &ident : idents) out += (out.empty() ? "" : ", ") + ident.text;
  return out;
}

std::string words(const TypeRef &type) {
  std::string out;
  switch (type.base) {
  case BaseType::boolean:
    out = "bool";
    break;
  case BaseType::text:
    out = "text";
    break;
  case BaseType::list:
    out =
        "list of text separated by " + in_quotes(type.separator) + (type.at_least_one ? " at least one" : "");
    break;
  case BaseType::date:
    out = "date";
    break;
  case BaseType::month:
    out = "calendar month";
    break;
  case BaseType::count:
    out = "count";
    break;
  case BaseType::days:
    out = "days";
    break;
  case BaseType::money:
    out = fmt::format("money({})", type.scale);
    break;
  case BaseType::points:
    out = fmt::format("points({})", type.scale);
    break;
  case BaseType::ratio:
    out = fmt::format("ratio({})", type.scale);
    break;
  case BaseType::value:
    out = fmt::format("value({})", type.scale);
    break;
  case BaseType::per:
    out = fmt::format("{} per {}({})", type.unit == Unit::yuan ? "money" : "points", words(type.per),
                      type.scale);
    break;
  case BaseType::named:
    out = type.named->text;
    break;
  }
  if (type.bounds) {
    out += (type.bounds->low_exclusive ? " above " : " from ") + number::to_text(type.bounds->low.value);
    if (type.bounds->high) out += " to " + number::to_text(type.bounds->high->value);
  }
  return out + (type.optional ? " optional" : "");
}

std::string words(const Basis &basis) {
  std::string out;
  for (const ArticleRef &article : basis.articles) {
    out += " cite " + article.article;
    for (const std::string &clause : article.clauses) out += " (" + clause + ")";
  }
  for (const std::string &reason : basis.assumptions) out += " assumed " + in_quotes(reason);
  return out;
}

std::string_view words(BinaryOp op) {
  switch (op) {
  case BinaryOp::add:
    return "+";
  case BinaryOp::subtract:
    return "-";
  case BinaryOp::multiply:
    return "×";
  case BinaryOp::divide:
    return "/";
  case BinaryOp::less:
    return "<";
  case BinaryOp::less_equal:
    return "<=";
  case BinaryOp::greater:
    return ">";
  case BinaryOp::greater_equal:
    return ">=";
  case BinaryOp::equal:
    return "=";
  case BinaryOp::not_equal:
    return "!=";
  case BinaryOp::logical_and:
    return "and";
  case BinaryOp::logical_or:
    return "or";
  case BinaryOp::begins_with:
    return "begins with";
  default:
    return "or else";
  }
}

std::string_view words(AggregateOp op) {
  switch (op) {
  case AggregateOp::sum:
    return "sum";
  case AggregateOp::count:
    return "count";
  case AggregateOp::mean:
    return "mean";
  case AggregateOp::min:
    return "min";
  case AggregateOp::max:
    return "max";
  case AggregateOp::cv:
    return "cv";
  case AggregateOp::first:
    return "first";
  default:
    return "share";
  }
}

std::string_view words(ListOp op) {
  switch (op) {
  case ListOp::any:
    return "any";
  case ListOp::none:
    return "none";
  case ListOp::all:
    return "all";
  case ListOp::first:
    return "first";
  case ListOp::others:
    return "others";
  default:
    return "list";
  }
}

} // namespace steelyard::syntax
