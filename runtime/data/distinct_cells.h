// The distinct cells of a column as one thread meets them, numbered in that order. A cell of at most eight
// bytes is looked for as one word, without a look at its text.
#pragma once
#include "runtime/data/dictionary.h"
#include "runtime/data/text_index.h"
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace steelyard::data {

class DistinctCells {
public:
  DistinctCells() : words_(64), long_(64) {}

  /// The number of the cell; `place` is where it stands, and is kept when the cell is new. Cells hold no NUL
  /// byte. Eight bytes can be read at `cell`, also where it has fewer.
  std::uint32_t number_of(const char *cell, std::size_t size, std::uint64_t place) {
    if (size > 8) return number_of_long({cell, size}, place);
    std::uint64_t word = 0;
    std::memcpy(&word, cell, 8);
    word &= size == 0 ? 0 : ~std::uint64_t{0} >> (64 - 8 * size);
    for (std::size_t at = slot_of(word);; at = (at + 1) & (words_.size() - 1)) {
      const WordSlot &slot = words_[at];
      if (slot.word == word && slot.number != none) return slot.number;
      if (slot.number == none) return add_word(word, {cell, size}, place);
    }
  }

  std::size_t size() const { return texts_.size(); }
  std::string_view text(std::size_t number) const { return texts_[number]; }
  /// Where the cell stood first.
  std::uint64_t first_place(std::size_t number) const { return places_[number]; }
  Dictionary &texts() { return texts_; }

private:
  static constexpr std::uint32_t none = 0xFFFFFFFFU;
  struct WordSlot {
    std::uint64_t word = 0;
    std::uint32_t number = none;
  };
  struct LongSlot {
    std::uint32_t hash = 0;
    std::uint32_t number = none;
  };

  std::size_t slot_of(std::uint64_t word) const {
    return static_cast<std::size_t>(mix(word, 0x9E3779B97F4A7C15U)) & (words_.size() - 1);
  }
  std::uint32_t add(std::string_view text, std::uint64_t place);
  std::uint32_t add_word(std::uint64_t word, std::string_view text, std::uint64_t place);
  std::uint32_t number_of_long(std::string_view text, std::uint64_t place);

  std::vector<WordSlot> words_;
  std::size_t words_used_ = 0;
  std::vector<LongSlot> long_;
  std::size_t long_used_ = 0;
  Dictionary texts_;
  std::vector<std::uint64_t> places_;
};

} // namespace steelyard::data
