// Work that depends only on a row of another scope is done there: once for each group and tier, not for each
// case.
//
// A part of a formula is hoisted over a join when every value in it comes through that join, or through a
// reference that is one of the join's keys (a case's group is its group-and-tier's group). Where the join has
// no row, or the hoisted value met an error, that counts only for rows that need the value.
#include "compiler/plan/builder.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::plan {

namespace {

/// Missing as soon as one part is, and nothing is evaluated in part: such work may be done elsewhere and
/// before.
bool strict(const Expression &expression) {
  if (const auto *apply = std::get_if<Apply>(&expression.node)) {
    switch (apply->op) {
    case Operator::negate:
    case Operator::required:
    case Operator::add:
    case Operator::subtract:
    case Operator::multiply:
    case Operator::divide:
    case Operator::greatest:
    case Operator::least:
    case Operator::absolute:
      break;
    case Operator::where_there: // what leads there is a path, as in a read
      return std::holds_alternative<Arrive>(apply->operands[0]->node) && strict(*apply->operands[1]);
    default:
      return false;
    }
  } else if (std::holds_alternative<AmongMembers>(expression.node) ||
             std::holds_alternative<Choose>(expression.node) ||
             std::holds_alternative<Arrive>(expression.node)) {
    return false;
  }
  bool all = true;
  each_part(expression, [&](const Expression &part) { all = all && strict(part); });
  return all;
}

/// Whether there is something to compute, beyond reading.
bool computes(const Expression &expression) {
  if (std::holds_alternative<TableLookup>(expression.node)) return true;
  const auto *apply = std::get_if<Apply>(&expression.node);
  if (apply == nullptr) return false;
  if (apply->op == Operator::where_there) return computes(*apply->operands[1]);
  return apply->op != Operator::required || computes(*apply->operands[0]);
}

/// An error where a value is missing: in a formula that may itself be missing, it would not be met there any
/// more.
bool requires_some(const Expression &expression) {
  const auto *apply = std::get_if<Apply>(&expression.node);
  bool found = apply != nullptr && apply->op == Operator::required;
  each_part(expression, [&](const Expression &part) { found = found || requires_some(part); });
  return found;
}

void each_path(const Expression &expression, std::vector<const std::vector<int> *> &out) {
  if (const auto *read = std::get_if<Read>(&expression.node)) out.push_back(&read->path);
  if (const auto *arrive = std::get_if<Arrive>(&expression.node)) out.push_back(&arrive->path);
  each_part(expression, [&](const Expression &part) { each_path(part, out); });
}

} // namespace

const std::vector<ExpressionPtr> *Builder::keys_of_join(int join) const {
  for (const Task &task : tasks_) {
    if (const auto *made = std::get_if<MakeJoin>(&task.what); made != nullptr && made->column == join)
      return &made->keys;
    if (const auto *rows = std::get_if<MakeRows>(&task.what))
      for (const MakeRows::Source &source : rows->sources)
        if (source.join == join) return &source.keys;
  }
  return nullptr;
}

/// `path` as seen from the row that `join` leads to; none when there is no such way.
std::optional<std::vector<int>> Builder::path_beyond(const std::vector<int> &path, int join) const {
  if (path.empty()) return std::nullopt;
  if (path[0] == whole_run) return path;
  if (path[0] == join) return std::vector<int>(path.begin() + 1, path.end());
  const std::vector<ExpressionPtr> *keys = keys_of_join(join);
  if (keys == nullptr) return std::nullopt;
  for (std::size_t k = 0; k < keys->size(); ++k) {
    const auto *key = std::get_if<Read>(&(*keys)[k]->node);
    const auto known = fields_.find({plan_.columns[join].target, static_cast<int>(k)});
    if (key == nullptr || known == fields_.end() || !key->path.empty() || path[0] != key->column) continue;
    std::vector<int> out = path;
    out[0] = known->second;
    return out;
  }
  return std::nullopt;
}

/// `read` as seen from the row that `join` leads to; null when it cannot be.
ExpressionPtr Builder::read_beyond(const Expression &expression, const Read &read, int join) const {
  if (std::optional<std::vector<int>> path = path_beyond(read.path, join))
    return make_expression(expression.span, expression.type, Read{*std::move(path), read.column});
  const std::vector<ExpressionPtr> *keys = keys_of_join(join);
  if (keys == nullptr) return nullptr;
  for (std::size_t k = 0; k < keys->size(); ++k) {
    const auto *key = std::get_if<Read>(&(*keys)[k]->node);
    const auto known = fields_.find({plan_.columns[join].target, static_cast<int>(k)});
    if (key != nullptr && known != fields_.end() && key->path == read.path && key->column == read.column)
      return make_expression(expression.span, expression.type, Read{{}, known->second});
  }
  return nullptr;
}

