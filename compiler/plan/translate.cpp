// From terms to expressions over columns. A let is put in its place (it is exact, so it has no column of its
// own); a field becomes a read, a reference or a look-up becomes a join.
#include "compiler/plan/builder.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::plan {

using semantics::FieldKind;
using semantics::TypeKind;
using syntax::BinaryOp;

ExpressionPtr make_expression(const Span &span, const Type &type, decltype(Expression::node) node) {
  return std::make_shared<const Expression>(Expression{span, type, std::move(node)});
}

namespace {

Operator operator_of(BinaryOp op) {
  switch (op) {
  case BinaryOp::add:
    return Operator::add;
  case BinaryOp::subtract:
    return Operator::subtract;
  case BinaryOp::multiply:
    return Operator::multiply;
  case BinaryOp::divide:
    return Operator::divide;
  case BinaryOp::less:
    return Operator::less;
  case BinaryOp::less_equal:
    return Operator::less_equal;
  case BinaryOp::greater:
    return Operator::greater;
  case BinaryOp::greater_equal:
    return Operator::greater_equal;
  case BinaryOp::equal:
    return Operator::equal;
  case BinaryOp::not_equal:
    return Operator::not_equal;
  case BinaryOp::logical_and:
    return Operator::logical_and;
  case BinaryOp::logical_or:
    return Operator::logical_or;
  case BinaryOp::or_else:
    return Operator::or_else;
  case BinaryOp::begins_with:
    return Operator::begins_with;
  }
  throw std::logic_error("an operator of no kind");
}

Operator operator_of(syntax::Function function) {
  switch (function) {
  case syntax::Function::max:
    return Operator::greatest;
  case syntax::Function::min:
    return Operator::least;
  case syntax::Function::abs:
    return Operator::absolute;
  case syntax::Function::month_of:
    return Operator::month_of;
  case syntax::Function::day_of:
    return Operator::day_of;
  case syntax::Function::month_end:
    return Operator::month_end;
  case syntax::Function::working_days:
    break;
  }
  throw std::logic_error("a function of no kind");
}

std::vector<int> longer(std::vector<int> path, int join) {
  if (join == whole_run) return {whole_run};
  path.push_back(join);
  return path;
}

Type row_type(int scope) {
  Type type;
  type.kind = TypeKind::row;
  type.domain = scope;
  type.optional = true;
  return type;
}

Storage storage_of(const Type &type, const semantics::Program &program) {
  switch (type.kind) {
  case TypeKind::boolean:
    return Storage::u8;
  case TypeKind::member:
    return program.enums[type.domain].members.size() <= 256 ? Storage::u8 : Storage::i16;
  case TypeKind::row:
    return Storage::i32;
  default:
    return Storage::i64;
  }
}

} // namespace

ExpressionPtr Builder::translate_or_null(const TermPtr &term, int scope, const std::vector<int> &path) {
  return term ? translate(*term, scope, path) : nullptr;
}

