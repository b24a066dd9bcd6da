// Finds the row of a text among the different texts of a key.
#pragma once
#include "runtime/data/dictionary.h"
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace steelyard::data {

class TextRows {
public:
  /// Indexes the texts, which must outlive the index; false when two are the same.
  bool build(const Dictionary &texts);
  std::optional<std::uint32_t> find(std::string_view text) const;

private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t row = 0xFFFFFFFFU;
  };
  const Dictionary *texts_ = nullptr;
  std::vector<Slot> slots_;
};

} // namespace steelyard::data
