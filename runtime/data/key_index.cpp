// A key of one column whose values lie close together (texts by code, references, enumerations, days) is
// indexed by an array; any other key by a flat hash table of rows.
#include "runtime/data/key_index.h"
#include "runtime/data/text_index.h"
#include <algorithm>

namespace steelyard::data {
namespace {

std::uint64_t hash_value(std::uint64_t hash, Int128 value) {
  auto bits = static_cast<UInt128>(value);
  hash = mix(hash ^ static_cast<std::uint64_t>(bits), 0x9E3779B97F4A7C15U);
  return mix(hash ^ static_cast<std::uint64_t>(bits >> 64), 0xD1B54A32D192ED03U);
}

} // namespace

template<class AnyColumn>
BasicKeyIndex<AnyColumn>::BasicKeyIndex(std::vector<const AnyColumn *> keys, std::size_t rows)
    : keys_(std::move(keys)), rows_(rows) {
  if (keys_.empty() || rows_ == 0) return;
  is_dense_ = build_dense();
  if (!is_dense_) build_hashed();
}

template<class AnyColumn> bool BasicKeyIndex<AnyColumn>::has_key(std::size_t row) const {
  return std::all_of(keys_.begin(), keys_.end(), [row](const AnyColumn *key) { return is_given(*key, row); });
}

template<class AnyColumn> bool BasicKeyIndex<AnyColumn>::build_dense() {
  if (keys_.size() != 1) return false;
  const AnyColumn &key = *keys_[0];
  Int128 low = value_at(key, 0);
  Int128 high = low;
  for (std::size_t row = 1; row < rows_; ++row) {
    low = std::min(low, value_at(key, row));
    high = std::max(high, value_at(key, row));
  }
  Int128 span = high - low + 1;
  if (span > 4 * Int128{rows_} + 1024) return false;
  dense_low_ = low;
  slots_.assign(static_cast<std::size_t>(span), no_row);
  for (std::size_t row = 0; row < rows_; ++row) {
    if (!is_given(key, row)) continue;
    std::uint32_t &slot = slots_[static_cast<std::size_t>(value_at(key, row) - dense_low_)];
    if (slot == no_row) {
      slot = static_cast<std::uint32_t>(row);
    } else {
      repeated_.push_back({static_cast<std::uint32_t>(row), slot});
    }
  }
  return true;
}

template<class AnyColumn> void BasicKeyIndex<AnyColumn>::build_hashed() {
  std::size_t size = 64;
  while (size < 2 * rows_) size *= 2;
  slots_.assign(size, no_row);
  for (std::size_t row = 0; row < rows_; ++row) {
    if (!has_key(row)) continue;
    std::size_t at = hash_of(row) & (size - 1);
    while (slots_[at] != no_row && !same_key(slots_[at], row)) at = (at + 1) & (size - 1);
    if (slots_[at] == no_row) {
      slots_[at] = static_cast<std::uint32_t>(row);
    } else {
      repeated_.push_back({static_cast<std::uint32_t>(row), slots_[at]});
    }
  }
}

template<class AnyColumn> std::uint64_t BasicKeyIndex<AnyColumn>::hash_of(std::size_t row) const {
  std::uint64_t hash = 0;
  for (const AnyColumn *key : keys_) hash = hash_value(hash, value_at(*key, row));
  return hash;
}

template<class AnyColumn> bool BasicKeyIndex<AnyColumn>::same_key(std::size_t a, std::size_t b) const {
  return std::all_of(keys_.begin(), keys_.end(),
                     [a, b](const AnyColumn *key) { return value_at(*key, a) == value_at(*key, b); });
}

template<class AnyColumn> std::optional<std::uint32_t> BasicKeyIndex<AnyColumn>::find(Int128 value) const {
  if (slots_.empty()) return std::nullopt;
  std::uint32_t row = no_row;
  if (is_dense_) {
    Int128 place = value - dense_low_; // cannot overflow: values have at most 36 digits, dense_low_ 64 bits
    if (place >= 0 && place < static_cast<Int128>(slots_.size()))
      row = slots_[static_cast<std::size_t>(place)];
  } else {
    std::size_t mask = slots_.size() - 1;
    std::size_t at = hash_value(0, value) & mask;
    while (slots_[at] != no_row && value_at(*keys_[0], slots_[at]) != value) at = (at + 1) & mask;
    row = slots_[at];
  }
  if (row == no_row) return std::nullopt;
  return row;
}

template class BasicKeyIndex<DraftColumn>;
template class BasicKeyIndex<Column>;

} // namespace steelyard::data
