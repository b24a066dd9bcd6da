// Declarations, definitions, tables and worked examples of the syntax tree; see build.h.
#include "compiler/syntax/build.h"
#include "compiler/syntax/unicode.h"

namespace steelyard::syntax {

Basis Builder::basis(const Node &node) {
  Basis result;
  for (const Node &c : node.children) {
    if (c.rule != Rule::citation) continue;
    if (has(c, Tok::ASSUMED)) {
      result.assumptions.push_back(text(c.children.back()));
      continue;
    }
    for (const Node &ref : c.children) {
      if (ref.rule != Rule::articleRef) continue;
      ArticleRef article{std::string(token(ref).text), {}, span(ref)};
      for (const Node &clause : ref.children)
        if (clause.rule == Rule::token && token_type(clause) == Tok::NUMBER)
          article.clauses.emplace_back(token(clause).text);
      result.articles.push_back(std::move(article));
    }
  }
  return result;
}

RoundingWord Builder::rounding(const Node &node) {
  const Node *words = child(node, Rule::rounding);
  if (!words) return RoundingWord::none;
  switch (token_type(words->children.back())) {
  case Tok::HALF_UP:
    return RoundingWord::half_up;
  case Tok::HALF_EVEN:
    return RoundingWord::half_even;
  case Tok::DOWN:
    return RoundingWord::down;
  case Tok::FLOOR:
    return RoundingWord::floor;
  default:
    return RoundingWord::ceiling;
  }
}

// ---------- the file ----------

PolicyDecl Builder::policy(const Node &node) {
  PolicyDecl result{name(*child(node, Rule::name)), {}, {}, {}, span(node)};
  for (const Node &c : node.children) {
    if (c.rule != Rule::token) continue;
    if (token_type(c) == Tok::DATE) (result.from ? result.until : result.from) = date(c);
    if (token_type(c) == Tok::AMENDS) result.amends = true;
    if (token_type(c) != Tok::STRING) continue;
    const Tok before = token_type(*(&c - 1));
    (before == Tok::AMENDS || before == Tok::ON_BASE ? result.base : result.authority) = text(c);
  }
  return result;
}

ChapterDecl Builder::chapter(const Node &node) {
  return {text(node.children[1]), basis(node), span(node)};
}

UsesDecl Builder::uses(const Node &node) {
  return {text(node.children[1]), name(*child(node, Rule::name)), span(node)};
}

ArticleDecl Builder::article(const Node &node) {
  ArticleDecl result{std::string(token(*child(node, Rule::articleId)).text),
                     {},
                     {},
                     has(node, Tok::NO_COMPUTATION),
                     span(node)};
  result.heading = text(node.children[2]);
  if (node.children.size() > 3 && token_type(node.children[3]) == Tok::STRING)
    result.title = text(node.children[3]);
  return result;
}

EnumDecl Builder::enumeration(const Node &node) {
  EnumDecl result;
  bool first = true;
  for (const Node &c : node.children) {
    if (c.rule != Rule::name) continue;
    if (first)
      result.name = name(c);
    else
      result.members.push_back(name(c));
    first = false;
  }
  result.ordered = has(node, Tok::LT);
  result.mixed = result.ordered && has(node, Tok::COMMA);
  result.span = span(node);
  return result;
}

RangeDecl Builder::range(const Node &node) {
  const auto &c = node.children; // range NAME from NUMBER to NUMBER
  return {name(c[1]), number(c[3]), number(c[5]), span(node)};
}

EntityDecl Builder::entity(const Node &node) {
  EntityDecl result;
  result.name = name(*child(node, Rule::name));
  if (const Node *file = leaf(node, Tok::STRING)) result.tables_file = text(*file);
  result.file_optional = has(node, Tok::FILE_OPTIONAL);
  result.span = span(node);
  return result;
}

KeyDecl Builder::key(const Node &node) {
  return {name(*child(node, Rule::name)), type(*child(node, Rule::typeRef)), span(node)};
}

InputDecl Builder::input(const Node &node) {
  InputDecl result{name(*child(node, Rule::name)),
                   type(*child(node, Rule::typeRef)),
                   nullptr,
                   false,
                   basis(node),
                   span(node)};
  if (const Node *value = child(node, Rule::signedLiteral)) result.default_value = literal(*value);
  result.required_in_row = has(node, Tok::REQUIRED_IN_ROW);
  return result;
}

ParamDecl Builder::param(const Node &node) {
  ParamDecl result;
  result.name = name(*child(node, Rule::name));
  if (const Node *declared = child(node, Rule::typeRef)) result.type = type(*declared);
  for (const Node &c : node.children) {
    if (c.rule != Rule::paramValue) continue;
    ParamValue value{literal(c.children.front()), {}, {}, span(c)};
    for (std::size_t i = 1; i + 1 < c.children.size(); i += 2)
      (token_type(c.children[i]) == Tok::FROM ? value.from : value.until) = date(c.children[i + 1]);
    result.values.push_back(std::move(value));
  }
  result.basis = basis(node);
  result.span = span(node);
  return result;
}

ScopeDecl Builder::scope(const Node &node) {
  ScopeDecl result;
  result.keys = idents(node);
  if (const Node *own = child(node, Rule::name)) result.name = name(*own);
  result.file_optional = has(node, Tok::FILE_OPTIONAL);
  result.span = span(node);
  return result;
}

RowsFromDecl Builder::rows_from(const Node &node) {
  RowsFromDecl result;
  result.span = span(node);
  for (const Node &c : node.children) {
    if (c.rule == Rule::token && token_type(c) == Tok::STRING) result.file = text(c);
    if (c.rule != Rule::rowSource) continue;
    RowSource source;
    source.span = span(c);
    if (const Node *scope = child(c, Rule::ident)) {
      source.scope = ident(*scope);
      for (const Node &key : c.children)
        if (key.rule == Rule::path) source.paths.push_back(make(key, path(key)));
    } else {
      source.input = true;
    }
    result.sources.push_back(std::move(source));
  }
  return result;
}

// ---------- definitions ----------

LetDecl Builder::let(const Node &node) {
  return {name(*child(node, Rule::name)), basis(node), expression_after(node, Tok::EQ), span(node)};
}

DefineDecl Builder::define(const Node &node) {
  DefineDecl result;
  result.name = name(*child(node, Rule::name));
  result.type = type(*child(node, Rule::typeRef));
  result.rounding = rounding(node);
  result.basis = basis(node);
  if (const Node *value = child(node, Rule::caseValue)) result.lines.push_back(case_line(*value));
  result.span = span(node);
  return result;
}

CaseLine Builder::case_line(const Node &node) {
  CaseLine result;
  result.span = span(node);
  if (node.children.front().rule == Rule::expr) result.value = expression(node.children.front());
  result.condition = expression_after(node, Tok::WHEN);
  result.otherwise = has(node, Tok::OTHERWISE);
  result.basis = basis(node);
  if (!result.value && !result.condition && !result.otherwise)
    report("P107", result.span, "'" + std::string(token(node).text) + "' needs a condition here",
           "add " + wording_(Tok::WHEN) + " and the condition, or " + wording_(Tok::OTHERWISE));
  return result;
}

ExceptDecl Builder::except(const Node &node) {
  ExceptDecl result;
  result.name = name(*child(node, Rule::name));
  result.value = expression_after(node, Tok::COLON);
  result.condition = expression_after(node, Tok::WHEN);
  for (const Node &c : node.children)
    if (c.rule == Rule::overriding)
      for (Ident &beaten : idents(c)) result.overrides.push_back(std::move(beaten));
  result.basis = basis(node);
  result.span = span(node);
  return result;
}

DecideDecl Builder::decide(const Node &node) {
  DecideDecl result;
  result.name = name(*child(node, Rule::name));
  result.optional = has(node, Tok::OPTIONAL);
  result.basis = basis(node);
  result.span = span(node);
  return result;
}

DecideAlternative Builder::alternative(const Node &node) {
  DecideAlternative result;
  if (const Node *own = child(node, Rule::name)) result.name = name(*own);
  result.condition = expression_after(node, Tok::WHEN);
  result.otherwise = has(node, Tok::OTHERWISE);
  result.basis = basis(node);
  result.span = span(node);
  return result;
}

DeductDecl Builder::deduct(const Node &node) {
  DeductDecl result;
  result.name = name(*child(node, Rule::name));
  result.type = type(*child(node, Rule::typeRef));
  result.basis = basis(node);
  result.from = expression_after(node, Tok::FROM);
  for (const Node &c : node.children)
    if (c.rule == Rule::lessClause) result.clauses.push_back(less(c));
  result.span = span(node);
  return result;
}

LessClause Builder::less(const Node &node) {
  LessClause result;
  const Node &amount = *child(node, Rule::path);
  result.amount = make(amount, path(amount));
  if (const Node *label = leaf(node, Tok::STRING)) result.label = text(*label);
  result.condition = expression_after(node, Tok::WHEN);
  result.basis = basis(node);
  result.span = span(node);
  return result;
}

AllocateDecl Builder::allocate(const Node &node) {
  AllocateDecl result;
  result.name = name(*child(node, Rule::name));
  result.type = type(*child(node, Rule::typeRef));
  result.rounding = rounding(node);
  result.basis = basis(node);
  result.whole = expression_after(node, Tok::OF);
  const Node &how = *child(node, Rule::allocation);
  if (has(how, Tok::EACH)) {
    result.part = expression_after(how, Tok::EQ);
    result.last = ident(*child(how, Rule::ident));
  } else {
    result.weight = expression_after(how, Tok::BY);
    result.within = idents(how);
    result.or_nothing = has(how, Tok::OR_NOTHING);
  }
  result.span = span(node);
  return result;
}

CheckDecl Builder::check(const Node &node) {
  CheckDecl result;
  result.name = name(*child(node, Rule::name));
  result.condition = expression_after(node, Tok::COLON);
  result.required = has(node, Tok::REQUIRE);
  if (const Node *message = leaf(node, Tok::STRING)) result.text = text(*message);
  result.basis = basis(node);
  result.span = span(node);
  return result;
}

// ---------- amendments ----------

RemoveDecl Builder::remove(const Node &node) {
  return {idents(node), span(node)};
}

AddDecl Builder::add_to(const Node &node) {
  return {ident(*child(node, Rule::ident)), {}, span(node)};
}

// ---------- tables ----------

TableDecl Builder::table(const Node &node) {
  TableDecl result;
  result.name = name(*child(node, Rule::name));
  result.type = type(*child(node, Rule::typeRef));
  for (const Node &c : node.children)
    if (c.rule == Rule::tableInput)
      result.inputs.push_back({name(*child(c, Rule::name)), type(*child(c, Rule::typeRef))});
  result.basis = basis(node);
  result.span = span(node);
  return result;
}

TableRow Builder::row(const Node &node) {
  TableRow result;
  for (const Node &c : node.children)
    if (c.rule == Rule::cell) result.cells.push_back(cell(c));
  result.basis = basis(node);
  result.span = span(node);
  return result;
}

Cell Builder::cell(const Node &node) {
  Cell result;
  result.span = span(node);
  for (const Node &c : node.children) {
    if (c.rule == Rule::signedNumber) (result.low ? result.high : result.low) = signed_number(c);
    if (c.rule == Rule::unit) result.unit = unit(c.children.front());
  }
  const Node &first = node.children.front();
  if (first.rule == Rule::ident) {
    result.kind = CellKind::names;
    result.names = idents(node);
    return result;
  }
  if (first.rule == Rule::signedLiteral) {
    result.kind = CellKind::value;
    result.value = literal(first);
    return result;
  }
  switch (token_type(first)) {
  case Tok::LT:
    result.kind = CellKind::less;
    break;
  case Tok::LE:
    result.kind = CellKind::less_equal;
    break;
  case Tok::GT:
    result.kind = CellKind::greater;
    break;
  case Tok::GE:
    result.kind = CellKind::greater_equal;
    break;
  case Tok::ABOVE:
    result.kind = CellKind::above;
    break;
  case Tok::BELOW:
    result.kind = CellKind::below;
    break;
  case Tok::OTHERWISE:
    result.kind = CellKind::otherwise;
    break;
  case Tok::ANY:
    result.kind = CellKind::any;
    break;
  default:
    result.kind = CellKind::span;
  }
  return result;
}

// ---------- worked examples ----------

TestDecl Builder::test(const Node &node) {
  TestDecl result;
  result.title = text(node.children[1]);
  result.basis = basis(node);
  result.span = span(node);
  return result;
}

void Builder::example_line(const Node &node, TestDecl &test) {
  if (has(node, Tok::PARAM)) {
    test.params.push_back({ident(*child(node, Rule::ident)), test_value(*child(node, Rule::testValue))});
  } else if (has(node, Tok::ERROR)) {
    if (test.error) report("P114", span(node), "an example can expect one error only");
    const Node *part = leaf(node, Tok::STRING);
    test.error = ExpectError{part ? text(*part) : std::string(), span(node)};
  } else {
    (has(node, Tok::GIVEN) ? test.given : test.expected).push_back(test_row(*child(node, Rule::testRow)));
  }
}

TestRow Builder::test_row(const Node &node) {
  TestRow result;
  result.overall = has(node, Tok::OVERALL);
  result.span = span(node);
  for (const Node &c : node.children) {
    if (c.rule == Rule::ident) result.scope = ident(c);
    if (c.rule == Rule::testValue) result.keys.push_back(test_value(c));
    if (c.rule == Rule::assignment)
      result.assignments.push_back({ident(c.children[0]), test_value(c.children[1]), span(c)});
  }
  return result;
}

TestValue Builder::test_value(const Node &node) {
  const Node &first = node.children.front();
  TestValue result;
  result.span = span(node);
  if (first.rule == Rule::signedLiteral) {
    result.literal = literal(first);
    const Node &unsigned_literal = first.children.back();
    const Node &number = unsigned_literal.children.front();
    if (unsigned_literal.children.size() == 1 && token_type(number) == Tok::NUMBER)
      result.ident =
          Ident{(first.children.size() > 1 ? "-" : "") + ascii_number(token(number).text), span(node)};
  } else if (first.rule == Rule::ident)
    result.ident = ident(first);
  else
    result.none = true;
  return result;
}

} // namespace steelyard::syntax
