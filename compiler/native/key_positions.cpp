// Rows by keys with small domains, found for a whole scope at once: each morsel by itself works out the
// positions of its keys and which of them it meets first; these get their rows in the order of morsels, and
// so in the order of rows, however many threads there are.
#include "compiler/native/execution.h"
#include "runtime/data/tasks.h"
#include "runtime/engine/parallel.h"
#include "runtime/engine/with_values.h"
#include <algorithm>
#include <utility>

namespace steelyard::native {

using semantics::TypeKind;

namespace {

/// A key of the scope's rows: a column, reached directly or by one reference.
struct Key {
  const std::int32_t *path = nullptr;     ///< by own row, -1 for none
  const engine::Column *column = nullptr; ///< null: the row at the end of the path itself
  engine::KeyTable::Domain domain;
};

constexpr std::int32_t no_key = -1, no_row = -2; ///< a key value is missing; it is outside its domain

/// Brings the key into the positions of rows begin to end.
void add_key(const Key &key, std::size_t begin, std::size_t end, std::int32_t *positions) {
  const std::int64_t low = key.domain.low, size = key.domain.size;
  const auto bring = [&](std::size_t row, bool there, std::int64_t code) {
    std::int32_t &position = positions[row];
    code -= low;
    if (!there) {
      position = no_key;
    } else if (position >= 0) {
      position = code >= 0 && code < size ? static_cast<std::int32_t>(position * size + code) : no_row;
    }
  };
  if (key.column == nullptr) {
    for (std::size_t row = begin; row < end; ++row) bring(row, key.path[row] >= 0, key.path[row]);
    return;
  }
  const std::uint8_t *given = key.column->given();
  const bool rows = key.column->holds_rows();
  engine::with_values(*key.column, [&](const auto *values) {
    const auto is_there = [&](std::size_t at) {
      return rows ? values[at] >= 0 : given == nullptr || given[at] != 0;
    };
    if (key.path == nullptr) {
      for (std::size_t row = begin; row < end; ++row) bring(row, is_there(row), values[row]);
      return;
    }
    for (std::size_t row = begin; row < end; ++row) {
      const bool found = key.path[row] >= 0;
      const std::size_t at = found ? static_cast<std::size_t>(key.path[row]) : 0;
      const bool there = found && is_there(at);
      bring(row, there, there ? static_cast<std::int64_t>(values[at]) : 0);
    }
  });
}

} // namespace

/// Adds the keys of all rows of `join` to `table` and stores the row of each there; false, and nothing
/// done, when the keys are not simple. `dropped` counts rows without a key.
bool Execution::add_by_position(const std::vector<plan::ExpressionPtr> &expressions,
                                const std::vector<KeyPart> &parts, engine::KeyTable &table,
                                engine::Column &join, std::size_t &dropped) {
  if (!table.has_positions()) return false;
  std::vector<Key> keys;
  for (std::size_t k = 0; k < expressions.size(); ++k) {
    Key key;
    key.domain = table.domain_of(k);
    const std::vector<int> *path = nullptr;
    if (const auto *arrive = std::get_if<plan::Arrive>(&expressions[k]->node)) {
      path = &arrive->path;
      if (path->empty()) return false;
    } else if (const auto *read = std::get_if<plan::Read>(&expressions[k]->node)) {
      path = &read->path;
      key.column = &columns_[read->column];
      const semantics::Type &type = plan_.columns[read->column].type;
      if (type.kind != parts[k].type.kind || type.kind == TypeKind::text ||
          (type.kind == TypeKind::number && type.scale != parts[k].type.scale) ||
          key.column->storage() == engine::Storage::i128 || plan_.columns[read->column].may_fail)
        return false;
    } else {
      return false;
    }
    if (path->size() > 1 || (!path->empty() && path->front() == plan::whole_run)) return false;
    // As const: the values of a view are not the column's own to change, and those it owns would be none.
    if (!path->empty())
      key.path = static_cast<const std::int32_t *>(std::as_const(columns_[path->front()]).values());
    keys.push_back(key);
  }
  auto *rows = static_cast<std::int32_t *>(join.values());
  const std::size_t count = join.rows();
  const std::size_t morsels = (count + engine::morsel - 1) / engine::morsel;
  std::vector<std::vector<std::int32_t>> met(morsels);
  std::vector<std::size_t> missing(morsels);
  std::vector<std::vector<bool>> seen(static_cast<std::size_t>(threads_));
  data::for_tasks(morsels, threads_, [&](std::size_t one, std::size_t thread) {
    std::vector<bool> &known = seen[thread];
    known.resize(static_cast<std::size_t>(table.positions()));
    const std::size_t begin = one * engine::morsel, end = std::min(count, begin + engine::morsel);
    std::fill(rows + begin, rows + end, 0);
    for (const Key &key : keys) add_key(key, begin, end, rows);
    for (std::size_t row = begin; row < end; ++row) {
      if (rows[row] < 0) {
        missing[one] += rows[row] == no_key ? 1 : 0;
      } else if (!known[static_cast<std::size_t>(rows[row])]) {
        known[static_cast<std::size_t>(rows[row])] = true;
        met[one].push_back(rows[row]);
      }
    }
  });
  for (std::size_t one = 0; one < morsels; ++one) {
    dropped += missing[one];
    for (const std::int32_t position : met[one]) table.add_at(position);
  }
  data::for_tasks(morsels, threads_, [&](std::size_t one, std::size_t) {
    const std::size_t end = std::min(count, (one + 1) * engine::morsel);
    for (std::size_t row = one * engine::morsel; row < end; ++row)
      rows[row] = rows[row] < 0 ? -1 : table.row_at(rows[row]);
  });
  return true;
}

} // namespace steelyard::native
