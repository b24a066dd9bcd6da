// Writes values as cells of a result file, into memory that has room for them.
#pragma once
#include "runtime/data/schema.h"
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace steelyard::data {

/// The longest number: a sign, 39 digits, a point.
inline constexpr std::size_t longest_number = 48;

/// Writes units of 10^-scale with all decimals, and returns the end of what was written. There must be room
/// for `longest_number` bytes, or for scale + 4.
char *write_number(char *out, Int128 units, int scale);

/// The eight digits of a number below 10^8, the first in the lowest byte, as numbers. Pairs of four, two and
/// one digits are parted side by side in one word.
inline std::uint64_t eight_digits(std::uint64_t value) {
  const std::uint64_t fours = value / 10'000 + ((value % 10'000) << 32U);
  const std::uint64_t hundreds = ((fours * 10'486) >> 20U) & 0x0000'007F'0000'007FU;
  const std::uint64_t twos = hundreds + ((fours - 100 * hundreds) << 16U);
  const std::uint64_t tens = ((twos * 103) >> 10U) & 0x000F'000F'000F'000FU;
  return tens + ((twos - 10 * tens) << 8U);
}
inline constexpr std::uint64_t zeros = 0x3030'3030'3030'3030U;

/// How many of eight digits are zeros before the number begins; its last digit is not one of them.
inline unsigned leading_zeros(std::uint64_t digits) {
  return static_cast<unsigned>(std::countr_zero(digits | (std::uint64_t{1} << 56U))) / 8;
}
inline void put_word(char *out, std::uint64_t word) {
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  std::memcpy(out, &word, sizeof word);
}

/// Numbers, of which many are the same as the one before them.
class NumberWriter {
public:
  /// There must be room for `longest_number` + scale bytes.
  char *write(char *out, std::int64_t units, int scale) {
    if (units != units_ || scale != scale_) [[likely]]
      take(units, scale);
    if (!is_short_) [[unlikely]]
      return write_number(out, units, scale);
    *out = '-';
    out += is_negative_;
    put_word(out, whole_);
    out += whole_size_;
    *out = '.';
    put_word(out + 1, decimals_);
    return out + decimals_size_;
  }

private:
  /// Short: at most eight digits before the point and eight behind it, in a usual number.
  void take(std::int64_t units, int scale) {
    units_ = units;
    scale_ = scale;
    is_negative_ = units < 0;
    const std::uint64_t size =
        units < 0 ? -static_cast<std::uint64_t>(units) : static_cast<std::uint64_t>(units);
    switch (scale) {
    case 0:
      return part<1>(size, 0);
    case 2:
      return part<100>(size, 2);
    case 4:
      return part<10'000>(size, 4);
    case 8:
      return part<100'000'000>(size, 8);
    default:
      is_short_ = false;
    }
  }
  template<std::uint64_t One> void part(std::uint64_t size, unsigned scale) {
    const std::uint64_t whole = size / One;
    is_short_ = whole < 100'000'000;
    const std::uint64_t digits = eight_digits(whole);
    const unsigned leading = leading_zeros(digits);
    whole_ = (digits + zeros) >> 8 * leading;
    whole_size_ = 8 - leading;
    decimals_size_ = scale == 0 ? 0 : scale + 1;
    if constexpr (One > 1) decimals_ = (eight_digits(size % One) + zeros) >> 8 * (8 - scale);
  }

  std::int64_t units_ = 0;
  int scale_ = -1;
  bool is_short_ = false, is_negative_ = false;
  unsigned whole_size_ = 0, decimals_size_ = 0;
  std::uint64_t whole_ = 0, decimals_ = 0; ///< as text
};

/// Whether a text as a cell of a result file needs quotation marks.
bool needs_quotes(std::string_view text);
/// How much room `write_cell` needs.
inline std::size_t room_of_cell(std::string_view text) {
  return 2 * text.size() + 2;
}
/// Writes a text as a cell, in quotation marks where it needs them, and returns the end of what was written.
char *write_cell(char *out, std::string_view text);

/// True when no text among these bytes needs quotation marks in a cell, wherever texts begin and end.
bool never_needs_quotes(std::string_view bytes);

} // namespace steelyard::data
