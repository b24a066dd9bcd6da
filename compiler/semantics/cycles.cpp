// Definitions and row sets form a graph without cycles; a cycle is reported with its path.
#include "compiler/semantics/checker.h"
#include <fmt/core.h>

namespace steelyard::semantics {

namespace {

/// What a term rests on: definitions by index, row sets of scopes as `row_sets` + scope.
class Dependencies {
public:
  Dependencies(const Program &program, std::set<int> &out)
      : program_(program), row_sets_(static_cast<int>(program.definitions.size())), out_(out) {}

  void visit(const TermPtr &term) {
    if (term) std::visit([this](const auto &node) { look(node); }, term->node);
  }
  void rows(int scope) { out_.insert(row_sets_ + scope); }

private:
  void terms(const std::vector<TermPtr> &list) {
    for (const TermPtr &term : list) visit(term);
  }
  void field(int scope, int field) {
    if (const int d = program_.scopes[scope].fields[field].definition; d >= 0) out_.insert(d);
  }
  void look(const Constant &) {}
  void look(const ParameterRef &) {}
  void look(const FieldRef &ref) {
    for (const FieldRef::Step &step : ref.steps) {
      if (step.field >= 0) {
        field(step.from, step.field);
      } else {
        rows(step.scope);
        terms(step.keys);
      }
    }
    if (ref.field >= 0) field(ref.scope, ref.field);
  }
  void look(const TableCall &call) { terms(call.arguments); }
  void look(const FunctionCall &call) {
    terms(call.arguments);
    if (call.calendar < 0) return;
    rows(call.calendar);
    field(call.calendar, call.worked);
  }
  void look(const Unary &u) { visit(u.operand); }
  void look(const Binary &b) { visit(b.left), visit(b.right); }
  void look(const MissingTest &m) { visit(m.operand); }
  void look(const Membership &m) { visit(m.operand); }
  void look(const InSet &in) {
    visit(in.operand), visit(in.list);
    terms(in.keys);
    if (in.scope >= 0) rows(in.scope);
  }
  void look(const ElementRef &) {}
  void look(const ListTerm &l) { visit(l.list), visit(l.body); }
  void look(const With &w) { visit(w.operand), visit(w.value); }
  void look(const Aggregate &a) {
    rows(a.scope);
    visit(a.operand), visit(a.where);
    for (const Aggregate::Match &match : a.matches) visit(match.inner), visit(match.outer);
  }
  void look(const Neighbour &n) {
    rows(n.scope);
    visit(n.operand), visit(n.where);
  }
  void look(const Parenthesized &p) { visit(p.inner); }

  const Program &program_;
  int row_sets_;
  std::set<int> &out_;
};

} // namespace

void Checker::check_cycles() {
  const int definitions = static_cast<int>(program_.definitions.size());
  const int nodes = definitions + static_cast<int>(program_.scopes.size());
  std::vector<std::set<int>> edges(nodes);
  for (int i = 0; i < definitions; ++i) {
    const Definition &d = program_.definitions[i];
    Dependencies to(program_, edges[i]);
    to.rows(d.scope);
    if (const auto *formula = std::get_if<Formula>(&d.body)) {
      for (const auto *list : {&formula->lines, &formula->excepts})
        for (const Alternative &a : *list) to.visit(a.condition), to.visit(a.value);
    } else if (const auto *decide = std::get_if<Decide>(&d.body)) {
      for (const Alternative &a : decide->alternatives) to.visit(a.condition);
    } else if (const auto *deduct = std::get_if<Deduct>(&d.body)) {
      to.visit(deduct->from);
      for (const Deduct::Less &less : deduct->clauses) to.visit(less.amount), to.visit(less.condition);
    } else if (const auto *allocate = std::get_if<Allocate>(&d.body)) {
      to.visit(allocate->whole), to.visit(allocate->part), to.visit(allocate->weight);
    }
  }
  for (std::size_t s = 0; s < program_.scopes.size(); ++s) {
    Dependencies to(program_, edges[definitions + s]);
    for (const RowSource &source : program_.scopes[s].sources) {
      if (source.scope >= 0) to.rows(source.scope);
      for (const TermPtr &key : source.keys) to.visit(key);
    }
  }
  auto name = [&](int node) {
    if (node >= definitions)
      return fmt::format("the rows of {}", program_.scopes[node - definitions].names.ident);
    const Definition &d = program_.definitions[node];
    const std::string &field = program_.field_of(d).names.ident;
    return d.scope == 0 ? field : program_.scopes[d.scope].names.ident + "." + field;
  };
  std::vector<char> state(nodes); // 0 new, 1 on the path, 2 done
  std::vector<int> path;
  auto go = [&](auto &&self, int node) -> void {
    state[node] = 1;
    path.push_back(node);
    for (const int next : edges[node]) {
      if (state[next] == 2) continue;
      if (state[next] == 0) {
        self(self, next);
        continue;
      }
      std::size_t start = path.size();
      while (path[start - 1] != next) --start;
      std::string text;
      for (std::size_t i = start - 1; i < path.size(); ++i) text += name(path[i]) + " → ";
      text += name(next);
      const Span span = next < definitions ? program_.field_of(program_.definitions[next]).span
                                           : program_.scopes[next - definitions].span;
      syntax::Diagnostic &d = report("P609", span, fmt::format("{} rests on itself: {}", name(next), text));
      for (std::size_t i = start; i < path.size(); ++i)
        if (path[i] < definitions)
          d.related.push_back({program_.field_of(program_.definitions[path[i]]).span, "on the way"});
    }
    path.pop_back();
    state[node] = 2;
  };
  for (int node = 0; node < nodes; ++node)
    if (state[node] == 0) go(go, node);
}

} // namespace steelyard::semantics
