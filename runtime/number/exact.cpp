// Rational arithmetic, rounding and square roots on cpp_int. Nearly every number of a claim fits one 64-bit
// limb, so the short ways below are for that size; each has the general way beside it.
#include "runtime/number/exact.h"

#include <array>
#include <map>
#include <mutex>
#include <stdexcept>

namespace steelyard::number {
namespace {

constexpr int kept_powers = 64;

/// The only limb of a value that has one; the sign is not looked at.
bool single_limb(const Integer &value, std::uint64_t &limb) {
  static_assert(sizeof(boost::multiprecision::limb_type) == sizeof(std::uint64_t));
  const auto &backend = value.backend();
  limb = *backend.limbs();
  return backend.size() == 1;
}

bool is_one(const Integer &positive) {
  std::uint64_t limb = 0;
  return single_limb(positive, limb) && limb == 1;
}

/// large / small when that leaves nothing over, for positive numbers; otherwise zero.
Integer exact_quotient(const Integer &large, const Integer &small) {
  std::uint64_t large_limb = 0, small_limb = 0;
  if (single_limb(large, large_limb) && single_limb(small, small_limb))
    return large_limb % small_limb == 0 ? Integer(large_limb / small_limb) : Integer();
  Integer quotient, rest;
  boost::multiprecision::divide_qr(large, small, quotient, rest);
  return rest.is_zero() ? quotient : Integer();
}

/// What truncation threw away, against half a unit of the last place kept.
enum class Lost : std::uint8_t { nothing, below_half, half, above_half };

Lost lost_part(int compared_with_half) {
  return compared_with_half < 0 ? Lost::below_half : compared_with_half > 0 ? Lost::above_half : Lost::half;
}

/// Does the truncated magnitude go one up? `odd` and `negative` are those of the truncated value.
bool rounds_away(Rounding mode, Lost lost, bool odd, bool negative) {
  if (lost == Lost::nothing) return false;
  switch (mode) {
  case Rounding::half_up:
    return lost != Lost::below_half;
  case Rounding::half_even:
    return lost == Lost::above_half || (lost == Lost::half && odd);
  case Rounding::half_down:
    return lost == Lost::above_half;
  case Rounding::down:
    return false;
  case Rounding::up:
    return true;
  case Rounding::floor:
    return negative;
  case Rounding::ceiling:
    return !negative;
  }
  throw std::domain_error("not a rounding mode");
}

bool is_odd(const Integer &value) {
  return (*value.backend().limbs() & 1U) != 0;
}

} // namespace

const Integer &power_of_ten(int exponent) {
  static const std::array<Integer, kept_powers> table = [] {
    std::array<Integer, kept_powers> powers;
    powers[0] = 1;
    for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
    return powers;
  }();
  if (exponent < 0) throw std::domain_error("a power of ten below one is not an integer");
  if (exponent < kept_powers) return table[static_cast<std::size_t>(exponent)];
  // Rare. A map, because its elements stay where they are when others come in: the reference lasts.
  static std::mutex lock;
  static std::map<int, Integer> larger;
  const std::scoped_lock held(lock);
  if (const auto kept = larger.find(exponent); kept != larger.end()) return kept->second;
  Integer power = table[static_cast<std::size_t>(exponent % kept_powers)];
  const Integer step = table.back() * 10;
  for (int done = exponent % kept_powers; done < exponent; done += kept_powers) power *= step;
  return larger.emplace(exponent, std::move(power)).first->second;
}

Exact::Exact(const Decimal &value) : num_(value.units), den_(power_of_ten(value.scale)) {}

Exact::Exact(Integer num, Integer den) : num_(std::move(num)), den_(std::move(den)) {
  if (den_.is_zero()) throw std::domain_error("a denominator of zero");
  if (den_.sign() < 0) {
    num_.backend().negate();
    den_.backend().negate();
  }
}

Exact Exact::reduced() const {
  Integer common;
  eval_gcd(common.backend(), num_.backend(), den_.backend());
  if (is_one(common)) return *this;
  return {Integer(num_ / common), Integer(den_ / common)};
}

template<bool subtract> Exact &Exact::accumulate(const Exact &other) {
  const auto put = [this](const Integer &term) {
    if constexpr (subtract)
      num_ -= term;
    else
      num_ += term;
  };
  if (den_ == other.den_) {
    put(other.num_);
    return *this;
  }
  const bool mine_is_larger = den_ > other.den_;
  const Integer factor = mine_is_larger ? exact_quotient(den_, other.den_) : exact_quotient(other.den_, den_);
  if (factor.is_zero()) {
    num_ *= other.den_;
    put(other.num_ * den_);
    den_ *= other.den_;
  } else if (mine_is_larger) {
    put(other.num_ * factor);
  } else {
    num_ *= factor;
    put(other.num_);
    den_ = other.den_;
  }
  return *this;
}

Exact &Exact::operator+=(const Exact &other) {
  return accumulate<false>(other);
}
Exact &Exact::operator-=(const Exact &other) {
  return accumulate<true>(other);
}

Exact &Exact::operator*=(const Exact &other) {
  num_ *= other.num_;
  if (!is_one(other.den_)) den_ *= other.den_;
  return *this;
}

Exact &Exact::operator/=(const Exact &other) {
  *this = *this / other;
  return *this;
}

Exact operator+(const Exact &a, const Exact &b) {
  Exact result = a;
  result += b;
  return result;
}

Exact operator-(const Exact &a, const Exact &b) {
  Exact result = a;
  result -= b;
  return result;
}

Exact operator*(const Exact &a, const Exact &b) {
  Exact result = a;
  result *= b;
  return result;
}

Exact operator/(const Exact &a, const Exact &b) {
  if (b.is_zero()) throw std::domain_error("division by zero");
  if (a.den_ == b.den_) return {a.num_, b.num_};
  return {Integer(a.num_ * b.den_), Integer(a.den_ * b.num_)};
}

Exact Exact::operator-() const {
  Exact result = *this;
  result.num_.backend().negate();
  return result;
}

std::strong_ordering operator<=>(const Exact &a, const Exact &b) {
  if (a.num_.sign() != b.num_.sign()) return a.num_.sign() <=> b.num_.sign();
  if (a.den_ == b.den_) return a.num_.compare(b.num_) <=> 0;
  return Integer(a.num_ * b.den_).compare(Integer(b.num_ * a.den_)) <=> 0;
}

bool operator==(const Exact &a, const Exact &b) {
  return std::is_eq(a <=> b);
}

Exact abs(const Exact &value) {
  return value.sign() < 0 ? -value : value;
}

Decimal round(const Exact &value, int scale, Rounding mode) {
  const Integer &power = power_of_ten(scale);
  if (value.den() == power) return {value.num(), scale};
  if (is_one(value.den())) return {Integer(value.num() * power), scale};
  Integer units, rest;
  boost::multiprecision::divide_qr(Integer(value.num() * power), value.den(), units, rest);
  if (rest.is_zero()) return {std::move(units), scale};
  // The quotient is truncated, so the rest has the sign of the value; a quotient of zero has lost it.
  const bool negative = rest.sign() < 0;
  if (negative) rest.backend().negate();
  rest <<= 1;
  if (rounds_away(mode, lost_part(rest.compare(value.den())), is_odd(units), negative)) {
    if (negative)
      --units;
    else
      ++units;
  }
  return {std::move(units), scale};
}

Decimal round_root(const Exact &value, int scale, Rounding mode) {
  if (value.sign() < 0) throw std::domain_error("the square root of a negative number");
  // The wanted root in units of 10^-scale is that of quotient + rest/den, and its floor that of the quotient.
  Integer quotient, rest;
  boost::multiprecision::divide_qr(Integer(value.num() * power_of_ten(2 * scale)), value.den(), quotient,
                                   rest);
  Integer units, above_square;
  units = boost::multiprecision::sqrt(quotient, above_square);
  Lost lost = Lost::nothing;
  if (!above_square.is_zero() || !rest.is_zero()) {
    // (units + 1/2)^2 = units^2 + units + 1/4: the integers decide, and if they are equal rest/den against
    // 1/4.
    const int compared = above_square.compare(units);
    lost = lost_part(compared != 0 ? compared : Integer(rest << 2).compare(value.den()));
  }
  if (rounds_away(mode, lost, is_odd(units), false)) ++units;
  return {std::move(units), scale};
}

bool fits_scale(const Exact &value, int scale) {
  const Integer &power = power_of_ten(scale);
  return is_one(value.den()) || value.den() == power || Integer(value.num() * power % value.den()).is_zero();
}

} // namespace steelyard::number
