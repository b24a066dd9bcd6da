// Exact numbers: an integer numerator over an integer denominator, and the decimals that come out of one
// rounding. Nothing here is approximate, and nothing here knows units (see compiler/semantics) or columns.
#pragma once
#include "runtime/number/integer.h"
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace steelyard::number {

/// How a value between two neighbours of a scale is decided. `half_up` is half away from zero; `down` is
/// towards zero; `floor` and `ceiling` are towards minus and plus infinity.
enum class Rounding : std::uint8_t { half_up, half_even, down, floor, ceiling, up, half_down };

/// 10^exponent, exponent >= 0. The first 64 are a table; a larger one is kept, behind a lock, once it was
/// asked for.
const Integer &power_of_ten(int exponent);

/// A decimal: units x 10^-scale. `scale` is >= 0 and is part of the text form (1.50 has scale 2), not of the
/// value.
struct Decimal {
  Integer units = 0;
  int scale = 0;
};

/// A rational number. Invariant: den > 0. Arithmetic does not reduce (no gcd): values live from one rounding
/// to the next, so they stay small; `reduced` is there for printing. A sum takes the larger denominator when
/// the other divides it, so summing columns of different scales does not make the denominator grow either.
///
/// A broken precondition, here and below, throws std::domain_error: it is a defect of the caller, not of the
/// data.
class Exact {
public:
  Exact() = default; ///< zero
  Exact(std::int64_t value) : num_(value) {}
  explicit Exact(Integer value) : num_(std::move(value)) {}
  explicit Exact(const Decimal &value);
  /// Precondition: den != 0. A negative den is moved to the numerator.
  Exact(Integer num, Integer den);

  const Integer &num() const { return num_; }
  const Integer &den() const { return den_; }
  bool is_zero() const { return num_.is_zero(); }
  int sign() const { return num_.sign(); }
  Exact reduced() const;

  friend Exact operator+(const Exact &a, const Exact &b);
  friend Exact operator-(const Exact &a, const Exact &b);
  friend Exact operator*(const Exact &a, const Exact &b);
  /// Precondition: b is not zero; the caller reports a division by zero in its own terms.
  friend Exact operator/(const Exact &a, const Exact &b);
  Exact operator-() const;
  /// As the operators above, in place: a running sum needs no temporary.
  Exact &operator+=(const Exact &other);
  Exact &operator-=(const Exact &other);
  Exact &operator*=(const Exact &other);
  Exact &operator/=(const Exact &other);
  friend std::strong_ordering operator<=>(const Exact &a, const Exact &b);
  friend bool operator==(const Exact &a, const Exact &b);

private:
  template<bool subtract> Exact &accumulate(const Exact &other);

  Integer num_ = 0;
  Integer den_ = 1;
};

Exact abs(const Exact &value);

/// `value` rounded once to `scale` decimals (scale >= 0).
Decimal round(const Exact &value, int scale, Rounding mode);

/// The square root of `value` (>= 0) rounded once, from the exact root, to `scale` decimals.
Decimal round_root(const Exact &value, int scale, Rounding mode);

/// True when `value` is a whole multiple of 10^-scale.
bool fits_scale(const Exact &value, int scale);

/// Plain notation with exactly `scale` decimals: "-0.05", "12", "3.10". No exponent, no plus sign, no "-0".
std::string to_text(const Decimal &value);

/// A finite decimal as its shortest plain notation ("0.125", "3"); any other value as its reduced fraction
/// "2/3".
std::string to_text(const Exact &value);

/// Plain decimal notation: optional sign '-' (or '+'), digits, optionally '.' and digits; nothing else, no
/// blanks. The scale is the number of decimals written. Empty when the text is not such a number.
std::optional<Decimal> parse_decimal(std::string_view text);

} // namespace steelyard::number
