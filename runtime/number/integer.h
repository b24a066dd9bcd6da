// An integer of any size. Nearly every number of a claim fits 128 bits and is kept in place; a larger one
// lies on the heap and is Boost's affair, whose headers are costly to compile and stay out of this one.
#pragma once
#include <compare>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace steelyard::number {

__extension__ using Int128 = __int128;

class Integer {
public:
  Integer() = default; ///< zero
  template<std::integral T> Integer(T value) : small_(value) {}
  Integer(Int128 value) : small_(value) {}
  /// Digits, perhaps with a '-' before them; anything else throws std::runtime_error.
  explicit Integer(std::string_view decimal);
  explicit Integer(const char *decimal) : Integer(std::string_view(decimal)) {}

  Integer(const Integer &other) : small_(other.small_) {
    if (other.large_ != nullptr) copy_large(other);
  }
  Integer(Integer &&other) noexcept : small_(other.small_), large_(std::exchange(other.large_, nullptr)) {}
  Integer &operator=(const Integer &other) {
    if (large_ != nullptr || other.large_ != nullptr) return *this = Integer(other);
    small_ = other.small_;
    return *this;
  }
  Integer &operator=(Integer &&other) noexcept {
    small_ = other.small_;
    std::swap(large_, other.large_);
    return *this;
  }
  ~Integer() {
    if (large_ != nullptr) drop_large();
  }

  int sign() const {
    return large_ != nullptr ? sign_of_large() : static_cast<int>(small_ > 0) - static_cast<int>(small_ < 0);
  }
  bool is_zero() const { return large_ == nullptr && small_ == 0; }
  bool is_odd() const { return (low_word() & 1U) != 0; }
  /// The number of binary digits of |value|; 0 for zero.
  unsigned bit_length() const;
  /// |value| modulo 2^64.
  std::uint64_t low_word() const {
    return large_ != nullptr
               ? low_word_of_large()
               : (small_ < 0 ? 0 - static_cast<std::uint64_t>(small_) : static_cast<std::uint64_t>(small_));
  }
  /// |value| in words of 64 bits, the lowest first; at least one.
  std::vector<std::uint64_t> words() const;
  std::string str() const;
  std::size_t hash() const;

  bool fits_int128() const { return large_ == nullptr; }
  /// The value as a built-in integer; one that does not fit throws std::range_error.
  explicit operator Int128() const {
    if (large_ != nullptr) throw_out_of_range();
    return small_;
  }
  template<std::integral T> explicit operator T() const {
    const auto narrow = static_cast<T>(small_);
    if (large_ != nullptr || static_cast<Int128>(narrow) != small_) throw_out_of_range();
    return narrow;
  }

  Integer &operator+=(const Integer &other) {
    if (Int128 sum = 0; both_small(other) && !__builtin_add_overflow(small_, other.small_, &sum))
      small_ = sum;
    else
      add_large(other);
    return *this;
  }
  Integer &operator-=(const Integer &other) {
    if (Int128 difference = 0;
        both_small(other) && !__builtin_sub_overflow(small_, other.small_, &difference))
      small_ = difference;
    else
      subtract_large(other);
    return *this;
  }
  Integer &operator*=(const Integer &other) {
    if (Int128 product = 0; both_small(other) && !__builtin_mul_overflow(small_, other.small_, &product))
      small_ = product;
    else
      multiply_large(other);
    return *this;
  }
  /// Quotient and rest are those of truncation towards zero. Precondition: other != 0.
  Integer &operator/=(const Integer &other);
  Integer &operator%=(const Integer &other);
  Integer &operator<<=(unsigned bits);
  Integer &operator++() { return *this += 1; }
  Integer &operator--() { return *this -= 1; }
  Integer operator-() const { return Integer() -= *this; }

  friend Integer operator+(Integer a, const Integer &b) { return std::move(a += b); }
  friend Integer operator-(Integer a, const Integer &b) { return std::move(a -= b); }
  friend Integer operator*(Integer a, const Integer &b) { return std::move(a *= b); }
  friend Integer operator/(Integer a, const Integer &b) { return std::move(a /= b); }
  friend Integer operator%(Integer a, const Integer &b) { return std::move(a %= b); }
  friend Integer operator<<(Integer a, unsigned bits) { return std::move(a <<= bits); }
  friend std::strong_ordering operator<=>(const Integer &a, const Integer &b) {
    return a.both_small(b) ? a.small_ <=> b.small_ : compare_large(a, b);
  }
  friend bool operator==(const Integer &a, const Integer &b) {
    return a.both_small(b) ? a.small_ == b.small_ : std::is_eq(compare_large(a, b));
  }

  struct Division;
  /// Quotient and rest at once, truncated towards zero. Precondition: den != 0.
  friend Division divide(const Integer &num, const Integer &den);
  friend Integer gcd(const Integer &a, const Integer &b); ///< >= 0
  /// The floor of the square root, and what its square leaves. Precondition: value >= 0.
  friend Division square_root(const Integer &value);

private:
  struct Large;

  bool both_small(const Integer &other) const { return large_ == nullptr && other.large_ == nullptr; }
  Large widened() const;
  void take(Large &&value); ///< in place where it fits
  void copy_large(const Integer &other);
  void drop_large();
  void add_large(const Integer &other);
  void subtract_large(const Integer &other);
  void multiply_large(const Integer &other);
  int sign_of_large() const;
  std::uint64_t low_word_of_large() const;
  static std::strong_ordering compare_large(const Integer &a, const Integer &b);
  [[noreturn]] static void throw_out_of_range();

  Int128 small_ = 0;
  Large *large_ = nullptr; ///< set when, and only when, the value does not fit `small_`; owned
};

struct Integer::Division {
  Integer quotient, rest;
};

Integer::Division divide(const Integer &num, const Integer &den);
Integer gcd(const Integer &a, const Integer &b);
Integer::Division square_root(const Integer &value);

inline Integer abs(const Integer &value) {
  return value.sign() < 0 ? -value : value;
}

} // namespace steelyard::number

template<> struct std::hash<steelyard::number::Integer> {
  std::size_t operator()(const steelyard::number::Integer &value) const { return value.hash(); }
};
