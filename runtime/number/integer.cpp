// Integers beyond 128 bits, and what is not worth a short way: everything that needs Boost.Multiprecision.
#include "runtime/number/integer.h"
#include <algorithm>
#include <bit>
#include <boost/multiprecision/cpp_int.hpp> // before anything that may undefine its names
#include <stdexcept>

namespace steelyard::number {

namespace {

using Wide = boost::multiprecision::cpp_int;
__extension__ using UInt128 = unsigned __int128;

constexpr Int128 greatest = static_cast<Int128>(~UInt128{0} >> 1);
constexpr Int128 least = -greatest - 1;

UInt128 magnitude(Int128 value) {
  return value < 0 ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

Wide positive(UInt128 value) {
  Wide out = static_cast<std::uint64_t>(value >> 64);
  out <<= 64;
  return out += static_cast<std::uint64_t>(value);
}

int trailing_zeros(UInt128 value) {
  const auto low = static_cast<std::uint64_t>(value);
  return low != 0 ? std::countr_zero(low) : 64 + std::countr_zero(static_cast<std::uint64_t>(value >> 64));
}

} // namespace

struct Integer::Large {
  Wide value;
};

Integer::Large Integer::widened() const {
  if (large_ != nullptr) return *large_;
  Wide value = positive(magnitude(small_));
  if (small_ < 0) value.backend().negate();
  return {std::move(value)};
}

void Integer::take(Large &&value) {
  static const Wide most = positive(static_cast<UInt128>(greatest));
  static const Wide fewest = -most - 1;
  if (value.value > most || value.value < fewest) {
    if (large_ != nullptr)
      *large_ = std::move(value);
    else
      large_ = new Large(std::move(value));
    return;
  }
  if (large_ != nullptr) drop_large();
  small_ = static_cast<Int128>(value.value);
}

Integer::Integer(std::string_view decimal) {
  const std::string_view digits = decimal.substr(decimal.starts_with('-') ? 1 : 0);
  if (digits.empty() || !std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; }))
    throw std::runtime_error("not an integer: " + std::string(decimal));
  // A leading zero would be Boost's sign for octal.
  const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
  Wide value(std::string(digits.substr(first)));
  if (decimal.starts_with('-')) value.backend().negate();
  take({std::move(value)});
}

void Integer::copy_large(const Integer &other) {
  large_ = new Large(*other.large_);
}
void Integer::drop_large() {
  delete large_;
  large_ = nullptr;
}

void Integer::add_large(const Integer &other) {
  take({Wide(widened().value + other.widened().value)});
}
void Integer::subtract_large(const Integer &other) {
  take({Wide(widened().value - other.widened().value)});
}
void Integer::multiply_large(const Integer &other) {
  take({Wide(widened().value * other.widened().value)});
}

Integer &Integer::operator/=(const Integer &other) {
  return *this = divide(*this, other).quotient;
}
Integer &Integer::operator%=(const Integer &other) {
  return *this = divide(*this, other).rest;
}
Integer &Integer::operator<<=(unsigned bits) {
  take({Wide(widened().value << bits)});
  return *this;
}

Integer::Division divide(const Integer &num, const Integer &den) {
  if (den.is_zero()) throw std::domain_error("an integer division by zero");
  Integer::Division out;
  if (num.both_small(den) && !(num.small_ == least && den.small_ == -1)) {
    out.quotient.small_ = num.small_ / den.small_;
    out.rest.small_ = num.small_ - out.quotient.small_ * den.small_;
    return out;
  }
  Wide quotient, rest;
  boost::multiprecision::divide_qr(num.widened().value, den.widened().value, quotient, rest);
  out.quotient.take({std::move(quotient)});
  out.rest.take({std::move(rest)});
  return out;
}

Integer gcd(const Integer &a, const Integer &b) {
  Integer out;
  if (!a.both_small(b)) {
    out.take({boost::multiprecision::gcd(a.widened().value, b.widened().value)});
    return out;
  }
  // By halving: a division of 128 bits is many times dearer than a shift.
  UInt128 x = magnitude(a.small_), y = magnitude(b.small_);
  if (x != 0 && y != 0) {
    const int twos = trailing_zeros(x | y);
    x >>= trailing_zeros(x);
    while (y != 0) {
      y >>= trailing_zeros(y);
      if (x > y) std::swap(x, y);
      y -= x;
    }
    x <<= twos;
  } else {
    x |= y;
  }
  if (x > static_cast<UInt128>(greatest))
    out.take({positive(x)}); // only of the least value with itself or zero
  else
    out.small_ = static_cast<Int128>(x);
  return out;
}

Integer::Division square_root(const Integer &value) {
  if (value.sign() < 0) throw std::domain_error("the square root of a negative number");
  Wide above;
  Wide root = boost::multiprecision::sqrt(value.widened().value, above);
  Integer::Division out;
  out.quotient.take({std::move(root)});
  out.rest.take({std::move(above)});
  return out;
}

unsigned Integer::bit_length() const {
  if (large_ != nullptr) return static_cast<unsigned>(msb(abs(large_->value))) + 1;
  const UInt128 size = magnitude(small_);
  const auto high = static_cast<std::uint64_t>(size >> 64);
  return static_cast<unsigned>(high != 0 ? 64 + std::bit_width(high)
                                         : std::bit_width(static_cast<std::uint64_t>(size)));
}

std::vector<std::uint64_t> Integer::words() const {
  if (large_ == nullptr) {
    const UInt128 size = magnitude(small_);
    return {static_cast<std::uint64_t>(size), static_cast<std::uint64_t>(size >> 64)};
  }
  std::vector<std::uint64_t> out;
  export_bits(large_->value, std::back_inserter(out), 64, false);
  return out;
}

std::string Integer::str() const {
  if (large_ != nullptr) return large_->value.str();
  UInt128 rest = magnitude(small_);
  char text[40]; // 2^127 has 39 digits
  char *const end = text + sizeof text;
  char *begin = end;
  constexpr std::uint64_t step = 10'000'000'000'000'000'000U; // 10^19, the most that one word holds
  while (rest > UINT64_MAX) {
    auto digits = static_cast<std::uint64_t>(rest % step);
    rest /= step;
    for (int i = 0; i < 19; ++i, digits /= 10) *--begin = static_cast<char>('0' + digits % 10);
  }
  for (auto digits = static_cast<std::uint64_t>(rest); digits != 0 || begin == end; digits /= 10)
    *--begin = static_cast<char>('0' + digits % 10);
  if (small_ < 0) *--begin = '-';
  return {begin, end};
}

std::size_t Integer::hash() const {
  std::size_t out = static_cast<std::size_t>(sign() < 0);
  if (large_ == nullptr) {
    const UInt128 size = magnitude(small_);
    return (static_cast<std::size_t>(size) * 0x9E3779B97F4A7C15U) ^ static_cast<std::size_t>(size >> 64) ^
           out;
  }
  for (const std::uint64_t word : words()) out = out * 0x9E3779B97F4A7C15U + word;
  return out;
}

int Integer::sign_of_large() const {
  return large_->value.sign();
}
std::uint64_t Integer::low_word_of_large() const {
  return *large_->value.backend().limbs();
}
std::strong_ordering Integer::compare_large(const Integer &a, const Integer &b) {
  return a.widened().value.compare(b.widened().value) <=> 0;
}
void Integer::throw_out_of_range() {
  throw std::range_error("an integer beyond the type wanted");
}

} // namespace steelyard::number
