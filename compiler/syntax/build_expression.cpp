// Expressions, literals, names and types of the syntax tree; see build.h.
#include "compiler/syntax/build.h"
#include "compiler/syntax/unicode.h"
#include <fmt/core.h>

namespace steelyard::syntax {

const Node *Builder::child(const Node &node, Rule rule) const {
  for (const Node &c : node.children)
    if (c.rule == rule) return &c;
  return nullptr;
}

const Node *Builder::leaf(const Node &node, Tok type) const {
  for (const Node &c : node.children)
    if (c.rule == Rule::token && token_type(c) == type) return &c;
  return nullptr;
}

void Builder::report(std::string_view code, const Span &span, std::string message, std::string hint) {
  diagnostics_.push_back({Severity::error, std::string(code), span, std::move(message), std::move(hint), {}});
}

ExpressionPtr Builder::make(const Node &node, decltype(Expression::node) content) const {
  return std::make_unique<Expression>(Expression{span(node), std::move(content)});
}

// ---------- literals and names ----------

number::Decimal Builder::number(const Node &node) {
  return number::parse_decimal(ascii_number(token(node).text)).value_or(number::Decimal{});
}

int Builder::whole_number(const Node &node, std::string_view what) {
  const number::Decimal value = number(node);
  if (value.scale == 0 && value.units < 100) return static_cast<int>(value.units);
  report("P113", span(node), fmt::format("{} is a whole number below 100, not {}", what, token(node).text));
  return 0;
}

DateLiteral Builder::date(const Node &node) {
  const std::string digits = ascii_number(token(node).text);
  return {std::stoi(digits.substr(0, 4)), std::stoi(digits.substr(5, 2)), std::stoi(digits.substr(8, 2))};
}

MonthLiteral Builder::month(const Node &node) {
  const std::string digits = ascii_number(token(node).text);
  return {std::stoi(digits.substr(0, 4)), std::stoi(digits.substr(5, 2))};
}

std::string Builder::text(const Node &node) {
  const Token &written = token(node);
  if (written.text.front() != '"')
    return std::string(written.text.substr(3, written.text.size() - 6)); // “...”
  std::string out;
  for (std::size_t i = 1; i + 1 < written.text.size(); ++i) {
    if (written.text[i] == '\\') {
      ++i;
      if (written.text[i] != '"' && written.text[i] != '\\')
        report("P113", written.span,
               "a backslash in a text may stand only before a quote or another backslash",
               R"(write \\ for a backslash and \" for a quote)");
    }
    out += written.text[i];
  }
  return out;
}

Ident Builder::ident(const Node &node) {
  const Token &written = token(node);
  // 'sum of' is one token, and soft so that 合计 may be a name.
  if (written.text.find_first_of(" \t\r\n") != std::string_view::npos)
    report("P109", written.span,
           fmt::format("a name is expected here, and '{}' is a phrase of the language", written.text));
  return {std::string(written.text), written.span};
}

Name Builder::name(const Node &node) {
  const auto names = idents(node);
  Name result{names.front(), std::nullopt, {}};
  if (names.size() > 1) result.twin = names[1];
  if (const Node *label = leaf(node, Tok::STRING)) result.label = text(*label);
  return result;
}

std::vector<Ident> Builder::idents(const Node &node) {
  std::vector<Ident> result;
  for (const Node &c : node.children)
    if (c.rule == Rule::ident) result.push_back(ident(c));
  return result;
}

Unit Builder::unit(const Node &unit_word) {
  switch (token_type(unit_word)) {
  case Tok::YUAN_UNIT:
    return Unit::yuan;
  case Tok::POINT_UNIT:
  case Tok::POINTS:
    return Unit::point;
  default:
    return Unit::day;
  }
}

ExpressionPtr Builder::literal(const Node &node) {
  if (node.rule == Rule::signedLiteral) {
    ExpressionPtr result = literal(node.children.back());
    result->span = span(node);
    if (node.children.size() == 1) return result;
    if (auto *value = std::get_if<NumberLiteral>(&result->node))
      value->value.units = -value->value.units;
    else
      report("P113", span(node), "only a number can have a minus sign");
    return result;
  }
  const Node &first = node.children.front();
  switch (token_type(first)) {
  case Tok::NUMBER: {
    NumberLiteral value{number(first), has(node, Tok::PERCENT)};
    if (const Node *units = child(node, Rule::unit)) {
      value.unit = unit(units->children.front());
      if (units->children.size() > 1) value.per = unit(units->children.back());
    }
    return make(node, std::move(value));
  }
  case Tok::DATE:
    return make(node, date(first));
  case Tok::MONTH:
    return make(node, month(first));
  case Tok::STRING:
    return make(node, TextLiteral{text(first)});
  default:
    return make(node, BoolLiteral{token_type(first) == Tok::TRUE});
  }
}

SignedNumber Builder::signed_number(const Node &node) {
  SignedNumber result{number(*leaf(node, Tok::NUMBER)), span(node)};
  if (has(node, Tok::MINUS)) result.value.units = -result.value.units;
  if (has(node, Tok::PERCENT)) result.value.scale += 2;
  return result;
}

// ---------- types ----------

TypeRef Builder::type(const Node &node) {
  TypeRef result;
  result.span = span(node);
  base_type(node.children.front(), result);
  if (const Node *limits = child(node, Rule::bounds)) result.bounds = bounds(*limits);
  result.optional = has(node, Tok::OPTIONAL);
  return result;
}

void Builder::base_type(const Node &node, TypeRef &type) {
  const Node &first = node.children.front();
  const Tok word = token_type(first);
  switch (word) {
  case Tok::LIST_OF:
    type.base = BaseType::list;
    if (const Node *separator = leaf(node, Tok::STRING)) type.separator = text(*separator);
    type.at_least_one = has(node, Tok::AT_LEAST_ONE);
    return;
  case Tok::BOOL_TYPE:
    type.base = BaseType::boolean;
    break;
  case Tok::TEXT_TYPE:
    type.base = BaseType::text;
    break;
  case Tok::DATE_TYPE:
    type.base = BaseType::date;
    break;
  case Tok::MONTH_TYPE:
    type.base = BaseType::month;
    break;
  case Tok::COUNT_TYPE:
    type.base = BaseType::count;
    break;
  case Tok::DAYS:
    type.base = BaseType::days;
    break;
  case Tok::MONEY_TYPE:
    type.base = BaseType::money;
    break;
  case Tok::POINTS:
    type.base = BaseType::points;
    break;
  case Tok::RATIO_TYPE:
    type.base = BaseType::ratio;
    break;
  case Tok::VALUE_TYPE:
    type.base = BaseType::value;
    break;
  default:
    type.base = BaseType::named;
  }
  if (const Node *divisor = child(node, Rule::unitWord)) {
    type.base = BaseType::per;
    type.unit = word == Tok::MONEY_TYPE ? Unit::yuan : Unit::point;
    type.per = unit(*divisor);
  }
  if (first.rule != Rule::ident) {
    if (const Node *decimals = leaf(node, Tok::NUMBER))
      type.scale = whole_number(*decimals, "the number of decimals");
    return;
  }
  type.named = ident(first);
  // money, ratio and the like may be names, so that the grammar takes them for one when their decimals are
  // missing.
  if (type.base != BaseType::named) {
    report("P113", span(node), fmt::format("the decimals of '{}' are missing", type.named->text),
           fmt::format("write {0}(2) for two decimals", type.named->text));
    type.base = BaseType::named;
  }
}

Bounds Builder::bounds(const Node &node) {
  Bounds result;
  result.low_exclusive = has(node, Tok::ABOVE);
  bool first = true;
  for (const Node &c : node.children) {
    if (c.rule != Rule::signedNumber) continue;
    if (first)
      result.low = signed_number(c);
    else
      result.high = signed_number(c);
    first = false;
  }
  return result;
}

// ---------- expressions ----------

std::vector<ExpressionPtr> Builder::expressions(const Node &node) {
  std::vector<ExpressionPtr> result;
  for (const Node &c : node.children)
    if (c.rule == Rule::expr) result.push_back(expression(c));
  return result;
}

ExpressionPtr Builder::expression_after(const Node &node, Tok type) {
  for (std::size_t i = 0; i + 1 < node.children.size(); ++i)
    if (node.children[i].rule == Rule::token && token_type(node.children[i]) == type &&
        node.children[i + 1].rule == Rule::expr)
      return expression(node.children[i + 1]);
  return nullptr;
}

ExpressionPtr Builder::expression(const Node &node) {
  const auto &parts = node.children;
  if (parts.size() == 1) return primary(parts.front());
  if (parts.size() == 2) {
    if (parts.front().rule == Rule::expr)
      return make(node, MissingTest{expression(parts.front()), token_type(parts.back()) == Tok::IS_GIVEN});
    const Tok op = token_type(parts.front());
    return make(node, Unary{op == Tok::MINUS      ? UnaryOp::negate
                            : op == Tok::REQUIRED ? UnaryOp::required
                                                  : UnaryOp::logical_not,
                            expression(parts.back())});
  }
  if (has(node, Tok::WORKING_DAYS_AFTER)) return working_days(node);
  return parts.back().rule == Rule::expr ? binary(node) : membership(node);
}

ExpressionPtr Builder::binary(const Node &node) {
  const auto op_of = [&](const Node &expr) -> std::optional<BinaryOp> {
    if (expr.children.size() != 3 || expr.children[2].rule != Rule::expr) return std::nullopt;
    switch (token_type(expr.children[1])) {
    case Tok::TIMES:
      return BinaryOp::multiply;
    case Tok::DIVIDE:
      return BinaryOp::divide;
    case Tok::PLUS:
      return BinaryOp::add;
    case Tok::MINUS:
      return BinaryOp::subtract;
    case Tok::OR_ELSE:
      return BinaryOp::or_else;
    case Tok::LT:
      return BinaryOp::less;
    case Tok::LE:
      return BinaryOp::less_equal;
    case Tok::GT:
      return BinaryOp::greater;
    case Tok::GE:
      return BinaryOp::greater_equal;
    case Tok::EQ:
      return BinaryOp::equal;
    case Tok::NE:
      return BinaryOp::not_equal;
    case Tok::BEGINS_WITH:
      return BinaryOp::begins_with;
    case Tok::AND:
      return BinaryOp::logical_and;
    default:
      return BinaryOp::logical_or;
    }
  };
  const auto compares = [](BinaryOp op) { return op >= BinaryOp::less && op <= BinaryOp::not_equal; };
  const BinaryOp op = *op_of(node);
  const auto left_op = op_of(node.children[0]);
  if (compares(op) && left_op && compares(*left_op))
    report("P112", span(node.children[1]), "two comparisons cannot be strung together",
           fmt::format("write both in full and join them with {}, as in a < b {} b < c", wording_(Tok::AND),
                       wording_.chinese ? "且" : "and"));
  return make(node,
              Binary{op, expression(node.children[0]), expression(node.children[2]), span(node.children[1])});
}

ExpressionPtr Builder::membership(const Node &node) {
  Membership result{expression(node.children.front()), has(node, Tok::NOT), idents(node), {}, {}};
  if (const Node *set = child(node, Rule::path)) {
    result.set = path(*set);
    result.set_span = span(*set);
  }
  return make(node, std::move(result));
}

ExpressionPtr Builder::primary(const Node &node) {
  const Node &first = node.children.front();
  switch (first.rule) {
  case Rule::literal:
    return literal(first);
  case Rule::aggregate:
    return aggregate(first);
  case Rule::firstOf:
    return first_of(first);
  case Rule::listTerm:
    return list_term(first);
  case Rule::withTerm: {
    const Node &of = *child(first, Rule::path);
    return make(first, With{make(of, path(of)), ident(*child(first, Rule::ident)),
                            expression(*child(first, Rule::expr))});
  }
  case Rule::path:
    return make(node, path(first));
  case Rule::neighbour:
    return make(node, Neighbour{has(first, Tok::NEXT_OF), operand(*child(first, Rule::operand)),
                                ident(*child(first, Rule::ident)), expression_after(first, Tok::WHERE)});
  case Rule::call:
    return call(first);
  default:
    return make(node, Parenthesized{expression(*child(node, Rule::expr))});
  }
}

ExpressionPtr Builder::working_days(const Node &node) {
  const Node &by = node.children.back();
  return make(node, FunctionCall{Function::working_days, expressions(node), path(by), span(by)});
}

ExpressionPtr Builder::call(const Node &node) {
  switch (token_type(node)) {
  case Tok::MAX:
    return make(node, FunctionCall{Function::max, expressions(node), {}, {}});
  case Tok::MIN:
    return make(node, FunctionCall{Function::min, expressions(node), {}, {}});
  case Tok::ABS:
    return make(node, FunctionCall{Function::abs, expressions(node), {}, {}});
  case Tok::MONTH_OF:
    return make(node, FunctionCall{Function::month_of, expressions(node), {}, {}});
  case Tok::DAY_OF:
    return make(node, FunctionCall{Function::day_of, expressions(node), {}, {}});
  case Tok::MONTH_END:
    return make(node, FunctionCall{Function::month_end, expressions(node), {}, {}});
  default:
    return make(node, TableCall{ident(node.children.front()), expressions(node)});
  }
}

ExpressionPtr Builder::operand(const Node &node) {
  if (node.children.front().rule == Rule::path) return make(node, path(node.children.front()));
  return make(node, Parenthesized{expression(*child(node, Rule::expr))});
}

ExpressionPtr Builder::aggregate(const Node &node) {
  Aggregate result;
  switch (token_type(node.children.front())) {
  case Tok::SUM_OF:
    result.op = AggregateOp::sum;
    break;
  case Tok::COUNT_OF:
    result.op = AggregateOp::count;
    break;
  case Tok::MEAN_OF:
    result.op = AggregateOp::mean;
    break;
  case Tok::MIN_OF:
    result.op = AggregateOp::min;
    break;
  case Tok::MAX_OF:
    result.op = AggregateOp::max;
    break;
  case Tok::CV_OF:
    result.op = AggregateOp::cv;
    break;
  default:
    result.op = AggregateOp::share;
  }
  result.operand = operand(*child(node, Rule::operand));
  if (const Node *over = child(node, Rule::ident)) result.over = ident(*over);
  aggregate_by(node, result);
  result.where = expression_after(node, Tok::WHERE);
  return make(node, std::move(result));
}

void Builder::aggregate_by(const Node &node, Aggregate &result) {
  const Node *by = child(node, Rule::aggregateBy);
  if (!by) return;
  result.by_none = has(*by, Tok::NONE);
  for (const Node &c : by->children) {
    if (c.rule != Rule::path) continue;
    result.by.push_back(path(c));
    result.by_spans.push_back(span(c));
  }
}

// ---------- lists ----------

ExpressionPtr Builder::list_operand(const Node &node) {
  ExpressionPtr list = operand(*child(node, Rule::operand));
  if (!has(node, Tok::OTHERS_OF)) return list;
  ListTerm others;
  others.op = ListOp::others;
  others.list = std::move(list);
  return make(node, std::move(others));
}

ExpressionPtr Builder::first_of(const Node &node) {
  Aggregate result;
  result.op = AggregateOp::first;
  result.operand = list_operand(*child(node, Rule::listOperand));
  if (const Node *element = child(node, Rule::ident)) result.element = ident(*element);
  aggregate_by(node, result);
  result.where = expression_after(node, Tok::WHERE);
  return make(node, std::move(result));
}

ExpressionPtr Builder::list_term(const Node &node) {
  ListTerm result;
  switch (token_type(node.children.front())) {
  case Tok::ANY_OF:
    result.op = ListOp::any;
    break;
  case Tok::NONE_OF:
    result.op = ListOp::none;
    break;
  case Tok::ALL_OF:
    result.op = ListOp::all;
    break;
  case Tok::OTHERS_OF:
    result.op = ListOp::others;
    result.list = operand(*child(node, Rule::operand));
    return make(node, std::move(result));
  default:
    result.op = ListOp::list;
    result.body = operand(*child(node, Rule::operand));
  }
  if (const Node *list = child(node, Rule::listOperand)) result.list = list_operand(*list);
  if (const Node *element = child(node, Rule::ident)) result.element = ident(*element);
  if (const Node *set = child(node, Rule::path)) {
    result.set = path(*set);
    result.set_span = span(*set);
  }
  if (result.op != ListOp::list) result.body = expression_after(node, Tok::WHERE);
  return make(node, std::move(result));
}

Path Builder::path(const Node &node) {
  Path result;
  result.from_this = has(node, Tok::THIS);
  for (const Node &c : node.children)
    if (c.rule == Rule::pathStep) result.steps.push_back({ident(c.children.front()), expressions(c)});
  return result;
}

} // namespace steelyard::syntax
