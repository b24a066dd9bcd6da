// The making of a plan: terms become expressions over columns, and what the columns need becomes tasks
// (translate.cpp, aggregates.cpp); then the tasks are put in order and gathered into passes (schedule.cpp).
#pragma once
#include "compiler/plan/plan.h"
#include <map>
#include <set>
#include <stdexcept>

namespace steelyard::plan {

struct CannotPlan : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A step that is no pass, or a piece of work for a pass.
struct Task {
  std::variant<MakeRows, Gather, MakeGroups, MakeJoin, MakeNeighbour, Allocation, Work> what;
  int scope = -1;             ///< whose rows it goes over
  std::vector<int> rows;      ///< scopes whose rows must be there
  std::vector<int> own;       ///< columns read at the own row
  std::vector<int> elsewhere; ///< columns that must be whole: read at other rows
  std::vector<int> writes;
  std::string interpreted; ///< work only
  bool done = false;
  int in_pass = -1; ///< position among the passes
};

class Builder {
public:
  explicit Builder(const semantics::Program &program) : program_(program) {}
  Plan build(bool keep_aggregates);

private:
  // translate.cpp
  using TermPtr = semantics::TermPtr;
  using Term = semantics::Term;
  /// `term` at the row of `scope` that `path` leads to from the row the expression stands at.
  ExpressionPtr translate(const Term &term, int scope, const std::vector<int> &path);
  ExpressionPtr translate_or_null(const TermPtr &term, int scope, const std::vector<int> &path);
  ExpressionPtr node_of(const semantics::FieldRef &ref, const Term &term, int scope, std::vector<int> path);
  ExpressionPtr field_value(int scope, int field, const Span &span, const std::vector<int> &path);
  ExpressionPtr where_there(ExpressionPtr value, int scope, const std::vector<int> &path);
  Choice choice_of(const semantics::Definition &definition, const std::vector<int> &path);
  int join_by_keys(int from, int target, const std::vector<TermPtr> &keys);
  int join_by_expressions(int from, int target, std::vector<ExpressionPtr> keys);
  int column_of_field(int scope, int field);
  void add_rows(int scope);
  ExpressionPtr source_key(const Term &term, int source, int scope);
  void add_definition(int definition);
  void add_check(int check);

  // aggregates.cpp
  ExpressionPtr aggregate(const semantics::Aggregate &node, const Term &term, int scope,
                          const std::vector<int> &path);
  ExpressionPtr neighbour(const semantics::Neighbour &node, int scope, const std::vector<int> &path);
  struct Place {
    int target = -1, group = -1;
    std::vector<int> way; ///< from the outer row to the target's
  };
  Place place_of(const semantics::Aggregate &node, int scope);
  Sink &sink_for(const semantics::Aggregate &node, const Place &place);
  int statistic(Sink &sink, int Sink::*member, const char *name, const Type &type, Storage storage);
  void add_variation(int definition, const Term &term);
  int count_of(Sink &sink);
  int sum_of(Sink &sink, const semantics::Aggregate &node);
  void keep_aggregates();

  // hoist.cpp
  void hoist();
  void hoist_choice(Choice &choice, int scope, int definition);
  ExpressionPtr with_hoists(const ExpressionPtr &expression, int scope);
  ExpressionPtr hoisted(const Expression &expression, int scope, int definition);
  ExpressionPtr beyond(const Expression &expression, int join);
  std::optional<std::vector<int>> path_beyond(const std::vector<int> &path, int join) const;
  ExpressionPtr read_beyond(const Expression &expression, const Read &read, int join) const;
  const std::vector<ExpressionPtr> *keys_of_join(int join) const;

  // schedule.cpp
  void fill_dependencies(Task &task);
  void schedule();

  int add_column(Column column);
  int add_task(Task task);
  std::string text(const std::vector<ExpressionPtr> &expressions);

  const semantics::Program &program_;
  Plan plan_;
  std::vector<Task> tasks_;
  std::map<std::pair<int, int>, int> fields_; ///< (scope, field) -> column
  std::map<std::string, int> joins_;          ///< by from, target and key texts
  std::map<std::string, int> domains_;        ///< group domain by inner scope and key texts -> join column
  std::map<std::string, std::size_t> sinks_;  ///< -> task
  std::set<int> defining_;                    ///< definitions on the way
  std::map<std::string, int> hoists_;         ///< -> column
  std::vector<std::set<int>> reached_;        ///< by scope: the scopes that its rows lead to
};

ExpressionPtr make_expression(const Span &span, const Type &type, decltype(Expression::node) node);

} // namespace steelyard::plan