ExpressionPtr Builder::translate(const Term &term, int scope, const std::vector<int> &path) {
  using namespace semantics;
  const auto apply = [&](Operator op, std::vector<ExpressionPtr> operands) {
    return make_expression(term.span, term.type, Apply{op, std::move(operands)});
  };
  const auto all = [&](const std::vector<TermPtr> &parts) {
    std::vector<ExpressionPtr> out;
    for (const TermPtr &part : parts) out.push_back(translate(*part, scope, path));
    return out;
  };
  if (const auto *constant = std::get_if<Constant>(&term.node))
    return make_expression(term.span, term.type, Literal{*constant});
  if (const auto *ref = std::get_if<FieldRef>(&term.node)) return node_of(*ref, term, scope, path);
  if (const auto *parameter = std::get_if<ParameterRef>(&term.node))
    return make_expression(term.span, term.type, Parameter{parameter->parameter});
  if (const auto *call = std::get_if<TableCall>(&term.node))
    return make_expression(term.span, term.type, TableLookup{call->table, all(call->arguments)});
  if (const auto *call = std::get_if<FunctionCall>(&term.node)) {
    if (call->function == syntax::Function::working_days)
      return make_expression(term.span, term.type,
                             WorkingDays{translate(*call->arguments[0], scope, path),
                                         translate(*call->arguments[1], scope, path), call->calendar,
                                         column_of_field(call->calendar, 0),
                                         column_of_field(call->calendar, call->worked)});
    return apply(operator_of(call->function), all(call->arguments));
  }
  if (const auto *unary = std::get_if<Unary>(&term.node)) {
    const Operator op = unary->op == syntax::UnaryOp::negate        ? Operator::negate
                        : unary->op == syntax::UnaryOp::logical_not ? Operator::logical_not
                                                                    : Operator::required;
    return apply(op, {translate(*unary->operand, scope, path)});
  }
  if (const auto *binary = std::get_if<Binary>(&term.node)) {
    ExpressionPtr left = translate(*binary->left, scope, path);
    return apply(operator_of(binary->op), {std::move(left), translate(*binary->right, scope, path)});
  }
  if (const auto *test = std::get_if<MissingTest>(&term.node))
    return apply(test->given ? Operator::is_given : Operator::is_missing,
                 {translate(*test->operand, scope, path)});
  if (const auto *in = std::get_if<Membership>(&term.node))
    return make_expression(term.span, term.type,
                           AmongMembers{translate(*in->operand, scope, path), in->negated, in->members});
  if (const auto *node = std::get_if<Aggregate>(&term.node)) return aggregate(*node, term, scope, path);
  if (std::holds_alternative<InSet>(term.node) || std::holds_alternative<ElementRef>(term.node) ||
      std::holds_alternative<ListTerm>(term.node) || std::holds_alternative<With>(term.node))
    throw CannotPlan("lists, sets and `with`");
  if (const auto *node = std::get_if<Neighbour>(&term.node)) return neighbour(*node, scope, path);
  return translate(*std::get<Parenthesized>(term.node).inner, scope, path);
}

ExpressionPtr Builder::node_of(const semantics::FieldRef &ref, const Term &term, int scope,
                               std::vector<int> path) {
  if (ref.up != 0) throw CannotPlan("`this.` inside an aggregate");
  for (const semantics::FieldRef::Step &step : ref.steps) {
    int join = whole_run;
    if (step.field >= 0)
      join = column_of_field(scope, step.field);
    else if (step.scope != 0)
      join = join_by_keys(scope, step.scope, step.keys);
    path = longer(std::move(path), join);
    scope = step.scope;
  }
  if (ref.field < 0) return make_expression(term.span, term.type, Arrive{std::move(path), scope});
  return field_value(scope, ref.field, term.span, path);
}

ExpressionPtr Builder::field_value(int scope, int field, const Span &span, const std::vector<int> &path) {
  const semantics::Field &declared = program_.scopes[scope].fields[field];
  // No column knows that an empty cell is a list, too.
  if (declared.type.kind == TypeKind::list) throw CannotPlan("lists, sets and `with`");
  if (declared.kind != FieldKind::let)
    return make_expression(span, declared.type, Read{path, column_of_field(scope, field)});
  const semantics::Definition &let = program_.definitions[declared.definition];
  if (!std::holds_alternative<semantics::Formula>(let.body)) throw CannotPlan("a let that is no formula");
  Choice choice = choice_of(let, path);
  ExpressionPtr value =
      choice.plain() && choice.lines[0].value
          ? choice.lines[0].value
          : make_expression(span, declared.type, Choose{std::make_shared<const Choice>(std::move(choice))});
  return where_there(std::move(value), scope, path);
}

/// A formula put in the place of a name that is read through a path: where the path leads to no row the whole
/// is missing, also a constant, a count of no rows, or a value that stands in for a missing one.
ExpressionPtr Builder::where_there(ExpressionPtr value, int scope, const std::vector<int> &path) {
  const bool may_end = std::any_of(path.begin(), path.end(), [](int join) { return join != whole_run; });
  if (!may_end) return value;
  if (const auto *read = std::get_if<Read>(&value->node))
    if (read->path.size() >= path.size() && std::equal(path.begin(), path.end(), read->path.begin()))
      return value;
  ExpressionPtr row = make_expression(value->span, row_type(scope), Arrive{path, scope});
  Type type = value->type;
  type.optional = true; // whatever the value itself is: a column that it is hoisted to has missing rows
  const Span span = value->span;
  return make_expression(span, type, Apply{Operator::where_there, {std::move(row), std::move(value)}});
}

