// What needs the order of rows by key: neighbours and allocations.
#include "compiler/native/execution.h"
#include <algorithm>
#include <numeric>

namespace steelyard::native {

using interpret::is_missing;
using interpret::is_true;
using number::Decimal;
using number::Rounding;
using semantics::TypeKind;

/// By one key column. Precondition: the ranks of the rows that it holds are known.
std::strong_ordering Execution::compare_key(int id, int a, int b) const {
  const plan::Column &declared = plan_.columns[id];
  const engine::Column &column = columns_[id];
  const Int128 x = column.get(static_cast<std::size_t>(a));
  const Int128 y = column.get(static_cast<std::size_t>(b));
  if (x == y) return std::strong_ordering::equal;
  if (declared.type.kind == TypeKind::text && !column.texts->is_ascending()) {
    const auto sign =
        column.texts->at(static_cast<std::size_t>(x)).compare(column.texts->at(static_cast<std::size_t>(y)));
    return sign <=> 0;
  }
  if (declared.type.kind == TypeKind::row) {
    const std::vector<int> &rank = ranks_.at(declared.target);
    return rank[static_cast<std::size_t>(x)] <=> rank[static_cast<std::size_t>(y)];
  }
  return x < y ? std::strong_ordering::less : std::strong_ordering::greater;
}

std::strong_ordering Execution::compare_keys(int scope, int a, int b) const {
  for (const int id : plan_.scopes[scope].columns) {
    if (plan_.columns[id].role != plan::Role::key) continue;
    if (const auto order = compare_key(id, a, b); order != 0) return order;
  }
  return std::strong_ordering::equal;
}

const std::vector<int> &Execution::ordered(int scope) {
  Rows &set = scopes_[scope];
  if (set.ordered) return set.order;
  set.ordered = true;
  for (const int id : plan_.scopes[scope].columns)
    if (plan_.columns[id].role == plan::Role::key && plan_.columns[id].target >= 0)
      ranks(plan_.columns[id].target);
  set.order.resize(set.rows);
  std::iota(set.order.begin(), set.order.end(), 0);
  std::vector<int> keys;
  for (const int id : plan_.scopes[scope].columns)
    if (plan_.columns[id].role == plan::Role::key) keys.push_back(id);
  // Keys that come in order are the common case of a large table.
  if (keys.size() == 1 && columns_[keys[0]].texts && columns_[keys[0]].texts->is_ascending()) {
    const engine::Column &key = columns_[keys[0]];
    bool sorted = true;
    for (std::size_t row = 1; row < set.rows && sorted; ++row) sorted = key.narrow(row - 1) < key.narrow(row);
    if (sorted) return set.order;
  }
  const auto before = [&](int a, int b) { return compare_keys(scope, a, b) < 0; };
  if (!std::is_sorted(set.order.begin(), set.order.end(), before))
    std::sort(set.order.begin(), set.order.end(), before);
  return set.order;
}

std::vector<TakenAlternatives> Execution::choices() {
  std::vector<TakenAlternatives> out;
  for (std::size_t id = 0; id < plan_.columns.size(); ++id) {
    const plan::Column &column = plan_.columns[id];
    if (column.role != plan::Role::choice) continue;
    TakenAlternatives &one = out.emplace_back(TakenAlternatives{column.definition, {}});
    for (const int row : ordered(column.scope))
      one.taken.push_back(static_cast<int>(columns_[id].get(static_cast<std::size_t>(row))));
  }
  return out;
}

const std::vector<int> &Execution::ranks(int scope) {
  const auto [at, is_new] = ranks_.try_emplace(scope);
  if (is_new) {
    const std::vector<int> &order = ordered(scope);
    std::vector<int> rank(order.size());
    for (std::size_t i = 0; i < order.size(); ++i)
      rank[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
    ranks_[scope] = std::move(rank);
  }
  return ranks_[scope];
}

void Execution::make_neighbour(const plan::MakeNeighbour &step) {
  const int scope = plan_.columns[step.column].scope;
  const std::vector<int> &order = ordered(scope);
  engine::Column out = engine::Column::of_rows(order.size());
  std::vector<const engine::Column *> others;
  for (const int id : plan_.scopes[scope].columns)
    if (plan_.columns[id].role == plan::Role::key && plan_.columns[id].field != step.key)
      others.push_back(&columns_[id]);
  // Rows that share their other keys, each in key order; a row that `where` leaves out is passed over.
  std::map<std::vector<std::int64_t>, int> last;
  const auto visit = [&](int row) {
    std::vector<std::int64_t> key;
    for (const engine::Column *column : others)
      key.push_back(static_cast<std::int64_t>(column->get(static_cast<std::size_t>(row))));
    const auto [at, first] = last.try_emplace(std::move(key), -1);
    out.set(static_cast<std::size_t>(row), at->second);
    if (!step.where || is_true(evaluate(*step.where, row))) at->second = row;
  };
  if (step.next)
    std::for_each(order.rbegin(), order.rend(), visit);
  else
    std::for_each(order.begin(), order.end(), visit);
  columns_[step.column] = std::move(out);
}

void Execution::allocate(const plan::Allocation &step) {
  const plan::Column &declared = plan_.columns[step.column];
  const semantics::Definition &definition = program_.definitions[step.definition];
  const auto &body = std::get<semantics::Allocate>(definition.body);
  engine::Column &out = columns_[step.column];
  out = engine::Column(engine::Storage::i64, scopes_[declared.scope].rows, declared.type.optional);
  std::vector<const engine::Column *> keys;
  for (const int k : body.group) keys.push_back(&columns_[plan_.column_of(declared.scope, k)]);
  std::map<std::vector<std::int64_t>, std::size_t> known;
  std::vector<std::vector<int>> groups;
  for (const int row : ordered(declared.scope)) {
    std::vector<std::int64_t> key;
    for (const engine::Column *column : keys)
      key.push_back(static_cast<std::int64_t>(column->get(static_cast<std::size_t>(row))));
    const auto [at, is_new] = known.try_emplace(std::move(key), groups.size());
    if (is_new) groups.emplace_back();
    groups[at->second].push_back(row);
  }
  const auto store = [&](int row, const Value &value) {
    put(out, static_cast<std::size_t>(row), rounded(value, step.definition), declared.type);
  };
  for (std::vector<int> &group : groups) {
    const Value value = evaluate(*step.whole, group.front());
    if (body.part && body.last_key >= 0) {
      const int key = plan_.column_of(declared.scope, body.last_key);
      std::stable_sort(group.begin(), group.end(), [&](int a, int b) { return compare_key(key, a, b) < 0; });
    }
    if (is_missing(value)) {
      for (const int row : group) store(row, value);
      continue;
    }
    if (std::get<Exact>(value).sign() < 0) throw HandOver("an amount to divide is negative");
    const Decimal whole = number::round(std::get<Exact>(value), declared.type.scale, definition.rounding);
    if (body.part) {
      Exact rest(whole);
      for (const int row : group) {
        const Value part =
            row == group.back() ? Value(rest) : rounded(evaluate(*step.part, row), step.definition);
        store(row, part);
        if (const Exact *exact = std::get_if<Exact>(&part)) rest -= *exact;
      }
      continue;
    }
    std::vector<Exact> weights;
    Exact total;
    for (const int row : group) {
      const Value weight = evaluate(*step.weight, row);
      weights.push_back(is_missing(weight) ? Exact() : std::get<Exact>(weight));
      if (weights.back().sign() < 0) throw HandOver("a weight is negative");
      total += weights.back();
    }
    if (total.is_zero() && !body.or_nothing) throw HandOver("all weights are 0");
    std::vector<Decimal> parts(group.size(), Decimal{0, whole.scale});
    if (!total.is_zero()) {
      std::vector<Exact> remainders;
      number::Integer left = whole.units;
      for (std::size_t i = 0; i < group.size(); ++i) {
        const Exact share = Exact(whole) * weights[i] / total;
        parts[i] = number::round(share, whole.scale, Rounding::floor);
        left -= parts[i].units;
        remainders.push_back(share - Exact(parts[i]));
      }
      std::vector<std::size_t> by_remainder(group.size());
      std::iota(by_remainder.begin(), by_remainder.end(), std::size_t{0});
      std::stable_sort(by_remainder.begin(), by_remainder.end(),
                       [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
      for (std::size_t i = 0; left > 0; ++i, --left) ++parts[by_remainder[i]].units;
    }
    for (std::size_t i = 0; i < group.size(); ++i) store(group[i], Exact(parts[i]));
  }
}

} // namespace steelyard::native
