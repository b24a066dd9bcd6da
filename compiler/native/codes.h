// Codes as numbers: every text that a table knows gets a small number once, and the texts of records are
// looked up as they are read. A text that no table knows has none, and is on no list.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace steelyard::native {

class Codes {
public:
  static constexpr std::int32_t unknown = -1;

  /// The number of a text, made where it is new. `text` must live as long as the codes.
  std::int32_t add(std::string_view text) {
    if ((count_ + 1) * 2 > places_.size()) grow();
    Place &place = places_[place_of(text)];
    if (place.code == unknown) place = Place(text, static_cast<std::int32_t>(count_++));
    return place.code;
  }
  std::int32_t find(std::string_view text) const {
    return places_.empty() ? unknown : places_[place_of(text)].code;
  }
  std::size_t size() const { return count_; }

private:
  /// Half a cache line, with the text itself where it is as short as codes are.
  struct alignas(32) Place {
    static constexpr std::size_t longest = 24;
    Place() = default;
    Place(std::string_view text, std::int32_t number)
        : code(number), length(static_cast<std::uint32_t>(text.size())) {
      if (text.size() <= longest) {
        std::memcpy(bytes, text.data(), text.size());
      } else {
        const char *at = text.data();
        std::memcpy(bytes, &at, sizeof at);
      }
    }
    std::string_view text() const {
      if (length <= longest) return {bytes, length};
      const char *at = nullptr;
      std::memcpy(&at, bytes, sizeof at);
      return {at, length};
    }
    bool is(std::string_view other) const {
      if (other.size() != length) return false;
      if (length > longest) return text() == other;
      return std::memcmp(bytes, other.data(), length) == 0;
    }
    char bytes[longest] = {};
    std::int32_t code = unknown;
    std::uint32_t length = 0;
  };
  static std::uint64_t mixed(std::uint64_t x) {
    x ^= x >> 32U;
    x *= 0xd6e8feb86659fd93U;
    return x ^ (x >> 32U);
  }
  static std::uint64_t hash(std::string_view text) {
    std::uint64_t out = text.size() * 0x9e3779b97f4a7c15U;
    const char *at = text.data();
    std::size_t left = text.size();
    std::uint64_t word = 0;
    for (; left >= 8; left -= 8, at += 8) {
      std::memcpy(&word, at, 8);
      out = mixed(out ^ word) * 0x9e3779b97f4a7c15U;
    }
    word = 0;
    if (left >= 4) {
      std::uint32_t low = 0, high = 0;
      std::memcpy(&low, at, 4);
      std::memcpy(&high, at + left - 4, 4);
      word = low | std::uint64_t{high} << 32U;
    } else {
      for (std::size_t i = 0; i < left; ++i)
        word |= std::uint64_t{static_cast<unsigned char>(at[i])} << (8 * i);
    }
    return mixed(out ^ word);
  }
  /// Where a text is, or is to be.
  std::size_t place_of(std::string_view text) const {
    const std::size_t mask = places_.size() - 1;
    std::size_t at = hash(text) & mask;
    while (places_[at].code != unknown && !places_[at].is(text)) at = (at + 1) & mask;
    return at;
  }
  void grow() {
    std::vector<Place> before = std::move(places_);
    places_.assign(before.empty() ? 1024 : before.size() * 2, Place{});
    for (const Place &place : before)
      if (place.code != unknown) places_[place_of(place.text())] = place;
  }

  std::vector<Place> places_; ///< a power of two, at most half full
  std::size_t count_ = 0;
};

} // namespace steelyard::native