Choice Builder::choice_of(const semantics::Definition &definition, const std::vector<int> &path) {
  Choice out;
  const int scope = definition.scope;
  const auto alternative_of = [&](const semantics::Alternative &from, int index) {
    Alternative to;
    to.condition = translate_or_null(from.condition, scope, path);
    to.value = translate_or_null(from.value, scope, path);
    to.index = index;
    to.member = from.member;
    return to;
  };
  if (const auto *decide = std::get_if<semantics::Decide>(&definition.body)) {
    out.decide = true;
    for (std::size_t i = 0; i < decide->alternatives.size(); ++i)
      out.lines.push_back(alternative_of(decide->alternatives[i], static_cast<int>(i)));
    return out;
  }
  const auto &formula = std::get<semantics::Formula>(definition.body);
  const auto lines = static_cast<int>(formula.lines.size());
  for (const int index : formula.except_order) {
    Alternative except = alternative_of(formula.excepts[index], lines + index);
    for (std::size_t earlier = 0; earlier < out.excepts.size(); ++earlier) {
      const std::vector<int> &beaten = formula.excepts[out.excepts[earlier].index - lines].overrides;
      for (const int weak : beaten)
        if (weak == index) except.beaten_by.push_back(static_cast<int>(earlier));
    }
    out.excepts.push_back(std::move(except));
  }
  for (int i = 0; i < lines; ++i) out.lines.push_back(alternative_of(formula.lines[i], i));
  return out;
}

int Builder::join_by_keys(int from, int target, const std::vector<TermPtr> &keys) {
  std::vector<ExpressionPtr> expressions;
  for (const TermPtr &key : keys) expressions.push_back(translate(*key, from, {}));
  return join_by_expressions(from, target, std::move(expressions));
}

int Builder::join_by_expressions(int from, int target, std::vector<ExpressionPtr> keys) {
  // The key of a reference is as good as the reference.
  if (keys.size() == 1)
    if (const auto *read = std::get_if<Read>(&keys[0]->node))
      if (read->path.size() == 1 && read->path[0] >= 0 && plan_.columns[read->path[0]].target == target &&
          plan_.columns[read->column].role == Role::key)
        return read->path[0];
  const std::string known = fmt::format("{}>{}:{}", from, target, text(keys));
  const auto at = joins_.find(known);
  if (at != joins_.end()) return at->second;
  Column column;
  column.scope = from;
  column.name = fmt::format("to {} by {}", plan_.scopes[target].name, text(keys));
  column.role = Role::join;
  column.storage = Storage::i32;
  column.target = target;
  column.type.kind = TypeKind::row;
  column.type.domain = target;
  column.type.optional = true;
  const int id = add_column(std::move(column));
  joins_.emplace(known, id);
  Task task;
  task.what = MakeJoin{id, std::move(keys)};
  task.scope = from;
  task.rows = {from, target};
  add_task(std::move(task));
  return id;
}

int Builder::column_of_field(int scope, int field) {
  const auto at = fields_.find({scope, field});
  if (at != fields_.end()) return at->second;
  const semantics::Field &declared = program_.scopes[scope].fields[field];
  Column column;
  column.scope = scope;
  column.name = declared.names.canonical();
  column.type = declared.type;
  column.storage = storage_of(declared.type, program_);
  column.field = field;
  column.definition = declared.definition;
  if (declared.type.kind == TypeKind::row) column.target = declared.type.domain;
  column.role = declared.kind == FieldKind::key     ? Role::key
                : declared.kind == FieldKind::input ? Role::input
                                                    : Role::definition;
  if (declared.kind == FieldKind::let) throw CannotPlan("a path that goes on from a let");
  const int id = add_column(std::move(column));
  fields_.emplace(std::pair{scope, field}, id);
  if (declared.kind == FieldKind::input) {
    Task task;
    task.what = Gather{id};
    task.scope = scope;
    task.rows = {scope};
    if (declared.type.kind == TypeKind::row) task.rows.push_back(declared.type.domain);
    add_task(std::move(task));
  } else if (declared.kind == FieldKind::definition) {
    add_definition(declared.definition);
  }
  return id;
}

