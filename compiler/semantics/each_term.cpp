// See each_term.h.
#include "compiler/semantics/each_term.h"

namespace steelyard::semantics {

namespace {

struct Parts {
  const std::function<void(const Term &)> &visit;

  void one(const TermPtr &term) const {
    if (term) each_term(*term, visit);
  }
  void all(const std::vector<TermPtr> &terms) const {
    for (const TermPtr &term : terms) one(term);
  }
  void operator()(const Constant &) const {}
  void operator()(const ParameterRef &) const {}
  void operator()(const FieldRef &node) const {
    for (const FieldRef::Step &step : node.steps) all(step.keys);
  }
  void operator()(const TableCall &node) const { all(node.arguments); }
  void operator()(const FunctionCall &node) const { all(node.arguments); }
  void operator()(const Unary &node) const { one(node.operand); }
  void operator()(const Binary &node) const {
    one(node.left);
    one(node.right);
  }
  void operator()(const MissingTest &node) const { one(node.operand); }
  void operator()(const Membership &node) const { one(node.operand); }
  void operator()(const InSet &node) const {
    one(node.operand);
    all(node.keys);
    one(node.list);
  }
  void operator()(const ElementRef &) const {}
  void operator()(const ListTerm &node) const {
    one(node.list);
    one(node.body);
  }
  void operator()(const With &node) const {
    one(node.operand);
    one(node.value);
  }
  void operator()(const Aggregate &node) const {
    one(node.operand);
    one(node.where);
    for (const Aggregate::Match &match : node.matches) {
      one(match.inner);
      one(match.outer);
    }
  }
  void operator()(const Neighbour &node) const {
    one(node.operand);
    one(node.where);
  }
  void operator()(const Parenthesized &node) const { one(node.inner); }
  void operator()(const Alternative &alternative) const {
    one(alternative.condition);
    one(alternative.value);
  }
  void operator()(const Formula &body) const {
    for (const auto *list : {&body.lines, &body.excepts})
      for (const Alternative &alternative : *list) (*this)(alternative);
  }
  void operator()(const Decide &body) const {
    for (const Alternative &alternative : body.alternatives) (*this)(alternative);
  }
  void operator()(const Deduct &body) const {
    one(body.from);
    for (const Deduct::Less &less : body.clauses) {
      one(less.amount);
      one(less.condition);
    }
  }
  void operator()(const Allocate &body) const {
    one(body.whole);
    one(body.part);
    one(body.weight);
  }
};

} // namespace

void each_term(const Term &term, const std::function<void(const Term &)> &visit) {
  visit(term);
  std::visit(Parts{visit}, term.node);
}

void each_term(const Definition &definition, const std::function<void(const Term &)> &visit) {
  std::visit(Parts{visit}, definition.body);
}

} // namespace steelyard::semantics
