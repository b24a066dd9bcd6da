// Rational arithmetic, rounding and square roots.
#include "runtime/number/exact.h"

#include <array>
#include <map>
#include <mutex>
#include <stdexcept>

namespace steelyard::number {
namespace {

constexpr int kept_powers = 64;

/// large / small when that leaves nothing over, for positive numbers; otherwise zero.
Integer exact_quotient(const Integer &large, const Integer &small) {
  Integer::Division division = divide(large, small);
  return division.rest.is_zero() ? std::move(division.quotient) : Integer();
}

/// What truncation threw away, against half a unit of the last place kept.
enum class Lost : std::uint8_t { nothing, below_half, half, above_half };

Lost lost_part(std::strong_ordering compared_with_half) {
  if (std::is_eq(compared_with_half)) return Lost::half;
  return std::is_lt(compared_with_half) ? Lost::below_half : Lost::above_half;
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
    num_ = -num_;
    den_ = -den_;
  }
}

Exact Exact::reduced() const {
  const Integer common = gcd(num_, den_);
  if (common == 1) return *this;
  return {num_ / common, den_ / common};
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
  if (other.den_ != 1) den_ *= other.den_;
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
  return {a.num_ * b.den_, a.den_ * b.num_};
}

Exact Exact::operator-() const {
  Exact result = *this;
  result.num_ = -result.num_;
  return result;
}

std::strong_ordering operator<=>(const Exact &a, const Exact &b) {
  if (a.num_.sign() != b.num_.sign()) return a.num_.sign() <=> b.num_.sign();
  if (a.den_ == b.den_) return a.num_ <=> b.num_;
  return a.num_ * b.den_ <=> b.num_ * a.den_;
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
  if (value.den() == 1) return {value.num() * power, scale};
  auto [units, rest] = divide(value.num() * power, value.den());
  if (rest.is_zero()) return {std::move(units), scale};
  // The quotient is truncated, so the rest has the sign of the value; a quotient of zero has lost it.
  const bool negative = rest.sign() < 0;
  if (negative) rest = -rest;
  const Lost lost = lost_part(rest <=> value.den() - rest);
  if (rounds_away(mode, lost, units.is_odd(), negative)) units += negative ? -1 : 1;
  return {std::move(units), scale};
}

Decimal round_root(const Exact &value, int scale, Rounding mode) {
  if (value.sign() < 0) throw std::domain_error("the square root of a negative number");
  // The wanted root in units of 10^-scale is that of quotient + rest/den, and its floor that of the quotient.
  const auto [quotient, rest] = divide(value.num() * power_of_ten(2 * scale), value.den());
  auto [units, above_square] = square_root(quotient);
  Lost lost = Lost::nothing;
  if (!above_square.is_zero() || !rest.is_zero()) {
    // (units + 1/2)^2 = units^2 + units + 1/4: the integers decide, and if they are equal rest/den against
    // 1/4.
    const std::strong_ordering compared = above_square <=> units;
    lost = lost_part(std::is_neq(compared) ? compared : rest * 4 <=> value.den());
  }
  if (rounds_away(mode, lost, units.is_odd(), false)) ++units;
  return {std::move(units), scale};
}

bool fits_scale(const Exact &value, int scale) {
  const Integer &power = power_of_ten(scale);
  return value.den() == 1 || value.den() == power || (value.num() * power % value.den()).is_zero();
}

} // namespace steelyard::number