ExpressionPtr Builder::beyond(const Expression &expression, int join) {
  if (const auto *read = std::get_if<Read>(&expression.node)) return read_beyond(expression, *read, join);
  if (const auto *arrive = std::get_if<Arrive>(&expression.node)) {
    std::optional<std::vector<int>> path = path_beyond(arrive->path, join);
    return path ? make_expression(expression.span, expression.type, Arrive{*std::move(path), arrive->scope})
                : nullptr;
  }
  Expression out = expression;
  std::vector<ExpressionPtr> *parts = nullptr;
  if (auto *apply = std::get_if<Apply>(&out.node)) parts = &apply->operands;
  if (auto *lookup = std::get_if<TableLookup>(&out.node)) parts = &lookup->arguments;
  if (parts != nullptr)
    for (ExpressionPtr &part : *parts) {
      part = beyond(*part, join);
      if (!part) return nullptr;
    }
  // From the row itself there is no way to go: it is there.
  if (const auto *apply = std::get_if<Apply>(&out.node);
      apply != nullptr && apply->op == Operator::where_there)
    if (const auto *arrive = std::get_if<Arrive>(&apply->operands[0]->node);
        arrive != nullptr && arrive->path.empty())
      return apply->operands[1];
  return std::make_shared<const Expression>(std::move(out));
}

/// `definition` >= 0: the expression is the whole of one of its alternatives, and is rounded there.
ExpressionPtr Builder::hoisted(const Expression &expression, int scope, int definition) {
  if (expression.type.kind != semantics::TypeKind::number || !computes(expression) || !strict(expression))
    return nullptr;
  if (definition < 0 && expression.type.scale < 0) return nullptr; // no column can hold it exactly
  if (expression.type.optional && requires_some(expression)) return nullptr;
  std::vector<const std::vector<int> *> paths;
  each_path(expression, paths);
  std::set<int> joins;
  for (const std::vector<int> *path : paths) {
    if (path->empty()) return nullptr;
    if (path->front() != whole_run) joins.insert(path->front());
  }
  for (const int join : joins) {
    const int target = plan_.columns[join].target;
    if (target == scope || plan_.scopes[target].group_domain) continue;
    if (reached_[target].size() >= reached_[scope].size()) continue; // not a smaller scope
    const ExpressionPtr there = beyond(expression, join);
    if (!there) continue;
    const std::string known = fmt::format("{} {} {}", target, definition, print(*there, plan_, program_));
    const auto [at, is_new] = hoists_.try_emplace(known, static_cast<int>(plan_.columns.size()));
    if (is_new) {
      Column column;
      column.scope = target;
      column.name = print(*there, plan_, program_);
      column.type = expression.type;
      column.role = Role::hoisted;
      column.may_fail = true;
      if (definition >= 0) {
        column.type.scale = program_.field_of(program_.definitions[definition]).type.scale;
        column.name += fmt::format(" to {} decimals", column.type.scale);
      }
      add_column(column);
      Task task;
      task.scope = target;
      task.rows = {target};
      task.interpreted = "hoisted from " + plan_.scopes[scope].name;
      task.what = Work(Hoist{at->second, there, definition});
      add_task(std::move(task));
    }
    return make_expression(expression.span, plan_.columns[at->second].type, Read{{join}, at->second});
  }
  return nullptr;
}

ExpressionPtr Builder::with_hoists(const ExpressionPtr &expression, int scope) {
  if (!expression) return nullptr;
  if (ExpressionPtr read = hoisted(*expression, scope, -1)) return read;
  Expression out = *expression;
  if (auto *apply = std::get_if<Apply>(&out.node)) {
    for (ExpressionPtr &part : apply->operands) part = with_hoists(part, scope);
  } else if (auto *lookup = std::get_if<TableLookup>(&out.node)) {
    for (ExpressionPtr &part : lookup->arguments) part = with_hoists(part, scope);
  } else if (auto *among = std::get_if<AmongMembers>(&out.node)) {
    among->operand = with_hoists(among->operand, scope);
  } else if (auto *choose = std::get_if<Choose>(&out.node)) {
    auto choice = std::make_shared<Choice>(*choose->choice);
    hoist_choice(*choice, scope, -1);
    choose->choice = std::move(choice);
  } else {
    return expression;
  }
  return std::make_shared<const Expression>(std::move(out));
}

void Builder::hoist_choice(Choice &choice, int scope, int definition) {
  for (auto *list : {&choice.excepts, &choice.lines})
    for (Alternative &alternative : *list) {
      alternative.condition = with_hoists(alternative.condition, scope);
      if (!alternative.value) continue;
      ExpressionPtr whole = definition < 0 ? nullptr : hoisted(*alternative.value, scope, definition);
      alternative.value = whole ? std::move(whole) : with_hoists(alternative.value, scope);
    }
}

void Builder::hoist() {
  reached_.assign(plan_.scopes.size(), {});
  for (const Column &column : plan_.columns)
    if (column.target >= 0 && column.target != column.scope) reached_[column.scope].insert(column.target);
  const std::size_t count = tasks_.size(); // what is hoisted comes behind, and is not hoisted again
  for (std::size_t i = 0; i < count; ++i) {
    if (!std::holds_alternative<Work>(tasks_[i].what)) continue;
    const int scope = tasks_[i].scope;
    Work work = std::get<Work>(tasks_[i].what);
    if (auto *compute = std::get_if<Compute>(&work)) {
      hoist_choice(compute->choice, scope, compute->definition);
    } else if (auto *check = std::get_if<Check>(&work)) {
      check->condition = with_hoists(check->condition, scope);
    } else if (auto *sink = std::get_if<Sink>(&work)) {
      sink->operand = with_hoists(sink->operand, scope);
      sink->where = with_hoists(sink->where, scope);
    }
    tasks_[i].what = std::move(work);
  }
}

} // namespace steelyard::plan
