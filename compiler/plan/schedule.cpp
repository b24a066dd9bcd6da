// The order of tasks, and the passes. A scope from which many others are reached (the cases) is heavy: its
// pass waits until nothing lighter can be done, so that it finds as much ready as it ever will, and is run as
// few times as the dependencies allow.
#include "compiler/plan/builder.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::plan {

namespace {

struct Reads {
  std::vector<int> own, elsewhere;

  void path(const std::vector<int> &path) {
    for (std::size_t i = 0; i < path.size(); ++i)
      if (path[i] != whole_run) (i == 0 ? own : elsewhere).push_back(path[i]);
  }
  void expression(const Expression &expression) {
    if (const auto *read = std::get_if<Read>(&expression.node)) {
      path(read->path);
      (read->path.empty() ? own : elsewhere).push_back(read->column);
    } else if (const auto *arrive = std::get_if<Arrive>(&expression.node)) {
      path(arrive->path);
    } else {
      each_part(expression, [&](const Expression &part) { this->expression(part); });
    }
  }
  void expression(const ExpressionPtr &one) {
    if (one) expression(*one);
  }
  void choice(const Choice &choice) {
    for (const auto *list : {&choice.excepts, &choice.lines})
      for (const Alternative &alternative : *list) {
        expression(alternative.condition);
        expression(alternative.value);
      }
  }
  void operator()(const Compute &work) { choice(work.choice); }
  void operator()(const Remainder &work) {
    expression(work.from);
    for (const Remainder::Less &less : work.clauses) {
      expression(less.amount);
      expression(less.condition);
    }
  }
  void operator()(const Variation &work) {
    path(work.path);
    for (const int column : {work.count, work.sum, work.squares})
      (work.path.empty() ? own : elsewhere).push_back(column);
  }
  void operator()(const Hoist &work) { expression(work.value); }
  void operator()(const Check &work) { expression(work.condition); }
  void operator()(const Sink &work) {
    expression(work.operand);
    expression(work.where);
    if (work.group >= 0) own.push_back(work.group);
  }
};

/// A text makes work that is not compiled: the texts of two columns have different indices.
bool has_text(const Expression &expression) {
  if (const auto *apply = std::get_if<Apply>(&expression.node))
    if (apply->op == Operator::is_missing || apply->op == Operator::is_given)
      if (std::holds_alternative<Read>(apply->operands[0]->node)) return false;
  if (expression.type.kind == semantics::TypeKind::text) return true;
  bool found = false;
  each_part(expression, [&](const Expression &part) { found = found || has_text(part); });
  return found;
}
bool compares_rows(const Expression &expression) {
  bool found = false;
  if (const auto *apply = std::get_if<Apply>(&expression.node))
    if (apply->op >= Operator::less && apply->op <= Operator::greater_equal)
      found = apply->operands[0]->type.kind == semantics::TypeKind::row;
  if (const auto *literal = std::get_if<Literal>(&expression.node))
    found = expression.type.kind == semantics::TypeKind::row &&
            !std::holds_alternative<semantics::Missing>(literal->value);
  each_part(expression, [&](const Expression &part) { found = found || compares_rows(part); });
  return found;
}

template<class Test> bool any_expression(const Work &work, Test &&test) {
  bool found = false;
  const auto one = [&](const ExpressionPtr &expression) {
    found = found || (expression && test(*expression));
  };
  if (const auto *compute = std::get_if<Compute>(&work)) {
    for (const auto *list : {&compute->choice.excepts, &compute->choice.lines})
      for (const Alternative &alternative : *list) {
        one(alternative.condition);
        one(alternative.value);
      }
  } else if (const auto *remainder = std::get_if<Remainder>(&work)) {
    one(remainder->from);
    for (const Remainder::Less &less : remainder->clauses) {
      one(less.amount);
      one(less.condition);
    }
  } else if (const auto *hoist = std::get_if<Hoist>(&work)) {
    one(hoist->value);
  } else if (const auto *check = std::get_if<Check>(&work)) {
    one(check->condition);
  } else if (const auto *sink = std::get_if<Sink>(&work)) {
    one(sink->operand);
    one(sink->where);
  }
  return found;
}

} // namespace

void Builder::fill_dependencies(Task &task) {
  Reads reads;
  if (auto *work = std::get_if<Work>(&task.what)) {
    std::visit(reads, *work);
    task.writes = columns_written(*work);
    if (any_expression(*work, has_text)) task.interpreted = "texts are compared";
    if (any_expression(*work, compares_rows)) task.interpreted = "rows are compared by their keys";
  } else {
    Step step;
    std::visit(
        [&](const auto &what) {
          using What = std::decay_t<decltype(what)>;
          if constexpr (!std::is_same_v<What, Work>) step.what = what;
        },
        task.what);
    reads.elsewhere = columns_read(step);
    task.writes = columns_written(step);
  }
  task.own = std::move(reads.own);
  task.elsewhere = std::move(reads.elsewhere);
}

