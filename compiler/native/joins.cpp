// Joins from the rows of a scope to those of another by key.
//
// Where the target's keys have small domains, its rows are found by position: then a join that a single pass
// reads is no column at all. The pass works the position out for itself, and saves writing and reading a row
// number a row.
#include "compiler/native/execution.h"
#include "runtime/engine/parallel.h"
#include "runtime/engine/with_values.h"
#include <algorithm>

namespace steelyard::native {

using semantics::TypeKind;

/// The join's keys as columns of the own row, when the target's rows are found by position.
std::optional<Execution::Position> Execution::position_of(const plan::MakeJoin &step) {
  const plan::Column &declared = plan_.columns[step.column];
  std::vector<int> keys;
  for (const int id : plan_.scopes[declared.target].columns)
    if (plan_.columns[id].role == plan::Role::key) keys.push_back(id);
  Position out;
  for (std::size_t k = 0; k < keys.size(); ++k) {
    const auto *read = std::get_if<plan::Read>(&step.keys[k]->node);
    if (read == nullptr || !read->path.empty()) return std::nullopt;
    const semantics::Type &own = plan_.columns[read->column].type, &there = plan_.columns[keys[k]].type;
    if (own.kind != there.kind || own.kind == TypeKind::text) return std::nullopt;
    if (own.kind == TypeKind::number && own.scale != there.scale) return std::nullopt;
    if (columns_[read->column].storage() == engine::Storage::i128) return std::nullopt;
    out.keys.push_back({read->column, {}});
  }
  out.table = &table_of(declared.target);
  if (!out.table->is_dense()) return std::nullopt;
  for (std::size_t k = 0; k < keys.size(); ++k) out.keys[k].domain = out.table->domain(k);
  return out;
}

/// Whether the join can be left to the one pass that reads it.
bool Execution::leave_join(const plan::MakeJoin &step) {
  const plan::Step *reader = nullptr;
  for (const plan::Step &other : plan_.steps) {
    const std::vector<int> reads = plan::columns_read(other);
    if (std::find(reads.begin(), reads.end(), step.column) == reads.end()) continue;
    if (reader != nullptr) return false;
    reader = &other;
  }
  const auto *pass = reader == nullptr ? nullptr : std::get_if<plan::Pass>(&reader->what);
  if (pass == nullptr || pass->scope != plan_.columns[step.column].scope || !pass->interpreted.empty())
    return false;
  std::optional<Position> position = position_of(step);
  if (!position) return false;
  position->step = &step;
  left_joins_.emplace(step.column, std::move(*position));
  return true;
}

const Execution::Position *Execution::left_join(int column) const {
  const auto at = left_joins_.find(column);
  return at == left_joins_.end() ? nullptr : &at->second;
}

void Execution::complete_join(int column) {
  // It stays a join by position as well: a pass may already read it that way when it turns out that the
  // column is wanted too, at the rows of a neighbour.
  const auto at = left_joins_.find(column);
  if (at == left_joins_.end() || at->second.is_column) return;
  at->second.is_column = true;
  make_join(*at->second.step);
}

void Execution::make_join(const plan::MakeJoin &step) {
  const plan::Column &declared = plan_.columns[step.column];
  const std::size_t count = scopes_[declared.scope].rows;
  engine::Column out = engine::Column::of_rows(count);
  auto *rows = static_cast<std::int32_t *>(out.values());
  // The key of a reference to the target: the reference is the join.
  if (step.keys.size() == 1)
    if (const auto *read = std::get_if<plan::Read>(&step.keys[0]->node))
      if (!read->path.empty() && read->path.back() != plan::whole_run &&
          plan_.columns[read->path.back()].target == declared.target &&
          plan_.columns[read->column].role == plan::Role::key) {
        for (std::size_t row = 0; row < count; ++row) rows[row] = follow(read->path, static_cast<int>(row));
        columns_[step.column] = std::move(out);
        return;
      }
  if (const std::optional<Position> position = position_of(step)) {
    const std::int32_t *slots = position->table->slots();
    engine::for_morsels(count, threads_, [&](std::size_t begin, std::size_t end, int) {
      std::int32_t at[engine::morsel] = {}; // -1: no such row
      for (const Position::Key &key : position->keys) {
        const engine::Column &column = columns_[key.column];
        const std::uint8_t *given = column.given();
        engine::with_values(column, [&](const auto *values) {
          for (std::size_t row = begin; row < end; ++row) {
            std::int32_t &place = at[row - begin];
            const std::int64_t code = static_cast<std::int64_t>(values[row]) - key.domain.low;
            const bool found =
                place >= 0 && code >= 0 && code < key.domain.size && (given == nullptr || given[row] != 0);
            place = found
                        ? place * static_cast<std::int32_t>(key.domain.size) + static_cast<std::int32_t>(code)
                        : -1;
          }
        });
      }
      for (std::size_t row = begin; row < end; ++row)
        rows[row] = at[row - begin] < 0 ? -1 : slots[at[row - begin]];
    });
    columns_[step.column] = std::move(out);
    return;
  }
  std::vector<KeyPart> parts;
  for (const int id : plan_.scopes[declared.target].columns)
    if (plan_.columns[id].role == plan::Role::key)
      parts.push_back({plan_.columns[id].type, columns_[id].texts});
  std::vector<std::vector<std::int64_t>> codes;
  for (std::size_t k = 0; k < parts.size(); ++k)
    codes.push_back(codes_of(*step.keys[k], declared.scope, parts[k], false));
  const engine::KeyTable &table = table_of(declared.target);
  engine::for_morsels(count, threads_, [&](std::size_t begin, std::size_t end, int) {
    std::vector<std::int64_t> key(parts.size());
    for (std::size_t row = begin; row < end; ++row) {
      bool complete = true;
      for (std::size_t k = 0; k < parts.size(); ++k) {
        key[k] = codes[k][row];
        complete = complete && key[k] != no_code;
      }
      if (complete) rows[row] = table.find(key.data());
    }
  });
  columns_[step.column] = std::move(out);
}

} // namespace steelyard::native
