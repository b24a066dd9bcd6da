// Finding rows: by position in a dense domain, else by open addressing.
#include "runtime/engine/key_table.h"
#include "runtime/data/text_index.h"
#include <algorithm>

namespace steelyard::engine {

namespace {
constexpr std::int64_t most_positions = std::int64_t{1} << 22;
}

KeyTable::KeyTable(std::vector<Domain> domains) : domains_(std::move(domains)) {
  std::int64_t positions = 1;
  dense_ = true;
  for (const Domain &domain : domains_) {
    if (domain.size <= 0 || domain.size > most_positions / positions) {
      dense_ = false;
      break;
    }
    positions *= domain.size;
  }
  slots_.assign(dense_ ? static_cast<std::size_t>(positions) : 64, -1);
}

std::int64_t KeyTable::position_of(const std::int64_t *key) const {
  std::int64_t position = 0;
  for (std::size_t i = 0; i < domains_.size(); ++i) {
    const std::int64_t code = key[i] - domains_[i].low;
    if (code < 0 || code >= domains_[i].size) return -1;
    position = position * domains_[i].size + code;
  }
  return position;
}

std::size_t KeyTable::slot_of(const std::int64_t *key) const {
  std::uint64_t hash = 0x9E3779B97F4A7C15U;
  for (std::size_t i = 0; i < domains_.size(); ++i)
    hash = data::mix(hash ^ static_cast<std::uint64_t>(key[i]), 0xD1B54A32D192ED03U);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = hash & mask;; slot = (slot + 1) & mask) {
    const std::int32_t row = slots_[slot];
    if (row < 0) return slot;
    if (std::equal(key, key + domains_.size(),
                   codes_.begin() + static_cast<std::ptrdiff_t>(row * domains_.size())))
      return slot;
  }
}

int KeyTable::find(const std::int64_t *key) const {
  if (!dense_) return slots_[slot_of(key)];
  const std::int64_t position = position_of(key);
  return position < 0 ? -1 : slots_[static_cast<std::size_t>(position)];
}

void KeyTable::grow() {
  slots_.assign(slots_.size() * 2, -1);
  for (std::size_t row = 0; row < size_; ++row)
    slots_[slot_of(&codes_[row * domains_.size()])] = static_cast<std::int32_t>(row);
}

int KeyTable::add(const std::int64_t *key) {
  if (!dense_ && 2 * (size_ + 1) > slots_.size()) grow();
  std::size_t slot = 0;
  if (dense_) {
    const std::int64_t position = position_of(key);
    if (position < 0) return -1; // outside the domain: the reader has refused such data
    slot = static_cast<std::size_t>(position);
  } else {
    slot = slot_of(key);
  }
  if (slots_[slot] < 0) {
    slots_[slot] = static_cast<std::int32_t>(size_++);
    codes_.insert(codes_.end(), key, key + domains_.size());
  }
  return slots_[slot];
}

int KeyTable::add_at(std::int64_t position) {
  std::int32_t &slot = slots_[static_cast<std::size_t>(position)];
  if (slot >= 0) return slot;
  slot = static_cast<std::int32_t>(size_++);
  codes_.resize(size_ * domains_.size());
  for (std::size_t i = domains_.size(); i-- > 0;) {
    codes_[(size_ - 1) * domains_.size() + i] = domains_[i].low + position % domains_[i].size;
    position /= domains_[i].size;
  }
  return slot;
}

} // namespace steelyard::engine
