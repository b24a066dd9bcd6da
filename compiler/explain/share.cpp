// Allocations: the part of one row, with what the parts of the other rows decide about it.
#include "compiler/explain/derive.h"
#include <algorithm>
#include <compare>
#include <numeric>

namespace steelyard::explain {

using semantics::Allocate;
using semantics::Definition;

/// The rows that share a whole, in the order of their keys; with `each =` the last along its key comes last.
Deriver::Group &Deriver::group_of(int definition, int row) {
  std::vector<Group> &groups = groups_[definition];
  std::vector<int> &group_of_row = group_of_row_[definition];
  if (group_of_row.empty()) {
    const Definition &declared = run_.program().definitions[definition];
    const Allocate &body = std::get<Allocate>(declared.body);
    const interpret::RowSet &set = run_.rows(declared.scope);
    std::unordered_map<interpret::Key, int, interpret::KeyHash> known;
    group_of_row.resize(set.size());
    for (const int each : run_.ordered_rows(declared.scope)) {
      interpret::Key key;
      for (const int k : body.group) key.push_back(set.keys[each][k]);
      const auto [at, first] = known.try_emplace(std::move(key), static_cast<int>(groups.size()));
      if (first) groups.emplace_back();
      groups[at->second].rows.push_back(each);
      group_of_row[each] = at->second;
    }
    if (body.part && body.last_key >= 0)
      for (Group &group : groups)
        std::stable_sort(group.rows.begin(), group.rows.end(), [&](int a, int b) {
          return std::is_lt(run_.compare(set.keys[a][body.last_key], set.keys[b][body.last_key]));
        });
  }
  return groups[group_of_row[row]];
}

void Deriver::fill_weights(Group &group, int definition, const number::Decimal &whole) {
  if (!group.weights.empty()) return;
  const Definition &declared = run_.program().definitions[definition];
  const Allocate &body = std::get<Allocate>(declared.body);
  for (const int row : group.rows) {
    const Value weight = run_.evaluate_quietly(*body.weight, Frame{declared.scope, row, nullptr});
    const Exact *exact = std::get_if<Exact>(&weight);
    group.weights.push_back(exact == nullptr ? Exact() : *exact); // a missing weight is 0
  }
  group.sum = std::accumulate(group.weights.begin(), group.weights.end(), Exact());
  group.rank.assign(group.rows.size(), 0);
  if (group.sum.is_zero()) return;
  std::vector<Exact> remainders;
  number::Integer left = whole.units;
  for (const Exact &weight : group.weights) {
    const Exact exact = Exact(whole) * weight / group.sum;
    const number::Decimal floor = number::round(exact, whole.scale, number::Rounding::floor);
    left -= floor.units;
    remainders.push_back(exact - Exact(floor));
  }
  std::vector<std::size_t> order(group.rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
  for (std::size_t i = 0; i < order.size(); ++i) group.rank[order[i]] = i + 1;
  group.units_left = static_cast<std::size_t>(left);
}

void Deriver::share(Step &step, const Allocate &body) {
  const Definition &declared = run_.program().definitions[step.definition];
  const int scale = run_.program().field_of(declared).type.scale;
  Group &group = group_of(step.definition, step.row.row);
  const interpret::RowSet &set = run_.rows(declared.scope);
  run_.ordered_rows(declared.scope);
  Share share;
  share.whole_at = {declared.scope,
                    *std::min_element(group.rows.begin(), group.rows.end(),
                                      [&](int a, int b) { return set.rank[a] < set.rank[b]; })};
  share.whole = evaluate(*body.whole, Frame{declared.scope, share.whole_at.row, nullptr});
  share.group = body.group;
  share.rows = group.rows.size();
  const Exact *whole = share.whole.value ? std::get_if<Exact>(&*share.whole.value) : nullptr;
  if (whole == nullptr || whole->sign() < 0) { // missing, or an error that the run reports
    step.division = std::move(share);
    return;
  }
  const number::Decimal units = number::round(*whole, scale, declared.rounding);
  share.whole_rounded = {*whole, {},           declared.rounding,
                         scale,  Exact(units), !number::fits_scale(*whole, scale)};
  const Frame frame{step.row.scope, step.row.row, nullptr};
  if (body.part && step.row.row != group.rows.back()) {
    step.formula = evaluate(*body.part, frame);
  } else if (body.part) {
    share.way = Share::Way::rest;
    for (const int row : group.rows) {
      if (row == step.row.row) continue;
      const Value part = run_.value(declared.scope, row, declared.field);
      if (const Exact *exact = std::get_if<Exact>(&part))
        share.other_parts.emplace_back(RowId{declared.scope, row}, *exact);
    }
  } else {
    share.way = Share::Way::largest_remainder;
    fill_weights(group, step.definition, units);
    const auto at = static_cast<std::size_t>(std::find(group.rows.begin(), group.rows.end(), step.row.row) -
                                             group.rows.begin());
    share.weight = evaluate(*body.weight, frame);
    share.own_weight = group.weights[at];
    share.sum_of_weights = group.sum;
    if (!group.sum.is_zero()) {
      share.exact = share.whole_rounded.result * share.own_weight / group.sum;
      share.floor = Exact(number::round(share.exact, scale, number::Rounding::floor));
      share.remainder = share.exact - share.floor;
      share.rank = group.rank[at];
      share.units_left = group.units_left;
      for (std::size_t i = 0; listing_ && i < group.rows.size(); ++i) {
        const Value part = run_.value(declared.scope, group.rows[i], declared.field);
        share.parts.push_back({{declared.scope, group.rows[i]},
                               group.weights[i],
                               share.whole_rounded.result * group.weights[i] / group.sum,
                               std::get<Exact>(part)});
      }
    }
  }
  step.division = std::move(share);
}

} // namespace steelyard::explain