void Builder::schedule() {
  for (Task &task : tasks_) fill_dependencies(task);
  std::vector<bool> written(plan_.columns.size());
  std::vector<bool> rows_made(plan_.scopes.size());
  std::vector<int> written_by(plan_.columns.size(), -1); // the pass, for the reasons
  std::vector<std::set<int>> reached(plan_.scopes.size());
  for (const Column &column : plan_.columns)
    if (column.target >= 0 && column.target != column.scope) reached[column.scope].insert(column.target);

  const auto rows_there = [&](const Task &task) {
    return std::all_of(task.rows.begin(), task.rows.end(), [&](int scope) { return rows_made[scope]; });
  };
  const auto all_written = [&](const std::vector<int> &columns) {
    return std::all_of(columns.begin(), columns.end(), [&](int column) { return written[column]; });
  };
  const auto finish = [&](Task &task, bool mark) {
    task.done = true;
    if (mark)
      for (const int column : task.writes) written[column] = true;
  };
  const auto outside_passes = [&] {
    bool any = true;
    while (any) {
      any = false;
      for (Task &task : tasks_) {
        if (task.done || std::holds_alternative<Work>(task.what)) continue;
        if (!rows_there(task) || !all_written(task.elsewhere)) continue;
        finish(task, true);
        if (const auto *rows = std::get_if<MakeRows>(&task.what)) rows_made[rows->scope] = true;
        if (const auto *groups = std::get_if<MakeGroups>(&task.what)) rows_made[groups->domain] = true;
        Step step;
        std::visit(
            [&](auto &what) {
              using What = std::decay_t<decltype(what)>;
              if constexpr (!std::is_same_v<What, Work>) step.what = std::move(what);
            },
            task.what);
        plan_.steps.push_back(std::move(step));
        any = true;
      }
    }
  };
  // The tasks of a pass over `scope` now: what only needs columns that are there, or that the pass itself
  // gives.
  const auto ready_for = [&](int scope, bool interpreted) {
    std::vector<std::size_t> ready;
    std::set<int> inside;
    bool any = true;
    std::vector<bool> taken(tasks_.size());
    while (any) {
      any = false;
      for (std::size_t i = 0; i < tasks_.size(); ++i) {
        const Task &task = tasks_[i];
        if (task.done || taken[i] || task.scope != scope || !std::holds_alternative<Work>(task.what))
          continue;
        if (task.interpreted.empty() == interpreted) continue;
        if (!rows_there(task) || !all_written(task.elsewhere)) continue;
        if (!std::all_of(task.own.begin(), task.own.end(),
                         [&](int column) { return written[column] || inside.count(column) > 0; }))
          continue;
        taken[i] = true;
        any = true;
        ready.push_back(i);
        if (!std::holds_alternative<Sink>(std::get<Work>(task.what)))
          inside.insert(task.writes.begin(), task.writes.end());
      }
    }
    return ready;
  };

  int pass_count = 0;
  for (;;) {
    outside_passes();
    int best = -1;
    bool best_complete = false, best_interpreted = false;
    std::vector<std::size_t> best_ready;
    for (std::size_t scope = 0; scope < plan_.scopes.size(); ++scope) {
      const auto left =
          static_cast<std::size_t>(std::count_if(tasks_.begin(), tasks_.end(), [&](const Task &task) {
            return !task.done && task.scope == static_cast<int>(scope) &&
                   std::holds_alternative<Work>(task.what);
          }));
      if (left == 0) continue;
      bool interpreted = true;
      std::vector<std::size_t> ready = ready_for(static_cast<int>(scope), true);
      if (ready.empty()) {
        interpreted = false;
        ready = ready_for(static_cast<int>(scope), false);
      }
      if (ready.empty()) continue;
      const bool complete = ready.size() == left;
      const bool lighter = best < 0 || reached[scope].size() < reached[best].size();
      if (best >= 0 && (best_complete && !complete)) continue;
      if (best >= 0 && best_complete == complete && !lighter) continue;
      best = static_cast<int>(scope);
      best_complete = complete;
      best_interpreted = interpreted;
      best_ready = std::move(ready);
    }
    if (best < 0) break;
    Pass pass;
    pass.scope = best;
    int latest = -1, because = -1;
    for (const std::size_t i : best_ready) {
      Task &task = tasks_[i];
      for (const auto *columns : {&task.elsewhere, &task.own})
        for (const int column : *columns)
          if (written_by[column] > latest) {
            latest = written_by[column];
            because = column;
          }
      if (best_interpreted) pass.interpreted = task.interpreted;
      pass.work.push_back(std::move(std::get<Work>(task.what)));
      task.what = Work(Check{});
      finish(task, true);
    }
    for (const std::size_t i : best_ready)
      for (const int column : tasks_[i].writes) written_by[column] = pass_count;
    Step step;
    step.reason = because < 0
                      ? "needs only inputs"
                      : fmt::format("needs {}.{} of pass {}", plan_.scopes[plan_.columns[because].scope].name,
                                    plan_.columns[because].name, latest + 1);
    step.what = std::move(pass);
    plan_.steps.push_back(std::move(step));
    ++pass_count;
  }
  for (const Task &task : tasks_)
    if (!task.done) throw CannotPlan("rows and definitions that wait for one another");
}

} // namespace steelyard::plan
