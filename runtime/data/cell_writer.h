// Writes values as cells of a result file, into memory that has room for them.
#pragma once
#include "runtime/data/schema.h"
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace steelyard::data {

/// The longest number: a sign, 39 digits, a point.
inline constexpr std::size_t longest_number = 48;

/// Writes units of 10^-scale with all decimals, and returns the end of what was written. There must be room
/// for `longest_number` bytes, or for scale + 4.
char *write_number(char *out, Int128 units, int scale);

/// Numbers that come again and again, as those do that are the same for a whole group: written once, then
/// copied.
class NumberWriter {
public:
  char *write(char *out, std::int64_t units, int scale) {
    Known &known = known_[(static_cast<std::uint64_t>(units) * 0x9E3779B97F4A7C15U) >> 54U];
    if (known.units != units || known.scale != scale) {
      char text[2 * longest_number];
      const auto size = static_cast<std::size_t>(write_number(text, units, scale) - text);
      if (size > sizeof known.text) {
        std::memcpy(out, text, size);
        return out + size;
      }
      known.units = units;
      known.scale = static_cast<std::int8_t>(scale);
      known.size = static_cast<std::uint8_t>(size);
      std::memcpy(known.text, text, sizeof known.text);
    }
    std::memcpy(out, known.text, sizeof known.text); // more than there is, but at once
    return out + known.size;
  }

private:
  struct Known {
    std::int64_t units = 0;
    std::int8_t scale = -1;
    std::uint8_t size = 0;
    char text[22] = {};
  };
  std::array<Known, 1024> known_;
};

/// True when no text among these bytes needs quotation marks in a cell, wherever texts begin and end.
bool never_needs_quotes(std::string_view bytes);

} // namespace steelyard::data
