// A flat hash map from text to its index in a vector of distinct texts. Not an owner of the texts: the vector
// is the caller's, so that it can become the dictionary of a column as it is.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace steelyard::data {

__extension__ typedef unsigned __int128 UInt128;

/// Multiplies to 128 bits and folds the halves: every input bit reaches every output bit.
inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  UInt128 product = static_cast<UInt128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline std::uint64_t hash_text(std::string_view text) {
  constexpr std::uint64_t seed = 0x9E3779B97F4A7C15U;
  auto load = [](const char *from, std::size_t size) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, size);
    return word;
  };
  const char *at = text.data();
  std::size_t left = text.size();
  std::uint64_t hash = seed ^ left;
  while (left > 16) {
    hash = mix(load(at, 8) ^ hash, load(at + 8, 8) ^ seed);
    at += 16;
    left -= 16;
  }
  // The rest, at most 16 bytes, as two words that may overlap: no loop over single bytes.
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  if (left >= 8) {
    first = load(at, 8);
    second = load(at + left - 8, 8);
  } else if (left >= 4) {
    first = load(at, 4);
    second = load(at + left - 4, 4);
  } else if (left > 0) {
    first = static_cast<unsigned char>(at[0]);
    second = static_cast<std::uint64_t>(static_cast<unsigned char>(at[left / 2])) << 8U |
             static_cast<unsigned char>(at[left - 1]);
  }
  return mix(first ^ hash, second ^ 0xD1B54A32D192ED03U);
}

class TextIndex {
public:
  static constexpr std::uint32_t absent = 0xFFFFFFFFU;

  /// The index of `text` in `texts`, or `absent`.
  std::uint32_t find(std::string_view text, const std::vector<std::string> &texts) const {
    if (slots_.empty()) return absent;
    std::uint64_t hash = hash_text(text);
    for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
      const Slot &slot = slots_[at];
      if (slot.code == absent) return absent;
      if (slot.hash == tag(hash) && texts[slot.code] == text) return slot.code;
    }
  }

  /// The index of `text` in `texts`, where it is added when it is new.
  std::uint32_t intern(std::string_view text, std::vector<std::string> &texts) {
    return intern(text, hash_text(text), texts);
  }
  /// The same for a caller that has the hash already.
  std::uint32_t intern(std::string_view text, std::uint64_t hash, std::vector<std::string> &texts) {
    if (2 * (used_ + 1) > slots_.size()) grow(slots_.empty() ? 64 : 2 * slots_.size());
    for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
      Slot &slot = slots_[at];
      if (slot.code == absent) {
        slot = Slot{tag(hash), static_cast<std::uint32_t>(texts.size())};
        texts.emplace_back(text);
        ++used_;
        return slot.code;
      }
      if (slot.hash == tag(hash) && texts[slot.code] == text) return slot.code;
    }
  }

  /// Fetches into the cache what `intern` will read first for `hash`; an index of a million texts is larger
  /// than the cache, and waiting for it text by text is most of the time of reading a key.
  void prefetch_slot(std::uint64_t hash) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[hash & mask_]);
  }
  /// The second step, once the slot is there: the text that it names.
  void prefetch_text(std::uint64_t hash, const std::vector<std::string> &texts) const {
    if (slots_.empty()) return;
    const Slot &slot = slots_[hash & mask_];
    if (slot.code != absent && slot.hash == tag(hash)) __builtin_prefetch(&texts[slot.code]);
  }

  /// Makes room for `count` texts at once, for a column that turns out to be nearly unique.
  void reserve(std::size_t count) {
    std::size_t wanted = 64;
    while (wanted < 2 * (count + 1)) wanted *= 2;
    if (wanted > slots_.size()) grow(wanted);
  }
  std::size_t size() const { return used_; }

private:
  /// The low half of the hash is kept, so that growing does not read the texts again.
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t code = absent;
  };
  static std::uint32_t tag(std::uint64_t hash) { return static_cast<std::uint32_t>(hash); }

  void grow(std::size_t size) {
    std::vector<Slot> old(size);
    old.swap(slots_);
    mask_ = (size - 1) & 0xFFFFFFFFU;
    for (const Slot &slot : old) {
      if (slot.code == absent) continue;
      std::size_t at = slot.hash & mask_;
      while (slots_[at].code != absent) at = (at + 1) & mask_;
      slots_[at] = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::size_t used_ = 0;
};

} // namespace steelyard::data
