// A flat hash table of rows by text.
#include "runtime/data/text_rows.h"
#include "runtime/data/text_index.h"
#include <algorithm>
#include <array>

namespace steelyard::data {
namespace {
constexpr std::uint32_t no_row = 0xFFFFFFFFU;
}

bool TextRows::build(const Dictionary &texts) {
  texts_ = &texts;
  std::size_t size = 64;
  while (size < 2 * texts.size()) size *= 2;
  slots_.assign(size, Slot());
  // A table of a million texts is larger than the cache: its slots are fetched some texts ahead.
  constexpr std::size_t ahead = 16;
  std::array<std::uint64_t, ahead> hashes{};
  const auto fetch = [&](std::size_t row) {
    hashes[row % ahead] = hash_text(texts[row]);
    __builtin_prefetch(&slots_[hashes[row % ahead] & (size - 1)]);
  };
  for (std::size_t row = 0; row < std::min(ahead, texts.size()); ++row) fetch(row);
  for (std::size_t row = 0; row < texts.size(); ++row) {
    const std::uint64_t hash = hashes[row % ahead];
    if (row + ahead < texts.size()) fetch(row + ahead);
    std::size_t at = hash & (size - 1);
    for (; slots_[at].row != no_row; at = (at + 1) & (size - 1))
      if (slots_[at].hash == static_cast<std::uint32_t>(hash >> 32U) && texts[slots_[at].row] == texts[row])
        return false;
    slots_[at] = {static_cast<std::uint32_t>(hash >> 32U), static_cast<std::uint32_t>(row)};
  }
  return true;
}

std::optional<std::uint32_t> TextRows::find(std::string_view text) const {
  const std::uint64_t hash = hash_text(text);
  for (std::size_t at = hash & (slots_.size() - 1); slots_[at].row != no_row;
       at = (at + 1) & (slots_.size() - 1))
    if (slots_[at].hash == static_cast<std::uint32_t>(hash >> 32U) && (*texts_)[slots_[at].row] == text)
      return slots_[at].row;
  return std::nullopt;
}

} // namespace steelyard::data
