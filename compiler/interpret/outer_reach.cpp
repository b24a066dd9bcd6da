// A walk over a term; each aggregate or neighbour between a reference and its row takes one frame off.
#include "compiler/interpret/outer_reach.h"
#include <algorithm>

namespace steelyard::interpret {

namespace {

using namespace semantics;

struct Reach {
  int of(const TermPtr &term) const { return term ? outer_reach(*term) : 0; }
  int of(const std::vector<TermPtr> &terms) const {
    int reach = 0;
    for (const TermPtr &term : terms) reach = std::max(reach, of(term));
    return reach;
  }

  int operator()(const Constant &) const { return 0; }
  int operator()(const ParameterRef &) const { return 0; }
  int operator()(const FieldRef &ref) const {
    int keys = 0;
    for (const FieldRef::Step &step : ref.steps) keys = std::max(keys, of(step.keys));
    return ref.up + keys;
  }
  int operator()(const semantics::TableCall &call) const { return of(call.arguments); }
  int operator()(const semantics::FunctionCall &call) const { return of(call.arguments); }
  int operator()(const semantics::Unary &unary) const { return of(unary.operand); }
  int operator()(const semantics::Binary &binary) const {
    return std::max(of(binary.left), of(binary.right));
  }
  int operator()(const semantics::MissingTest &test) const { return of(test.operand); }
  int operator()(const semantics::Membership &in) const { return of(in.operand); }
  int operator()(const semantics::InSet &in) const {
    return std::max({of(in.operand), of(in.keys), of(in.list)});
  }
  /// The list may be one of an outer row: to be on the safe side it counts as one.
  int operator()(const semantics::ElementRef &) const { return 1; }
  int operator()(const semantics::ListTerm &list) const { return std::max(of(list.list), of(list.body)); }
  int operator()(const semantics::With &with) const { return std::max(of(with.operand), of(with.value)); }
  int operator()(const semantics::Parenthesized &p) const { return of(p.inner); }
  int operator()(const semantics::Aggregate &aggregate) const {
    int inside = std::max(of(aggregate.operand), of(aggregate.where));
    int outside = 0;
    for (const semantics::Aggregate::Match &match : aggregate.matches) {
      inside = std::max(inside, of(match.inner));
      outside = std::max(outside, of(match.outer));
    }
    return std::max(inside - 1, outside);
  }
  int operator()(const semantics::Neighbour &neighbour) const {
    return std::max(std::max(of(neighbour.operand), of(neighbour.where)) - 1, 0);
  }
};

} // namespace

int outer_reach(const Term &term) {
  return std::visit(Reach{}, term.node);
}

} // namespace steelyard::interpret