/// A key of a row source. Where a reference to the scope itself gives it, its rows are not there yet.
ExpressionPtr Builder::source_key(const Term &term, int source, int scope) {
  const auto *ref = std::get_if<semantics::FieldRef>(&term.node);
  if (ref == nullptr) return translate(term, source, {});
  const bool round = std::any_of(ref->steps.begin(), ref->steps.end(),
                                 [&](const semantics::FieldRef::Step &step) { return step.scope == scope; });
  if (!round) return translate(term, source, {});
  const bool held = ref->up == 0 && ref->steps.size() == 1 && ref->steps[0].field >= 0 && ref->field == 0 &&
                    program_.scopes[source].fields[ref->steps[0].field].kind == FieldKind::input &&
                    program_.scopes[scope].fields[0].type.kind != TypeKind::row;
  if (!held) throw CannotPlan("rows made from references to themselves");
  Column column;
  column.scope = source;
  column.field = ref->steps[0].field;
  column.name = "key in " + program_.scopes[source].fields[column.field].names.canonical();
  column.type = program_.scopes[scope].fields[0].type;
  column.type.optional = true;
  column.storage = Storage::i64;
  column.role = Role::stored_key;
  const int id = add_column(std::move(column));
  Task task;
  task.what = Gather{id};
  task.scope = source;
  task.rows = {source};
  add_task(std::move(task));
  return make_expression(term.span, plan_.columns[id].type, Read{{}, id});
}

void Builder::add_rows(int scope) {
  const semantics::Scope &declared = program_.scopes[scope];
  MakeRows rows;
  rows.scope = scope;
  Task task;
  task.scope = scope;
  for (int k = 0; k < declared.key_count; ++k) {
    rows.keys.push_back(column_of_field(scope, k));
    if (declared.fields[k].type.kind == TypeKind::row) task.rows.push_back(declared.fields[k].type.domain);
  }
  for (const semantics::RowSource &source : declared.sources) {
    MakeRows::Source out;
    out.input = source.input;
    out.every = source.every;
    out.scope = source.scope;
    if (!source.input && !source.every) {
      for (const TermPtr &key : source.keys) out.keys.push_back(source_key(*key, source.scope, scope));
      Column column;
      column.scope = source.scope;
      column.name = fmt::format("to {} by {}", plan_.scopes[scope].name, text(out.keys));
      column.role = Role::join;
      column.storage = Storage::i32;
      column.target = scope;
      column.type.kind = TypeKind::row;
      column.type.domain = scope;
      column.type.optional = true;
      out.join = add_column(std::move(column));
      joins_.emplace(fmt::format("{}>{}:{}", source.scope, scope, text(out.keys)), out.join);
      task.rows.push_back(source.scope);
    }
    rows.sources.push_back(std::move(out));
  }
  task.what = std::move(rows);
  add_task(std::move(task));
}

