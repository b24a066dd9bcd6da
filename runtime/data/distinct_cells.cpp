// Growing tables of distinct cells.
#include "runtime/data/distinct_cells.h"

namespace steelyard::data {

std::uint32_t DistinctCells::add(std::string_view text, std::uint64_t place) {
  texts_.add(text);
  places_.push_back(place);
  return static_cast<std::uint32_t>(texts_.size() - 1);
}

std::uint32_t DistinctCells::add_word(std::uint64_t word, std::string_view text, std::uint64_t place) {
  if (2 * (words_used_ + 1) > words_.size()) {
    std::vector<WordSlot> old(2 * words_.size());
    old.swap(words_);
    for (const WordSlot &slot : old) {
      if (slot.number == none) continue;
      std::size_t at = slot_of(slot.word);
      while (words_[at].number != none) at = (at + 1) & (words_.size() - 1);
      words_[at] = slot;
    }
  }
  ++words_used_;
  std::size_t at = slot_of(word);
  while (words_[at].number != none) at = (at + 1) & (words_.size() - 1);
  words_[at] = {word, add(text, place)};
  return words_[at].number;
}

std::uint32_t DistinctCells::number_of_long(std::string_view text, std::uint64_t place) {
  const auto hash = static_cast<std::uint32_t>(hash_text(text));
  std::size_t at = hash & (long_.size() - 1);
  for (; long_[at].number != none; at = (at + 1) & (long_.size() - 1))
    if (long_[at].hash == hash && texts_[long_[at].number] == text) return long_[at].number;
  if (2 * (long_used_ + 1) > long_.size()) {
    std::vector<LongSlot> old(2 * long_.size());
    old.swap(long_);
    for (const LongSlot &slot : old) {
      if (slot.number == none) continue;
      std::size_t free = slot.hash & (long_.size() - 1);
      while (long_[free].number != none) free = (free + 1) & (long_.size() - 1);
      long_[free] = slot;
    }
    at = hash & (long_.size() - 1);
    while (long_[at].number != none) at = (at + 1) & (long_.size() - 1);
  }
  ++long_used_;
  long_[at] = {hash, add(text, place)};
  return long_[at].number;
}

} // namespace steelyard::data
