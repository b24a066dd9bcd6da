// See copy_program.h. Where a node gets a member, it is copied here by the member-wise copy of what has no
// terms, or by hand.
#include "compiler/semantics/copy_program.h"
#include "compiler/semantics/make_term.h"

namespace steelyard::semantics {

namespace {

std::vector<TermPtr> copies(const std::vector<TermPtr> &terms) {
  std::vector<TermPtr> out;
  out.reserve(terms.size());
  for (const TermPtr &term : terms) out.push_back(copy_of(term));
  return out;
}

using Node = decltype(Term::node);

struct CopyNode {
  Node operator()(const Constant &node) const { return node; }
  Node operator()(const FieldRef &node) const {
    FieldRef out;
    out.up = node.up;
    out.scope = node.scope;
    out.field = node.field;
    for (const FieldRef::Step &step : node.steps)
      out.steps.push_back({step.from, step.scope, step.field, copies(step.keys), step.certain});
    return out;
  }
  Node operator()(const ParameterRef &node) const { return node; }
  Node operator()(const TableCall &node) const { return TableCall{node.table, copies(node.arguments)}; }
  Node operator()(const FunctionCall &node) const {
    return FunctionCall{node.function, copies(node.arguments), node.calendar, node.worked};
  }
  Node operator()(const Unary &node) const { return Unary{node.op, copy_of(node.operand)}; }
  Node operator()(const Binary &node) const {
    return Binary{node.op, copy_of(node.left), copy_of(node.right)};
  }
  Node operator()(const MissingTest &node) const { return MissingTest{copy_of(node.operand), node.given}; }
  Node operator()(const Membership &node) const {
    return Membership{copy_of(node.operand), node.negated, node.members};
  }
  Node operator()(const InSet &node) const {
    return InSet{copy_of(node.operand), node.negated, node.scope, copies(node.keys), copy_of(node.list)};
  }
  Node operator()(const ElementRef &node) const { return node; }
  Node operator()(const ListTerm &node) const {
    return ListTerm{node.op, copy_of(node.list), copy_of(node.body), node.element};
  }
  Node operator()(const With &node) const {
    return With{copy_of(node.operand), node.scope, node.field, copy_of(node.value)};
  }
  Node operator()(const Aggregate &node) const {
    Aggregate out{node.op, node.scope, copy_of(node.operand), copy_of(node.where), {}};
    for (const Aggregate::Match &match : node.matches)
      out.matches.push_back({copy_of(match.inner), copy_of(match.outer)});
    return out;
  }
  Node operator()(const Neighbour &node) const {
    return Neighbour{node.next, node.scope, node.key, copy_of(node.operand), copy_of(node.where)};
  }
  Node operator()(const Parenthesized &node) const { return Parenthesized{copy_of(node.inner)}; }
};

std::vector<Alternative> copies(const std::vector<Alternative> &alternatives) {
  std::vector<Alternative> out;
  for (const Alternative &one : alternatives)
    out.push_back({one.names, copy_of(one.condition), copy_of(one.value), one.member, one.overrides,
                   one.basis, one.span});
  return out;
}

using Body = decltype(Definition::body);

struct CopyBody {
  Body operator()(const Formula &body) const {
    return Formula{copies(body.lines), copies(body.excepts), body.except_order};
  }
  Body operator()(const Decide &body) const { return Decide{body.enumeration, copies(body.alternatives)}; }
  Body operator()(const Deduct &body) const {
    Deduct out{copy_of(body.from), {}};
    for (const Deduct::Less &less : body.clauses)
      out.clauses.push_back(
          {copy_of(less.amount), copy_of(less.condition), less.label, less.basis, less.span});
    return out;
  }
  Body operator()(const Allocate &body) const {
    return Allocate{copy_of(body.whole), body.group,           copy_of(body.part),
                    body.last_key,       copy_of(body.weight), body.or_nothing};
  }
};

} // namespace

TermPtr copy_of(const TermPtr &term) {
  if (!term) return nullptr;
  return make(term->span, term->type, std::visit(CopyNode{}, term->node));
}

Program copy_of(const Program &program) {
  Program out;
  out.files = program.files;
  out.layers = program.layers;
  out.bottom = program.bottom;
  out.layer_of_file = program.layer_of_file;
  out.superseded = program.superseded;
  out.language_version = program.language_version;
  out.names = program.names;
  out.from = program.from;
  out.until = program.until;
  out.authority = program.authority;
  out.articles = program.articles;
  out.enums = program.enums;
  out.ranges = program.ranges;
  out.parameters = program.parameters;
  out.tables = program.tables;
  for (const Scope &scope : program.scopes) {
    Scope copy{scope.names, scope.own_names,   scope.fields, scope.key_count, scope.entity,
               scope.table, scope.tables_file, {},           scope.span};
    for (const RowSource &source : scope.sources)
      copy.sources.push_back({source.input, source.every, source.scope, copies(source.keys), source.span});
    out.scopes.push_back(std::move(copy));
  }
  for (const Definition &one : program.definitions)
    out.definitions.push_back(
        {one.scope, one.field, one.let, one.rounding, std::visit(CopyBody{}, one.body), one.order});
  for (const Check &check : program.checks) {
    Check copy{check.names, check.scope, copy_of(check.condition), check.required, {}, check.basis,
               check.span,  check.order};
    for (const auto &[piece, term] : check.text) copy.text.emplace_back(piece, copy_of(term));
    out.checks.push_back(std::move(copy));
  }
  out.tests = program.tests;
  out.schema = program.schema;
  return out;
}

} // namespace steelyard::semantics