void Builder::add_definition(int definition) {
  const semantics::Definition &declared = program_.definitions[definition];
  const semantics::Field &field = program_.field_of(declared);
  const int column = fields_.at({declared.scope, declared.field});
  if (!defining_.insert(definition).second) return;
  Task task;
  task.scope = declared.scope;
  task.rows = {declared.scope};
  if (field.type.kind == TypeKind::row) task.rows.push_back(field.type.domain);
  if (field.type.kind == TypeKind::number && field.type.scale < 0)
    throw CannotPlan("a definition without fixed decimals");
  if (const auto *allocate = std::get_if<semantics::Allocate>(&declared.body)) {
    Allocation out;
    out.column = column;
    out.definition = definition;
    out.whole = translate(*allocate->whole, declared.scope, {});
    out.part = translate_or_null(allocate->part, declared.scope, {});
    out.weight = translate_or_null(allocate->weight, declared.scope, {});
    task.what = std::move(out);
  } else if (const auto *deduct = std::get_if<semantics::Deduct>(&declared.body)) {
    Remainder out;
    out.column = column;
    out.definition = definition;
    out.from = translate(*deduct->from, declared.scope, {});
    for (const semantics::Deduct::Less &less : deduct->clauses)
      out.clauses.push_back({translate(*less.amount, declared.scope, {}),
                             translate_or_null(less.condition, declared.scope, {})});
    task.what = Work(std::move(out));
  } else {
    if (const auto *formula = std::get_if<semantics::Formula>(&declared.body)) {
      const Term *bare = nullptr;
      if (formula->lines.size() == 1 && formula->excepts.empty()) bare = formula->lines[0].value.get();
      while (bare != nullptr && std::holds_alternative<semantics::Parenthesized>(bare->node))
        bare = std::get<semantics::Parenthesized>(bare->node).inner.get();
      const auto *node = bare == nullptr ? nullptr : std::get_if<semantics::Aggregate>(&bare->node);
      if (node != nullptr && node->op == syntax::AggregateOp::cv) {
        if (formula->lines[0].condition) throw CannotPlan("cv with a condition");
        return add_variation(definition, *bare);
      }
    }
    Compute out;
    out.column = column;
    out.definition = definition;
    out.choice = choice_of(declared, {});
    if (!out.choice.plain()) {
      Column choice;
      choice.scope = declared.scope;
      choice.name = "choice of " + field.names.canonical();
      choice.type.scale = 0;
      choice.role = Role::choice;
      choice.storage = out.choice.lines.size() + out.choice.excepts.size() < 255 ? Storage::u8 : Storage::i16;
      choice.definition = definition;
      out.choice_column = add_column(std::move(choice));
    }
    task.what = Work(std::move(out));
  }
  add_task(std::move(task));
}

void Builder::add_check(int check) {
  const semantics::Check &declared = program_.checks[check];
  Column column;
  column.scope = declared.scope;
  column.name = "check " + declared.names.canonical();
  column.type.kind = TypeKind::boolean;
  column.role = Role::check;
  column.storage = Storage::u8;
  Task task;
  task.scope = declared.scope;
  task.rows = {declared.scope};
  const int id = add_column(std::move(column));
  task.what = Work(Check{id, check, translate(*declared.condition, declared.scope, {})});
  add_task(std::move(task));
}

int Builder::add_column(Column column) {
  const auto id = static_cast<int>(plan_.columns.size());
  plan_.scopes[column.scope].columns.push_back(id);
  plan_.columns.push_back(std::move(column));
  return id;
}

int Builder::add_task(Task task) {
  tasks_.push_back(std::move(task));
  return static_cast<int>(tasks_.size()) - 1;
}

std::string Builder::text(const std::vector<ExpressionPtr> &expressions) {
  std::string out;
  for (const ExpressionPtr &expression : expressions)
    out += (out.empty() ? "(" : ", ") + print(*expression, plan_, program_);
  return out.empty() ? "()" : out + ")";
}

int Plan::column_of(int scope, int field) const {
  for (const int column : scopes[scope].columns)
    if (columns[column].field == field && columns[column].role != Role::choice &&
        columns[column].role != Role::stored_key)
      return column;
  return -1;
}

Plan Builder::build(bool keep_aggregates) {
  for (const semantics::Scope &scope : program_.scopes) {
    Scope out;
    out.name = &scope == &program_.scopes[0] ? "overall" : scope.names.canonical();
    plan_.scopes.push_back(std::move(out));
  }
  // Keys first, in their order: whoever reads one of them before the rows are planned must not change it.
  for (std::size_t scope = 0; scope < program_.scopes.size(); ++scope)
    for (int key = 0; key < program_.scopes[scope].key_count; ++key)
      column_of_field(static_cast<int>(scope), key);
  // Then the row sets: the joins that come with them then serve the formulas.
  for (std::size_t scope = 0; scope < program_.scopes.size(); ++scope) add_rows(static_cast<int>(scope));
  for (const semantics::Definition &definition : program_.definitions)
    if (!definition.let) column_of_field(definition.scope, definition.field);
  if (keep_aggregates) this->keep_aggregates();
  for (std::size_t check = 0; check < program_.checks.size(); ++check) add_check(static_cast<int>(check));
  hoist();
  schedule();
  return std::move(plan_);
}

std::variant<Plan, Unplanned> make_plan(const semantics::Program &program, bool keep_aggregates) {
  try {
    return Builder(program).build(keep_aggregates);
  } catch (const CannotPlan &reason) {
    return Unplanned{reason.what()};
  }
}

} // namespace steelyard::plan
