// Aggregates over the rows that match the outer row, and neighbours along an ordered key.
//
// An aggregate's inner rows are grouped once by what they are matched by. Where the operand and the condition
// see only the inner row, the result of a group is kept, so that all outer rows together cost one pass; else
// each outer row goes through its group.
#include "compiler/interpret/outer_reach.h"
#include "compiler/interpret/run.h"
#include <algorithm>
#include <fmt/core.h>
#include <numeric>
#include <stdexcept>

namespace steelyard::interpret {

using semantics::Aggregate;
using syntax::AggregateOp;

AggregateIndex &Run::index_of(const Aggregate &node) {
  AggregateIndex &index = aggregates_[&node];
  if (index.filled) return index;
  for (std::size_t i = 0; i < node.matches.size(); ++i) {
    const bool own_row_only = outer_reach(*node.matches[i].inner) == 0;
    (own_row_only ? index.indexed : index.filtered).push_back(static_cast<int>(i));
  }
  index.keepable = index.filtered.empty() && (!node.operand || outer_reach(*node.operand) == 0) &&
                   (!node.where || outer_reach(*node.where) == 0);
  fill_index(node, index);
  index.filled = true;
  return index;
}

void Run::fill_index(const Aggregate &node, AggregateIndex &index) {
  if (options_.observer != nullptr) options_.observer->on_scan(node.scope);
  Context capturing = context_;
  capturing.capture = &index.error;
  const Within within(*this, capturing);
  const auto add = [&](int row) {
    const Frame inner{node.scope, row, nullptr};
    Key key;
    for (const int i : index.indexed) {
      Value value = evaluate(*node.matches[i].inner, inner);
      if (is_failed(value)) return false;
      if (is_missing(value)) return true; // equals nothing
      key.push_back(std::move(value));
    }
    index.groups[std::move(key)].rows.push_back(row);
    return true;
  };
  // In the order of keys, so that the row whose error ends it, also within a let, does not depend on the
  // order of the file. The first row of a table of rules is that of its file.
  std::vector<int> order = ordered_rows(node.scope);
  const auto &sources = program_.scopes[node.scope].sources;
  if (node.op == AggregateOp::first &&
      std::all_of(sources.begin(), sources.end(), [](const auto &source) { return source.input; }))
    std::sort(order.begin(), order.end());
  for (const int row : order) {
    if (add(row)) continue;
    index.failed = true;
    return;
  }
}

std::optional<AggregateIndex::Group *> Run::group_of(const Aggregate &node, AggregateIndex &index,
                                                     const Frame &frame) {
  if (index.failed) {
    if (index.error) fail(*index.error);
    return std::nullopt;
  }
  Key key;
  for (const int i : index.indexed) {
    Value value = evaluate(*node.matches[i].outer, frame);
    if (is_failed(value)) return std::nullopt;
    if (is_missing(value)) return nullptr;
    key.push_back(std::move(value));
  }
  const auto at = index.groups.find(key);
  return at == index.groups.end() ? nullptr : &at->second;
}

Value Run::counts(const Aggregate &node, const AggregateIndex &index, const Frame &inner,
                  const Frame &outer) {
  for (const int i : index.filtered) {
    Value left = evaluate(*node.matches[i].inner, inner);
    if (is_failed(left)) return left;
    Value right = evaluate(*node.matches[i].outer, outer);
    if (is_failed(right)) return right;
    if (is_missing(left) || is_missing(right) || std::is_neq(compare(left, right))) return false;
  }
  if (!node.where) return true;
  Value condition = evaluate(*node.where, inner);
  if (is_failed(condition)) return condition;
  return is_true(condition);
}

std::optional<Statistics> Run::tally_rows(const Aggregate &node, const AggregateIndex &index,
                                          const std::vector<int> &rows, const Frame &frame) {
  Statistics out;
  for (const int row : rows) {
    const Frame inner{node.scope, row, &frame};
    const Value included = counts(node, index, inner, frame);
    if (is_failed(included)) return std::nullopt;
    if (!is_true(included)) continue;
    if (!node.operand) {
      ++out.count;
      continue;
    }
    Value operand = evaluate(*node.operand, inner);
    if (is_failed(operand)) return std::nullopt;
    if (is_missing(operand)) continue;
    ++out.count;
    if (node.op == AggregateOp::min || node.op == AggregateOp::max) {
      if (out.count == 1 || std::is_lt(compare(operand, out.least))) out.least = operand;
      if (out.count == 1 || std::is_gt(compare(operand, out.greatest))) out.greatest = std::move(operand);
    } else if (node.op != AggregateOp::count) {
      const Exact &number = std::get<Exact>(operand);
      out.sum += number;
      if (node.op == AggregateOp::cv) out.squares += number * number;
    }
  }
  return out;
}

std::optional<Statistics> Run::tally(const Aggregate &node, const Term &, const Frame &frame) {
  AggregateIndex &index = index_of(node);
  const std::optional<AggregateIndex::Group *> found = group_of(node, index, frame);
  if (!found) return std::nullopt;
  AggregateIndex::Group *group = *found;
  if (group == nullptr) return Statistics{};
  if (index.keepable && group->kept) {
    if (group->kept->error) fail(*group->kept->error);
    return group->kept->statistics;
  }
  AggregateIndex::Kept kept;
  {
    Context capturing = context_;
    capturing.capture = &kept.error;
    const Within within(*this, capturing);
    kept.statistics = tally_rows(node, index, group->rows, frame);
  }
  if (kept.error) fail(*kept.error);
  if (!index.keepable) return kept.statistics;
  group->kept = std::move(kept);
  return group->kept->statistics;
}

std::optional<Statistics> Run::statistics(const Term &term, const Frame &frame) {
  const Within within(*this, {-1, frame.scope, frame.row, nullptr, true, nullptr});
  return tally(std::get<Aggregate>(term.node), term, frame);
}

std::vector<int> Run::aggregate_rows(const Term &term, const Frame &frame) {
  const Within within(*this, {-1, frame.scope, frame.row, nullptr, true, nullptr});
  const auto &node = std::get<Aggregate>(term.node);
  AggregateIndex &index = index_of(node);
  const std::optional<AggregateIndex::Group *> group = group_of(node, index, frame);
  std::vector<int> out;
  if (!group || *group == nullptr) return out;
  for (const int row : (*group)->rows)
    if (is_true(counts(node, index, {node.scope, row, &frame}, frame))) out.push_back(row);
  std::sort(out.begin(), out.end());
  return out;
}

Value Run::eval(const Aggregate &node, const Term &term, const Frame &frame) {
  if (node.op == AggregateOp::cv) throw std::logic_error("cv is a root: only a definition can round it");
  if (node.op == AggregateOp::first) return first_row(node, frame);
  const std::optional<Statistics> over = tally(node, term, frame);
  if (!over) return Failed{};
  switch (node.op) {
  case AggregateOp::count:
    return Exact(static_cast<std::int64_t>(over->count));
  case AggregateOp::sum:
    return over->sum;
  case AggregateOp::min:
    return over->least;
  case AggregateOp::max:
    return over->greatest;
  case AggregateOp::mean:
    if (over->count == 0) return Missing{};
    return over->sum / Exact(static_cast<std::int64_t>(over->count));
  case AggregateOp::share: {
    Value own = evaluate(*node.operand, Frame{node.scope, frame.row, &frame});
    if (is_failed(own) || is_missing(own)) return own;
    const Exact &part = std::get<Exact>(own);
    if (over->sum.is_zero())
      return fail(ErrorCode::division_by_zero, term.span,
                  fmt::format("division by zero: {} = {} / 0", term_text(term), number::to_text(part)));
    return part / over->sum;
  }
  case AggregateOp::cv:
  case AggregateOp::first:
    break;
  }
  throw std::logic_error("an aggregate of no kind");
}

// ---------- neighbours ----------

const NeighbourLinks &Run::links_of(int scope, int key) {
  const auto [at, is_new] = neighbours_.try_emplace({scope, key});
  if (!is_new) return at->second;
  NeighbourLinks &links = at->second;
  const std::vector<int> &order = ordered_rows(scope);
  links.next.assign(order.size(), -1);
  links.previous.assign(order.size(), -1);
  const RowSet &set = rows(scope);
  // In key order the rows that share their other keys still come in the order of `key`.
  std::unordered_map<Key, int, KeyHash> last;
  for (const int row : order) {
    Key others = set.keys[row];
    others.erase(others.begin() + key);
    const auto [before, first] = last.try_emplace(std::move(others), row);
    if (first) continue;
    links.previous[row] = before->second;
    links.next[before->second] = row;
    before->second = row;
  }
  return links;
}

Value Run::eval(const semantics::Neighbour &node, const Term &, const Frame &frame) {
  if (frame.scope != node.scope) throw std::logic_error("a neighbour of a row of another scope");
  const NeighbourLinks &links = links_of(node.scope, node.key);
  const std::vector<int> &step = node.next ? links.next : links.previous;
  for (int row = step[frame.row]; row >= 0; row = step[row]) {
    const Frame there{node.scope, row, &frame};
    if (node.where) {
      Value condition = evaluate(*node.where, there);
      if (is_failed(condition)) return condition;
      if (!is_true(condition)) continue;
    }
    return evaluate(*node.operand, there);
  }
  return Missing{};
}

} // namespace steelyard::interpret
