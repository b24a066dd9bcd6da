// Aggregates become sinks of a pass over the inner scope and reads of the statistics they leave; neighbours
// become joins along a key.
#include "compiler/plan/builder.h"
#include "compiler/semantics/row_aggregates.h"
#include <fmt/core.h>

namespace steelyard::plan {

using semantics::TypeKind;
using syntax::AggregateOp;

namespace {

Type count_type() {
  Type type;
  type.scale = 0;
  return type;
}

} // namespace

/// Where the statistics go: to the rows of the outer scope itself when its keys are what is matched, to the
/// run as a whole when nothing is, else to a group domain of their own.
Builder::Place Builder::place_of(const semantics::Aggregate &node, int scope) {
  Place place;
  if (node.matches.empty()) {
    place.target = 0;
    if (scope != 0) place.way = {whole_run};
    return place;
  }
  std::vector<ExpressionPtr> inner, outer;
  for (const semantics::Aggregate::Match &match : node.matches) {
    inner.push_back(translate(*match.inner, node.scope, {}));
    outer.push_back(translate(*match.outer, scope, {}));
  }
  const int key_count = program_.scopes[scope].key_count;
  std::vector<ExpressionPtr> by_key(key_count);
  bool own_keys = static_cast<int>(outer.size()) == key_count;
  for (std::size_t i = 0; i < outer.size() && own_keys; ++i) {
    const auto *read = std::get_if<Read>(&outer[i]->node);
    own_keys = read != nullptr && read->path.empty() && plan_.columns[read->column].role == Role::key &&
               !by_key[plan_.columns[read->column].field];
    if (own_keys) by_key[plan_.columns[read->column].field] = inner[i];
  }
  if (own_keys) {
    place.target = scope;
    place.group = join_by_expressions(node.scope, scope, std::move(by_key));
    return place;
  }
  const std::string known = fmt::format("{}:{}", node.scope, text(inner));
  auto at = domains_.find(known);
  if (at == domains_.end()) {
    MakeGroups groups;
    groups.inner = node.scope;
    groups.domain = static_cast<int>(plan_.scopes.size());
    Scope domain;
    domain.group_domain = true;
    domain.inner = node.scope;
    domain.name = fmt::format("{} by {}", plan_.scopes[node.scope].name, text(inner));
    plan_.scopes.push_back(std::move(domain));
    Task task;
    task.scope = node.scope;
    task.rows = {node.scope};
    for (std::size_t i = 0; i < inner.size(); ++i) {
      Column key;
      key.scope = groups.domain;
      key.name = fmt::format("key {}", i + 1);
      key.type = inner[i]->type;
      key.role = Role::key;
      key.field = static_cast<int>(i);
      key.storage = Storage::i64;
      if (key.type.kind == TypeKind::row) {
        key.target = key.type.domain;
        key.storage = Storage::i32;
        task.rows.push_back(key.target);
      }
      groups.key_columns.push_back(add_column(std::move(key)));
    }
    Column join;
    join.scope = node.scope;
    join.name = "group of " + plan_.scopes[groups.domain].name;
    join.role = Role::join;
    join.storage = Storage::i32;
    join.target = groups.domain;
    join.type.kind = TypeKind::row;
    join.type.domain = groups.domain;
    groups.join = add_column(std::move(join));
    groups.keys = std::move(inner);
    at = domains_.emplace(known, groups.join).first;
    task.what = std::move(groups);
    add_task(std::move(task));
  }
  place.group = at->second;
  place.target = plan_.columns[place.group].target;
  place.way = {join_by_expressions(scope, place.target, std::move(outer))};
  return place;
}

Sink &Builder::sink_for(const semantics::Aggregate &node, const Place &place) {
  Sink sink;
  sink.scope = node.scope;
  sink.target = place.target;
  sink.group = place.group;
  if (node.operand) {
    sink.operand = translate(*node.operand, node.scope, {});
    sink.scale = node.operand->type.scale;
  }
  sink.where = translate_or_null(node.where, node.scope, {});
  const std::string known = fmt::format("{}>{} {}: {} where {}", sink.scope, sink.target, sink.group,
                                        sink.operand ? print(*sink.operand, plan_, program_) : "rows",
                                        sink.where ? print(*sink.where, plan_, program_) : "all");
  auto at = sinks_.find(known);
  if (at == sinks_.end()) {
    Task task;
    task.scope = sink.scope;
    task.rows = {sink.scope, sink.target};
    task.what = Work(std::move(sink));
    at = sinks_.emplace(known, static_cast<std::size_t>(add_task(std::move(task)))).first;
  }
  return std::get<Sink>(std::get<Work>(tasks_[at->second].what));
}

int Builder::statistic(Sink &sink, int Sink::*member, const char *name, const Type &type, Storage storage) {
  if (sink.*member >= 0) return sink.*member;
  Column column;
  column.scope = sink.target;
  column.name = fmt::format("{} of {}{}{}", name, plan_.scopes[sink.scope].name,
                            sink.operand ? "." + print(*sink.operand, plan_, program_) : std::string(),
                            sink.where ? " where " + print(*sink.where, plan_, program_) : std::string());
  column.type = type;
  column.role = Role::statistic;
  column.storage = storage;
  sink.*member = add_column(std::move(column));
  return sink.*member;
}

ExpressionPtr Builder::aggregate(const semantics::Aggregate &node, const Term &term, int scope,
                                 const std::vector<int> &path) {
  const Place place = place_of(node, scope);
  std::vector<int> way = path;
  for (const int join : place.way) {
    if (join == whole_run) way.clear();
    way.push_back(join);
  }
  Sink &sink = sink_for(node, place);
  const auto read = [&](int column) {
    return make_expression(term.span, plan_.columns[column].type, Read{way, column});
  };
  const auto sum = [&] { return read(sum_of(sink, node)); };
  // Where the outer row has no group, nothing was added up.
  const auto or_zero = [&](ExpressionPtr value) {
    if (place.way.empty() || place.way[0] == whole_run) return value;
    Type type = value->type;
    auto zero = make_expression(term.span, type, Literal{number::Exact(0)});
    return make_expression(term.span, type, Apply{Operator::or_else, {std::move(value), std::move(zero)}});
  };
  switch (node.op) {
  case AggregateOp::count:
    return or_zero(read(count_of(sink)));
  case AggregateOp::sum:
    return or_zero(sum());
  case AggregateOp::mean: {
    ExpressionPtr total = sum();
    ExpressionPtr count = read(count_of(sink));
    return make_expression(term.span, term.type, Apply{Operator::mean, {std::move(total), std::move(count)}});
  }
  case AggregateOp::share: {
    if (scope != node.scope) throw std::logic_error("a share of rows of another scope");
    ExpressionPtr whole = or_zero(sum());
    ExpressionPtr own = translate(*node.operand, scope, path);
    return make_expression(term.span, term.type, Apply{Operator::divide, {std::move(own), std::move(whole)}});
  }
  case AggregateOp::min:
  case AggregateOp::max: {
    Type type = node.operand->type;
    if (type.kind == TypeKind::row || type.kind == TypeKind::text || type.kind == TypeKind::boolean)
      throw CannotPlan("the least or greatest of values that are no numbers, dates or members");
    if (type.kind == TypeKind::number && type.scale < 0)
      throw CannotPlan("the least or greatest of values without fixed decimals");
    type.optional = true;
    const bool least = node.op == AggregateOp::min;
    return read(statistic(sink, least ? &Sink::least : &Sink::greatest, least ? "least" : "greatest", type,
                          Storage::i64));
  }
  case AggregateOp::first:
    throw CannotPlan("the first row of a table of rules");
  case AggregateOp::cv:
    break;
  }
  throw CannotPlan("cv inside a formula");
}

void Builder::add_variation(int definition, const Term &term) {
  const semantics::Definition &declared = program_.definitions[definition];
  const auto &node = std::get<semantics::Aggregate>(term.node);
  const Place place = place_of(node, declared.scope);
  Sink &sink = sink_for(node, place);
  Variation out;
  out.column = fields_.at({declared.scope, declared.field});
  out.definition = definition;
  out.path = place.way;
  out.sum = sum_of(sink, node);
  out.count = count_of(sink);
  Type square = node.operand->type;
  square.optional = false;
  square.scale *= 2;
  out.squares = statistic(sink, &Sink::squares, "sum of squares", square, Storage::i128);
  Task task;
  task.scope = declared.scope;
  task.rows = {declared.scope};
  task.what = Work(std::move(out));
  task.interpreted = "the root of cv is taken row by row";
  add_task(std::move(task));
}

int Builder::count_of(Sink &sink) {
  return statistic(sink, &Sink::count, "count", count_type(), Storage::i64);
}

int Builder::sum_of(Sink &sink, const semantics::Aggregate &node) {
  Type type = node.operand->type;
  type.optional = false;
  if (type.scale < 0) throw CannotPlan("an aggregate of values without fixed decimals");
  return statistic(sink, &Sink::sum, "sum", type, Storage::i128);
}

void Builder::keep_aggregates() {
  for (const semantics::RowAggregate &of : semantics::row_aggregates(program_)) {
    const auto &node = std::get<semantics::Aggregate>(of.term->node);
    Place place = place_of(node, program_.definitions[of.definition].scope);
    Sink &sink = sink_for(node, place);
    const int count = count_of(sink), sum = of.sums ? sum_of(sink, node) : -1;
    plan_.kept_aggregates.push_back({std::move(place.way), count, sum});
  }
}

ExpressionPtr Builder::neighbour(const semantics::Neighbour &node, int scope, const std::vector<int> &path) {
  MakeNeighbour out;
  out.next = node.next;
  out.key = node.key;
  out.where = translate_or_null(node.where, scope, {});
  const std::string known = fmt::format("{} {} {} {}", scope, node.next ? "next" : "previous", node.key,
                                        out.where ? print(*out.where, plan_, program_) : "");
  auto at = joins_.find(known);
  if (at == joins_.end()) {
    Column column;
    column.scope = scope;
    column.name = fmt::format("{} along {}{}", node.next ? "next" : "previous",
                              program_.scopes[scope].fields[node.key].names.canonical(),
                              out.where ? " where " + print(*out.where, plan_, program_) : std::string());
    column.role = Role::join;
    column.storage = Storage::i32;
    column.target = scope;
    column.type.kind = TypeKind::row;
    column.type.domain = scope;
    column.type.optional = true;
    out.column = add_column(std::move(column));
    at = joins_.emplace(known, out.column).first;
    Task task;
    task.scope = scope;
    task.rows = {scope};
    task.what = std::move(out);
    add_task(std::move(task));
  }
  std::vector<int> way = path;
  way.push_back(at->second);
  return where_there(translate(*node.operand, scope, way), scope, way);
}

} // namespace steelyard::plan
