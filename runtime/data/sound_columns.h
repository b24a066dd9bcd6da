// Puts the pieces of a column together. What the distinct cells of the column mean is given.
#pragma once
#include "runtime/data/sound_table.h"
#include <functional>
#include <optional>

namespace steelyard::data {

/// The meaning of a distinct cell: a value, or missing.
struct CellMeaning {
  bool is_given = false;
  std::int64_t value = 0;
};

/// A column of decimals.
Column join_decimals(SoundTable &table, std::size_t column, int threads);
/// A text column whose cells are expected to differ all: value i is i.
Column join_key_texts(SoundTable &table, std::size_t column);
/// A text column: its dictionary has the texts in order of first appearance.
Column join_texts(SoundTable &table, std::size_t column, int threads);
/// A column of another kind; nullopt when `meaning` gives none for a cell.
std::optional<Column>
join_distinct(SoundTable &table, std::size_t column, int threads, bool references,
              const std::function<std::optional<CellMeaning>(std::string_view)> &meaning);
/// True when each value of a column of decimals is greater than the one before it.
bool is_ascending(const SoundTable &table, std::size_t column);

} // namespace steelyard::data
