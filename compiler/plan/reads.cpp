// Which columns expressions, work and steps read and write.
#include "compiler/plan/plan.h"

namespace steelyard::plan {

namespace {

void add_path(const std::vector<int> &path, std::vector<int> &out) {
  for (const int join : path)
    if (join != whole_run) out.push_back(join);
}
void add(const ExpressionPtr &expression, std::vector<int> &out) {
  if (expression) add_columns_read(*expression, out);
}
void add(const std::vector<ExpressionPtr> &expressions, std::vector<int> &out) {
  for (const ExpressionPtr &expression : expressions) add(expression, out);
}
void add(const Choice &choice, std::vector<int> &out) {
  for (const auto *list : {&choice.excepts, &choice.lines})
    for (const Alternative &alternative : *list) {
      add(alternative.condition, out);
      add(alternative.value, out);
    }
}

struct WorkReads {
  std::vector<int> &out;
  void operator()(const Compute &work) const { add(work.choice, out); }
  void operator()(const Remainder &work) const {
    add(work.from, out);
    for (const Remainder::Less &less : work.clauses) {
      add(less.amount, out);
      add(less.condition, out);
    }
  }
  void operator()(const Variation &work) const {
    add_path(work.path, out);
    out.insert(out.end(), {work.count, work.sum, work.squares});
  }
  void operator()(const Hoist &work) const { add(work.value, out); }
  void operator()(const Check &work) const { add(work.condition, out); }
  void operator()(const Sink &work) const {
    add(work.operand, out);
    add(work.where, out);
    if (work.group >= 0) out.push_back(work.group);
  }
};

struct WorkWrites {
  std::vector<int> &out;
  void operator()(const Compute &work) const {
    out.push_back(work.column);
    if (work.choice_column >= 0) out.push_back(work.choice_column);
  }
  void operator()(const Remainder &work) const { out.push_back(work.column); }
  void operator()(const Variation &work) const { out.push_back(work.column); }
  void operator()(const Hoist &work) const { out.push_back(work.column); }
  void operator()(const Check &work) const { out.push_back(work.column); }
  void operator()(const Sink &work) const {
    for (const int column : {work.count, work.sum, work.squares, work.least, work.greatest})
      if (column >= 0) out.push_back(column);
  }
};

} // namespace

void add_columns_read(const Expression &expression, std::vector<int> &out) {
  if (const auto *read = std::get_if<Read>(&expression.node)) {
    add_path(read->path, out);
    out.push_back(read->column);
  } else if (const auto *arrive = std::get_if<Arrive>(&expression.node)) {
    add_path(arrive->path, out);
  } else {
    if (const auto *working = std::get_if<WorkingDays>(&expression.node))
      out.insert(out.end(), {working->days, working->worked});
    each_part(expression, [&](const Expression &part) { add_columns_read(part, out); });
  }
}

std::vector<int> columns_read(const Work &work) {
  std::vector<int> out;
  std::visit(WorkReads{out}, work);
  return out;
}

std::vector<int> columns_written(const Work &work) {
  std::vector<int> out;
  std::visit(WorkWrites{out}, work);
  return out;
}

std::vector<int> columns_read(const Step &step) {
  std::vector<int> out;
  if (const auto *rows = std::get_if<MakeRows>(&step.what)) {
    for (const MakeRows::Source &source : rows->sources) add(source.keys, out);
  } else if (const auto *groups = std::get_if<MakeGroups>(&step.what)) {
    add(groups->keys, out);
  } else if (const auto *join = std::get_if<MakeJoin>(&step.what)) {
    add(join->keys, out);
  } else if (const auto *neighbour = std::get_if<MakeNeighbour>(&step.what)) {
    add(neighbour->where, out);
  } else if (const auto *allocation = std::get_if<Allocation>(&step.what)) {
    add(allocation->whole, out);
    add(allocation->part, out);
    add(allocation->weight, out);
  } else if (const auto *pass = std::get_if<Pass>(&step.what)) {
    for (const Work &work : pass->work) std::visit(WorkReads{out}, work);
  }
  return out;
}

std::vector<int> columns_written(const Step &step) {
  std::vector<int> out;
  if (const auto *rows = std::get_if<MakeRows>(&step.what)) {
    out = rows->keys;
    for (const MakeRows::Source &source : rows->sources)
      if (source.join >= 0) out.push_back(source.join);
  } else if (const auto *gather = std::get_if<Gather>(&step.what)) {
    out.push_back(gather->column);
  } else if (const auto *groups = std::get_if<MakeGroups>(&step.what)) {
    out = groups->key_columns;
    out.push_back(groups->join);
  } else if (const auto *join = std::get_if<MakeJoin>(&step.what)) {
    out.push_back(join->column);
  } else if (const auto *neighbour = std::get_if<MakeNeighbour>(&step.what)) {
    out.push_back(neighbour->column);
  } else if (const auto *allocation = std::get_if<Allocation>(&step.what)) {
    out.push_back(allocation->column);
  } else if (const auto *pass = std::get_if<Pass>(&step.what)) {
    for (const Work &work : pass->work) std::visit(WorkWrites{out}, work);
  }
  return out;
}

} // namespace steelyard::plan
