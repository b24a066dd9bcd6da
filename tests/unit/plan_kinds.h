// Every kind of node that a plan is made of, by name, and which of them a plan contains. The lists follow the
// types themselves: a new step, work, expression or operator without a name here does not compile, and one
// with a name appears in `all_kinds` by itself.
#pragma once
#include "compiler/plan/plan.h"
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace steelyard::plan_kinds {

// Steps.
inline const char *name_of(const plan::MakeRows &) {
  return "step: rows";
}
inline const char *name_of(const plan::Gather &) {
  return "step: input";
}
inline const char *name_of(const plan::MakeGroups &) {
  return "step: groups";
}
inline const char *name_of(const plan::MakeJoin &) {
  return "step: join";
}
inline const char *name_of(const plan::MakeNeighbour &step) {
  return step.next ? "step: next row" : "step: previous row";
}
inline const char *name_of(const plan::Allocation &step) {
  return step.part ? "step: allocation in turn" : "step: allocation by weight";
}
inline const char *name_of(const plan::Pass &) {
  return "step: pass";
}

// What a pass does.
inline const char *name_of(const plan::Compute &) {
  return "work: compute";
}
inline const char *name_of(const plan::Remainder &) {
  return "work: deduction";
}
inline const char *name_of(const plan::Variation &) {
  return "work: variation";
}
inline const char *name_of(const plan::Hoist &) {
  return "work: hoist";
}
inline const char *name_of(const plan::Check &) {
  return "work: check";
}
inline const char *name_of(const plan::Sink &) {
  return "work: sink";
}

// Expressions.
inline const char *name_of(const plan::Literal &) {
  return "literal";
}
inline const char *name_of(const plan::Parameter &) {
  return "parameter";
}
inline const char *name_of(const plan::Read &) {
  return "read";
}
inline const char *name_of(const plan::Arrive &) {
  return "arrive";
}
inline const char *name_of(const plan::AmongMembers &) {
  return "among members";
}
inline const char *name_of(const plan::WorkingDays &) {
  return "working days";
}
inline const char *name_of(const plan::TableLookup &) {
  return "table";
}
inline const char *name_of(const plan::Choose &) {
  return "choose";
}

/// Empty: no operator has this number.
inline std::string name_of(plan::Operator op) {
  using plan::Operator;
  switch (op) { // without a default: a new operator is a warning here
  case Operator::negate:
    return "negate";
  case Operator::logical_not:
    return "not";
  case Operator::required:
    return "required";
  case Operator::add:
    return "add";
  case Operator::subtract:
    return "subtract";
  case Operator::multiply:
    return "multiply";
  case Operator::divide:
    return "divide";
  case Operator::mean:
    return "mean";
  case Operator::equal:
    return "equal";
  case Operator::not_equal:
    return "not equal";
  case Operator::less:
    return "less";
  case Operator::less_equal:
    return "less or equal";
  case Operator::greater:
    return "greater";
  case Operator::greater_equal:
    return "greater or equal";
  case Operator::logical_and:
    return "and";
  case Operator::logical_or:
    return "or";
  case Operator::or_else:
    return "or else";
  case Operator::greatest:
    return "max";
  case Operator::least:
    return "min";
  case Operator::absolute:
    return "abs";
  case Operator::month_of:
    return "month of";
  case Operator::day_of:
    return "day of";
  case Operator::month_end:
    return "month end";
  case Operator::begins_with:
    return "begins with";
  case Operator::is_missing:
    return "is missing";
  case Operator::is_given:
    return "is given";
  case Operator::where_there:
    return "where there";
  }
  return {};
}
inline std::string name_of(const plan::Apply &apply) {
  return name_of(apply.op);
}

/// What a sink adds up, each by itself.
inline std::vector<std::string> statistics_of(const plan::Sink &sink) {
  std::vector<std::string> out;
  for (const auto &[column, name] : {std::pair{sink.count, "sink: count"},
                                     {sink.sum, "sink: sum"},
                                     {sink.squares, "sink: squares"},
                                     {sink.least, "sink: least"},
                                     {sink.greatest, "sink: greatest"}})
    if (column >= 0) out.emplace_back(name);
  return out;
}

namespace detail {

template<class Variant, std::size_t... i>
void add_names(std::vector<std::string> &out, std::index_sequence<i...>) {
  (out.emplace_back(name_of(std::variant_alternative_t<i, Variant>{})), ...);
}
template<class Variant> void add_names(std::vector<std::string> &out) {
  add_names<Variant>(out, std::make_index_sequence<std::variant_size_v<Variant>>());
}

class Found {
public:
  explicit Found(std::set<std::string> &out) : out_(out) {}

  void add(const plan::ExpressionPtr &expression) {
    if (expression) add(*expression);
  }
  void add(const plan::Expression &expression) {
    std::visit([&](const auto &node) { out_.insert(name_of(node)); }, expression.node);
    plan::each_part(expression, [&](const plan::Expression &part) { add(part); });
  }
  void add(const plan::Choice &choice) {
    for (const auto *list : {&choice.excepts, &choice.lines})
      for (const plan::Alternative &alternative : *list) {
        add(alternative.condition);
        add(alternative.value);
      }
  }
  void operator()(const plan::Compute &work) { add(work.choice); }
  void operator()(const plan::Remainder &work) {
    add(work.from);
    for (const plan::Remainder::Less &less : work.clauses) {
      add(less.amount);
      add(less.condition);
    }
  }
  void operator()(const plan::Variation &) {}
  void operator()(const plan::Hoist &work) { add(work.value); }
  void operator()(const plan::Check &work) { add(work.condition); }
  void operator()(const plan::Sink &work) {
    add(work.operand);
    add(work.where);
    for (std::string &name : statistics_of(work)) out_.insert(std::move(name));
  }

private:
  std::set<std::string> &out_;
};

} // namespace detail

/// In the order of the types.
inline std::vector<std::string> all_kinds() {
  std::vector<std::string> out;
  detail::add_names<decltype(plan::Step::what)>(out);
  out.emplace_back(name_of(plan::MakeNeighbour{-1, false, 0, nullptr}));
  plan::Allocation in_turn;
  in_turn.part = std::make_shared<const plan::Expression>();
  out.emplace_back(name_of(in_turn));
  detail::add_names<plan::Work>(out);
  plan::Sink every;
  every.count = every.sum = every.squares = every.least = every.greatest = 0;
  for (std::string &name : statistics_of(every)) out.push_back(std::move(name));
  detail::add_names<decltype(plan::Expression::node)>(out);
  std::erase(out, name_of(plan::Apply{})); // by each operator instead
  for (int op = 0;; ++op) {
    std::string name = name_of(static_cast<plan::Operator>(op));
    if (name.empty()) return out;
    out.push_back(std::move(name));
  }
}

inline std::set<std::string> kinds_in(const plan::Plan &plan) {
  std::set<std::string> out;
  detail::Found found(out);
  for (const plan::Step &step : plan.steps) {
    std::visit([&](const auto &what) { out.insert(name_of(what)); }, step.what);
    if (const auto *rows = std::get_if<plan::MakeRows>(&step.what))
      for (const plan::MakeRows::Source &source : rows->sources)
        for (const plan::ExpressionPtr &key : source.keys) found.add(key);
    if (const auto *groups = std::get_if<plan::MakeGroups>(&step.what))
      for (const plan::ExpressionPtr &key : groups->keys) found.add(key);
    if (const auto *join = std::get_if<plan::MakeJoin>(&step.what))
      for (const plan::ExpressionPtr &key : join->keys) found.add(key);
    if (const auto *neighbour = std::get_if<plan::MakeNeighbour>(&step.what)) found.add(neighbour->where);
    if (const auto *allocation = std::get_if<plan::Allocation>(&step.what))
      for (const plan::ExpressionPtr &one : {allocation->whole, allocation->part, allocation->weight})
        found.add(one);
    if (const auto *pass = std::get_if<plan::Pass>(&step.what))
      for (const plan::Work &work : pass->work) {
        std::visit([&](const auto &one) { out.insert(name_of(one)); }, work);
        std::visit(found, work);
      }
  }
  return out;
}

} // namespace steelyard::plan_kinds
