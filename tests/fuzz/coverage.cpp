#include "tests/fuzz/coverage.h"
#include "tests/fuzz/terms.h"
#include <fmt/core.h>

namespace steelyard::fuzz {

using namespace semantics;

namespace {

const char *const aggregates[] = {"sum", "count", "mean", "min", "max", "cv", "share", "first"};
const char *const operators[] = {"+",  "-", "×",  "/",   "<",  "<=",      ">",
                                 ">=", "=", "!=", "and", "or", "or else", "begins with"};
const char *const roundings[] = {"half up", "half even", "down", "floor", "ceiling"};
const char *const kinds[] = {"bool", "text", "date", "month", "number", "enum", "reference", "list"};

const char *const expected[] = {"aggregate sum",
                                "aggregate count",
                                "aggregate mean",
                                "aggregate min",
                                "aggregate max",
                                "aggregate cv",
                                "aggregate share",
                                "aggregate where",
                                "aggregate this",
                                "aggregate of a formula",
                                "aggregate over the own scope",
                                "aggregate over everything",
                                "operator +",
                                "operator -",
                                "operator ×",
                                "operator /",
                                "operator <",
                                "operator <=",
                                "operator >",
                                "operator >=",
                                "operator =",
                                "operator !=",
                                "operator and",
                                "operator or",
                                "operator or else",
                                "negate",
                                "not",
                                "required",
                                "is given",
                                "is missing",
                                "in",
                                "not in",
                                "max()",
                                "min()",
                                "abs()",
                                "table call",
                                "parameter",
                                "path 0",
                                "path 1",
                                "path 2",
                                "look-up",
                                "look-up of the run",
                                "next",
                                "previous",
                                "neighbour where",
                                "let",
                                "define",
                                "define by cases",
                                "define with excepts",
                                "overrides",
                                "decide",
                                "decide none",
                                "deduct",
                                "deduct when",
                                "allocate by weight",
                                "allocate each",
                                "allocate within",
                                "allocate or nothing",
                                "check",
                                "require",
                                "rounded half up",
                                "rounded half even",
                                "rounded down",
                                "rounded floor",
                                "rounded ceiling",
                                "rows from input",
                                "rows from paths",
                                "rows of every value",
                                "rows from a definition",
                                "derived entity",
                                "table bands",
                                "table members",
                                "table any",
                                "parameter of another kind",
                                "file optional",
                                "default",
                                "optional input",
                                "required in row",
                                "result bool",
                                "result text",
                                "result date",
                                "result month",
                                "calendar function",
                                "operator + of dates",
                                "result number",
                                "result enum",
                                "result reference",
                                "optional result",
                                "keys 1",
                                "keys 2",
                                "keys 3",
                                "aggregate first",
                                "any of with a body",
                                "none of with a body",
                                "all of with a body",
                                "first of list",
                                "first of list with a body",
                                "others of",
                                "list of",
                                "list of with a body",
                                "in a list",
                                "in a set, keys 0",
                                "in a set, keys 1",
                                "in a set, keys 2",
                                "with",
                                "result list",
                                "error D617",
                                "error D601",
                                "error D602"};

std::string path_name(const FieldRef &ref) {
  for (const FieldRef::Step &step : ref.steps)
    if (step.field < 0) return step.scope == 0 ? "look-up of the run" : "look-up";
  return fmt::format("path {}", ref.steps.size());
}

} // namespace

void Coverage::add(const Program &program) {
  const auto count = [&](const std::string &what) { ++counts_[what]; };
  each_term(program, [&](const Term &term) {
    if (const auto *ref = std::get_if<FieldRef>(&term.node)) {
      count(path_name(*ref));
      if (ref->up > 0) count("aggregate this");
    } else if (std::holds_alternative<ParameterRef>(term.node)) {
      count(term.type.kind == TypeKind::number ? "parameter" : "parameter of another kind");
    } else if (std::holds_alternative<TableCall>(term.node)) {
      count("table call");
    } else if (const auto *call = std::get_if<FunctionCall>(&term.node)) {
      count(call->function == syntax::Function::max   ? "max()"
            : call->function == syntax::Function::min ? "min()"
            : call->function == syntax::Function::abs ? "abs()"
                                                      : "calendar function");
    } else if (const auto *unary = std::get_if<Unary>(&term.node)) {
      count(unary->op == syntax::UnaryOp::negate        ? "negate"
            : unary->op == syntax::UnaryOp::logical_not ? "not"
                                                        : "required");
    } else if (const auto *binary = std::get_if<Binary>(&term.node)) {
      const bool dates = binary->op == syntax::BinaryOp::add && semantics::in_calendar(binary->left->type);
      count(std::string("operator ") + operators[static_cast<int>(binary->op)] + (dates ? " of dates" : ""));
    } else if (const auto *test = std::get_if<MissingTest>(&term.node)) {
      count(test->given ? "is given" : "is missing");
    } else if (const auto *membership = std::get_if<Membership>(&term.node)) {
      count(membership->negated ? "not in" : "in");
    } else if (const auto *aggregate = std::get_if<Aggregate>(&term.node)) {
      count(std::string("aggregate ") + aggregates[static_cast<int>(aggregate->op)]);
      if (aggregate->where) count("aggregate where");
      if (aggregate->operand && !std::holds_alternative<FieldRef>(aggregate->operand->node))
        count("aggregate of a formula");
      if (aggregate->matches.empty()) count("aggregate over everything");
      for (const Aggregate::Match &match : aggregate->matches)
        if (const auto *outer = std::get_if<FieldRef>(&match.outer->node);
            outer && outer->steps.empty() && outer->scope == aggregate->scope)
          count("aggregate over the own scope");
    } else if (const auto *list = std::get_if<ListTerm>(&term.node)) {
      static const char *const names[] = {"any of",        "none of",   "all of",
                                          "first of list", "others of", "list of"};
      count(std::string(names[static_cast<int>(list->op)]) +
            (list->list && list->body ? " with a body" : ""));
    } else if (const auto *set = std::get_if<InSet>(&term.node)) {
      count(set->list ? "in a list" : fmt::format("in a set, keys {}", set->keys.size()));
    } else if (std::holds_alternative<With>(term.node)) {
      count("with");
    } else if (const auto *neighbour = std::get_if<Neighbour>(&term.node)) {
      count(neighbour->next ? "next" : "previous");
      if (neighbour->where) count("neighbour where");
    }
  });
  for (const Definition &definition : program.definitions) {
    const Type &type = program.field_of(definition).type;
    if (!definition.let) {
      count(std::string("result ") + kinds[static_cast<int>(type.kind)]);
      if (type.optional) count("optional result");
      if (type.kind == TypeKind::number)
        count(std::string("rounded ") + roundings[static_cast<int>(definition.rounding)]);
      if (type.kind == TypeKind::number) count(fmt::format("scale {}", type.scale));
    }
    if (const auto *formula = std::get_if<Formula>(&definition.body)) {
      count(definition.let ? "let" : formula->lines.size() > 1 ? "define by cases" : "define");
      if (!formula->excepts.empty()) count("define with excepts");
      for (const Alternative &except : formula->excepts)
        if (!except.overrides.empty()) count("overrides");
    } else if (const auto *decide = std::get_if<Decide>(&definition.body)) {
      count("decide");
      for (const Alternative &alternative : decide->alternatives)
        if (alternative.member < 0) count("decide none");
    } else if (const auto *deduct = std::get_if<Deduct>(&definition.body)) {
      count("deduct");
      for (const Deduct::Less &less : deduct->clauses)
        if (less.condition) count("deduct when");
    } else if (const auto *allocate = std::get_if<Allocate>(&definition.body)) {
      count(allocate->part ? "allocate each" : "allocate by weight");
      if (!allocate->part && !allocate->group.empty()) count("allocate within");
      if (allocate->or_nothing) count("allocate or nothing");
    }
  }
  for (const Check &check : program.checks) count(check.required ? "require" : "check");
  for (std::size_t s = 1; s < program.scopes.size(); ++s) {
    const Scope &scope = program.scopes[s];
    count(fmt::format("keys {}", scope.key_count));
    if (scope.entity && scope.table < 0) count("derived entity");
    if (scope.table >= 0 && program.schema.tables[scope.table].file_optional) count("file optional");
    for (const RowSource &source : scope.sources) {
      count(source.every ? "rows of every value" : source.input ? "rows from input" : "rows from paths");
      for (const TermPtr &key : source.keys)
        if (const auto *ref = std::get_if<FieldRef>(&key->node);
            ref && program.scopes[ref->scope].fields[ref->field].definition >= 0)
          count("rows from a definition");
    }
    for (const Field &field : scope.fields) {
      if (field.kind != FieldKind::input) continue;
      if (field.default_value)
        count("default");
      else if (field.required_in_row)
        count("required in row");
      else if (field.type.optional)
        count("optional input");
    }
  }
  for (const Table &table : program.tables)
    for (const Table::Row &row : table.rows)
      for (const CellTest &test : row.tests)
        count(std::holds_alternative<Interval>(test) ? "table bands"
              : std::holds_alternative<OneOf>(test)  ? "table members"
                                                     : "table any");
}

void Coverage::add_error(const std::string &text) {
  const std::size_t code = text.rfind("[D");
  if (code != std::string::npos) ++counts_["error " + text.substr(code + 1, 4)];
}

std::string Coverage::text() const {
  std::string out, never;
  int column = 0;
  for (const auto &[what, count] : counts_) {
    out += fmt::format("  {:<30}{:>9}", what, count);
    if (++column % 3 == 0) out += "\n";
  }
  if (column % 3 != 0) out += "\n";
  for (const char *what : expected)
    if (counts_.count(what) == 0) never += std::string(never.empty() ? "" : ", ") + what;
  return out + "  never met: " + (never.empty() ? "nothing" : never) + "\n";
}

} // namespace steelyard::fuzz
