// Codes as numbers: every text that a table knows gets a small number once, and the texts of records are
// looked up as they are read. A text that no table knows has none, and is on no list.
#pragma once
#include "compiler/native/large_array.h"
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace steelyard::native {

/// Masks of the bytes of two words that belong to a text, by its length.
struct KeptBytes {
  std::uint64_t first = 0, second = 0;
};
constexpr std::uint64_t kept_bytes(std::size_t count) {
  if (count >= 8) return ~std::uint64_t{0};
  const std::uint64_t low = (std::uint64_t{1} << (8 * count)) - 1;
  return std::endian::native == std::endian::little || count == 0 ? low : low << (64 - 8 * count);
}
inline constexpr std::array<KeptBytes, 17> kept_bytes_of = [] {
  std::array<KeptBytes, 17> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = {kept_bytes(i), i > 8 ? kept_bytes(i - 8) : 0};
  return out;
}();

/// A text with its first 16 bytes as two words, zeros behind its end: most codes are no longer.
struct CodeKey {
  static constexpr std::size_t width = 16;
  const char *at = nullptr;
  std::uint64_t first = 0, second = 0;
  std::uint64_t hash = 0;
  std::uint32_t length = 0;

  CodeKey() = default;
  /// `readable`: how many bytes can be read at the text's begin, at least its own.
  CodeKey(std::string_view text, std::size_t readable)
      : at(text.data()), length(static_cast<std::uint32_t>(text.size())) {
    if (readable >= width) {
      std::memcpy(&first, at, 8);
      std::memcpy(&second, at + 8, 8);
      const KeptBytes &kept = kept_bytes_of[length < width ? length : width];
      first &= kept.first;
      second &= kept.second;
    } else if (!text.empty()) {
      std::memcpy(&first, at, text.size() < 8 ? text.size() : 8);
      if (text.size() > 8) std::memcpy(&second, at + 8, text.size() < width ? text.size() - 8 : 8);
    }
    hash = mixed(first * 0x9e3779b97f4a7c15U ^ std::rotl(second * 0xd6e8feb86659fd93U, 32) ^ length);
    if (length > width) hash_rest();
  }
  explicit CodeKey(std::string_view text) : CodeKey(text, text.size()) {}
  std::string_view text() const { return {at, length}; }

private:
  static std::uint64_t mixed(std::uint64_t x) {
    x ^= x >> 32U;
    x *= 0xd6e8feb86659fd93U;
    return x ^ (x >> 32U);
  }
  void hash_rest() {
    for (std::size_t i = width; i < length; i += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at + i, length - i < 8 ? length - i : 8);
      hash = mixed((hash ^ word) * 0x9e3779b97f4a7c15U);
    }
  }
};

class Codes {
public:
  static constexpr std::int32_t unknown = -1;

  /// The number of a text, made where it is new. `text` must live as long as the codes.
  std::int32_t add(std::string_view text) { return add(CodeKey(text)); }
  std::int32_t add(const CodeKey &key) {
    if ((count_ + 1) * 2 > places_.size()) grow();
    Place &place = places_[place_of(key)];
    if (place.code == unknown) {
      place = {key.first, key.second, key.at, key.length, static_cast<std::int32_t>(count_++)};
      texts_.push_back(key.text());
    }
    return place.code;
  }
  std::int32_t find(const CodeKey &key) const {
    return places_.size() == 0 ? unknown : places_[place_of(key)].code;
  }
  std::int32_t find(std::string_view text) const { return find(CodeKey(text)); }
  /// Fetches what `find` will read.
  void prefetch(const CodeKey &key) const {
    if (places_.size() != 0) __builtin_prefetch(&places_[key.hash & (places_.size() - 1)]);
  }
  std::size_t size() const { return count_; }
  std::string_view text(std::int32_t code) const { return texts_[static_cast<std::size_t>(code)]; }

private:
  /// Half a cache line.
  struct alignas(32) Place {
    std::uint64_t first = 0, second = 0;
    const char *at = nullptr;
    std::uint32_t length = 0;
    std::int32_t code = unknown;
    bool is(const CodeKey &key) const {
      if (first != key.first || second != key.second || length != key.length) return false;
      return length <= CodeKey::width || std::memcmp(at, key.at, length) == 0;
    }
  };
  /// Where a text is, or is to be.
  std::size_t place_of(const CodeKey &key) const {
    const std::size_t mask = places_.size() - 1;
    std::size_t at = key.hash & mask;
    while (places_[at].code != unknown && !places_[at].is(key)) at = (at + 1) & mask;
    return at;
  }
  void grow() {
    LargeArray<Place> before = std::move(places_);
    places_ = {};
    places_.assign(before.size() == 0 ? 16384 : before.size() * 2);
    for (const Place &place : before)
      if (place.code != unknown) places_[place_of(CodeKey(std::string_view(place.at, place.length)))] = place;
  }

  LargeArray<Place> places_;            ///< a power of two, at most half full
  std::vector<std::string_view> texts_; ///< by number
  std::size_t count_ = 0;
};

} // namespace steelyard::native
