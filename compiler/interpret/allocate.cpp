// Allocation: the parts of one whole add up to it exactly, because the last row takes the rest or because the
// units left over by rounding down go one each to the largest remainders.
#include "compiler/interpret/run.h"
#include <algorithm>
#include <fmt/core.h>
#include <numeric>

namespace steelyard::interpret {

using number::Decimal;
using number::Rounding;
using semantics::Allocate;
using semantics::Definition;

const std::vector<int> &Run::allocation_group(int definition, int row) {
  const auto [at, is_new] = allocations_.try_emplace(definition);
  AllocationGroups &all = at->second;
  if (is_new) {
    const Definition &declared = program_.definitions[definition];
    const Allocate &body = std::get<Allocate>(declared.body);
    const RowSet &set = rows(declared.scope);
    std::unordered_map<Key, int, KeyHash> known;
    all.group_of_row.resize(set.size());
    for (const int each : ordered_rows(declared.scope)) {
      Key key;
      for (const int k : body.group) key.push_back(set.keys[each][k]);
      const auto [group, first] = known.try_emplace(std::move(key), static_cast<int>(all.groups.size()));
      if (first) all.groups.emplace_back();
      all.groups[group->second].push_back(each);
      all.group_of_row[each] = group->second;
    }
    // With `each =`, the last row is the last along its key, whatever the other keys.
    if (body.part && body.last_key >= 0)
      for (std::vector<int> &group : all.groups)
        std::stable_sort(group.begin(), group.end(), [&](int a, int b) {
          return std::is_lt(compare(set.keys[a][body.last_key], set.keys[b][body.last_key]));
        });
  }
  return all.groups[all.group_of_row[row]];
}

void Run::allocate(int definition, int row) {
  const Definition &declared = program_.definitions[definition];
  const Allocate &body = std::get<Allocate>(declared.body);
  const std::vector<int> &group = allocation_group(definition, row);
  std::vector<Cell> &cells = cells_[definition];
  // A value that a worked example gives stays as it is.
  auto settle_all = [&](const Value &value) {
    for (const int each : group) {
      if (cells[each].state != CellState::known) cells[each].value = value;
      cells[each].state = CellState::known;
    }
  };
  for (const int each : group)
    if (cells[each].state == CellState::unknown) cells[each].state = CellState::busy;
  const int first = *std::min_element(group.begin(), group.end(), [&](int a, int b) {
    return row_sets_[declared.scope]->rank[a] < row_sets_[declared.scope]->rank[b];
  });
  const Within within(*this, context_of(definition, first));
  const Value value = evaluate(*body.whole, Frame{declared.scope, first, nullptr});
  if (!std::holds_alternative<Exact>(value)) return settle_all(to_type(declared, value, body.whole->span));
  const Exact &whole = std::get<Exact>(value);
  if (whole.sign() < 0)
    return settle_all(fail(ErrorCode::amount_negative, body.whole->span,
                           fmt::format("the amount to divide is negative: {} = {}", term_text(*body.whole),
                                       value_text(whole, body.whole->type))));
  const Decimal units = number::round(whole, program_.field_of(declared).type.scale, declared.rounding);
  if (body.part)
    allocate_in_turn(definition, group, units);
  else
    allocate_by_weight(definition, group, units);
}

void Run::allocate_in_turn(int definition, const std::vector<int> &group, const Decimal &whole) {
  const Definition &declared = program_.definitions[definition];
  const Allocate &body = std::get<Allocate>(declared.body);
  std::vector<Cell> &cells = cells_[definition];
  Exact rest(whole);
  bool failed = false;
  for (const int row : group) {
    Cell &cell = cells[row];
    const Within within(*this, context_of(definition, row));
    if (cell.state != CellState::known) {
      if (row != group.back())
        cell.value =
            to_type(declared, evaluate(*body.part, Frame{declared.scope, row, nullptr}), body.part->span);
      else
        cell.value = failed ? Value(Failed{}) : to_type(declared, rest, body.part->span);
      cell.state = CellState::known;
    }
    failed = failed || is_failed(cell.value);
    if (const Exact *part = std::get_if<Exact>(&cell.value)) rest -= *part;
  }
}

/// The weights of the rows of a group; empty when one of them failed or is negative. A missing weight is 0.
std::optional<std::vector<Exact>> Run::weights_of(int definition, const std::vector<int> &group) {
  const Definition &declared = program_.definitions[definition];
  const Allocate &body = std::get<Allocate>(declared.body);
  std::vector<Exact> weights;
  bool failed = false;
  for (const int row : group) {
    Context context = context_of(definition, row);
    context.silent = context_.silent;
    const Within within(*this, context);
    const Value weight = evaluate(*body.weight, Frame{declared.scope, row, nullptr});
    const Exact *exact = std::get_if<Exact>(&weight);
    if (exact != nullptr && exact->sign() < 0) {
      fail(ErrorCode::weight_negative, body.weight->span,
           fmt::format("the weight is negative: {} = {}", term_text(*body.weight),
                       value_text(weight, body.weight->type)));
      failed = true;
    }
    failed = failed || is_failed(weight);
    weights.push_back(exact == nullptr ? Exact() : *exact);
  }
  if (failed) return std::nullopt;
  return weights;
}

void Run::allocate_by_weight(int definition, const std::vector<int> &group, const Decimal &whole) {
  const Definition &declared = program_.definitions[definition];
  const Allocate &body = std::get<Allocate>(declared.body);
  std::vector<Cell> &cells = cells_[definition];
  const std::optional<std::vector<Exact>> weights = weights_of(definition, group);
  const Exact total = weights ? std::accumulate(weights->begin(), weights->end(), Exact()) : Exact();
  bool failed = !weights;
  if (!failed && total.is_zero() && !body.or_nothing) {
    fail(ErrorCode::weights_all_zero, body.weight->span,
         fmt::format("all weights are 0: nothing says how {} is to be divided by {}", number::to_text(whole),
                     term_text(*body.weight)));
    failed = true;
  }
  std::vector<Decimal> parts(group.size(), Decimal{0, whole.scale});
  if (!failed && !total.is_zero()) {
    std::vector<Exact> remainders;
    number::Integer left = whole.units;
    for (std::size_t i = 0; i < group.size(); ++i) {
      const Exact share = Exact(whole) * (*weights)[i] / total;
      parts[i] = number::round(share, whole.scale, Rounding::floor);
      left -= parts[i].units;
      remainders.push_back(share - Exact(parts[i]));
    }
    std::vector<std::size_t> order(group.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    // Stable: equal remainders stay in the order of keys. There are fewer units left than rows with a
    // remainder.
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
    for (std::size_t i = 0; left > 0; ++i, --left) ++parts[order[i]].units;
  }
  for (std::size_t i = 0; i < group.size(); ++i) {
    Cell &cell = cells[group[i]];
    if (cell.state == CellState::known) continue;
    const Within within(*this, context_of(definition, group[i]));
    cell.value = failed ? Value(Failed{}) : to_type(declared, Exact(parts[i]), body.weight->span);
    cell.state = CellState::known;
  }
}

/// The part before it was rounded: the formula's value, what the last row found left over, or the exact
/// share.
std::optional<Exact> Run::exact_part(int definition, int row) {
  const Definition &declared = program_.definitions[definition];
  const Allocate &body = std::get<Allocate>(declared.body);
  const std::vector<int> &group = allocation_group(definition, row);
  if (body.part && row == group.back()) return std::get<Exact>(cells_[definition][row].value);
  const Term &formula = body.part ? *body.part : *body.whole;
  const Value value = evaluate(formula, Frame{declared.scope, body.part ? row : group.front(), nullptr});
  const Exact *exact = std::get_if<Exact>(&value);
  if (exact == nullptr || body.part) return exact == nullptr ? std::nullopt : std::optional<Exact>(*exact);
  const std::optional<std::vector<Exact>> weights = weights_of(definition, group);
  if (!weights) return std::nullopt;
  const Exact total = std::accumulate(weights->begin(), weights->end(), Exact());
  if (total.is_zero()) return Exact();
  const auto at = std::find(group.begin(), group.end(), row) - group.begin();
  return *exact * (*weights)[at] / total;
}

} // namespace steelyard::interpret
