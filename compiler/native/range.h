// Intervals of integers, by which the width of every machine value is chosen.
// What an interval says is a fact about all rows: from the least and greatest
// value of a column, through the arithmetic.
#pragma once
#include "runtime/number/exact.h"
#include <algorithm>
#include <stdexcept>

namespace steelyard::native {

using number::Integer;

/// A pass that cannot be compiled, and why; it is evaluated row by row.
struct CannotLower : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Range {
  Integer low = 0, high = 0;

  bool holds(const Integer &value) const { return low <= value && value <= high; }
  Integer magnitude() const {
    const Integer a = abs(low), b = abs(high);
    return a > b ? a : b;
  }
  bool operator==(const Range &) const = default;
};

inline Range operator+(const Range &a, const Range &b) {
  return {a.low + b.low, a.high + b.high};
}
inline Range operator-(const Range &a, const Range &b) {
  return {a.low - b.high, a.high - b.low};
}
inline Range operator*(const Range &a, const Range &b) {
  const Integer corners[] = {a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high};
  return {*std::min_element(corners, corners + 4), *std::max_element(corners, corners + 4)};
}
inline Range either(const Range &a, const Range &b) {
  return {a.low < b.low ? a.low : b.low, a.high > b.high ? a.high : b.high};
}

/// Bits of a signed integer that holds the range, and the range with its sign turned.
inline unsigned bits_of(const Range &range) {
  return std::max(range.magnitude().bit_length(), 1U) + 1;
}

/// 64, 128 or 256.
inline unsigned width_of(const Range &range) {
  const unsigned bits = bits_of(range);
  if (bits > 256) throw CannotLower("an intermediate value beyond 256 bits");
  return bits <= 64 ? 64 : bits <= 128 ? 128 : 256;
}

/// Widened so that other data of the same kind meets the same range, and the
/// same machine code: the bit length rounded up to a multiple of 4, the sign
/// kept.
inline Range bucket(const Range &range) {
  const auto widened = [](const Integer &value) {
    if (value <= 0) return Integer(0);
    return (Integer(1) << ((value.bit_length() + 3) / 4 * 4)) - 1;
  };
  Range out{range.low > 0 ? Integer(1) : Integer(-widened(Integer(-range.low))), widened(range.high)};
  return out;
}

} // namespace steelyard::native
