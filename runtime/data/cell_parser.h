// Reads the text of one cell as a value of a kind that needs no other table, and words what is wrong with a
// cell. Not the storing of values; text and enumerations are looked up by column_reader.
#pragma once
#include "runtime/data/error_codes.h"
#include "runtime/data/schema.h"
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace steelyard::data {

/// A decimal has at most this many digits in units of its scale, so that no arithmetic here can overflow
/// Int128 and a few sums of such values still fit.
inline constexpr int max_decimal_digits = 36;

inline constexpr std::array<std::int64_t, 19> narrow_powers = [] {
  std::array<std::int64_t, 19> powers = {};
  std::int64_t power = 1;
  for (std::size_t i = 0; i < powers.size(); ++i) {
    powers[i] = power;
    if (i + 1 < powers.size()) power *= 10;
  }
  return powers;
}();

/// The common short decimal without an error. False for anything else, which `parse_decimal` then decides.
inline bool parse_short_decimal(std::string_view cell, int scale, std::int64_t &units) {
  const char *at = cell.data();
  const char *end = at + cell.size();
  bool negative = at != end && *at == '-';
  if (negative) ++at;
  if (end - at > 18) return false; // 18 digits fit 64 bits
  std::int64_t value = 0;
  const char *whole = at;
  for (; at != end; ++at) {
    auto digit = static_cast<unsigned>(*at - '0');
    if (digit > 9) break;
    value = value * 10 + static_cast<std::int64_t>(digit);
  }
  if (at == whole) return false;
  int missing = scale;
  if (at != end) {
    if (*at != '.') return false;
    const char *point = at++;
    for (; at != end; ++at) {
      auto digit = static_cast<unsigned>(*at - '0');
      if (digit > 9) return false;
      value = value * 10 + static_cast<std::int64_t>(digit);
    }
    auto decimals = static_cast<int>(at - point) - 1;
    if (decimals == 0 || decimals > scale) return false;
    missing -= decimals;
  }
  if (missing > 18) return false;
  std::int64_t power = narrow_powers[static_cast<std::size_t>(missing)];
  if (__builtin_mul_overflow(value, power, &value)) return false;
  units = negative ? -value : value;
  return true;
}

/// Plain decimal notation: '-' or nothing, digits, and where the scale is above 0 a point with 1 to `scale`
/// digits behind it. Gives units of 10^-scale.
ErrorCode parse_decimal(std::string_view cell, const FieldSchema &field, Int128 &units);

/// YYYY-MM-DD, years 0001 to 9999, as days since 1970-01-01.
ErrorCode parse_date(std::string_view cell, std::int64_t &days);

/// YYYY-MM, years 0001 to 9999, as months since 1970-01.
ErrorCode parse_month(std::string_view cell, std::int64_t &months);

/// Exactly "true" or "false".
ErrorCode parse_boolean(std::string_view cell, std::int64_t &value);

/// A space, tab, no-break space or full-width space at either end.
bool has_blank_around(std::string_view cell);

/// The sentence for a cell of `field` that has the fault `code`. Unknown to it: faults that name other rows.
std::string describe_cell_fault(ErrorCode code, const FieldSchema &field, std::string_view cell);

/// Units of 10^-scale in plain notation: (-5, 2) is "-0.05".
std::string decimal_text(Int128 units, int scale);

} // namespace steelyard::data
