// Numbers to and from their text form.
#include "runtime/number/exact.h"

#include <algorithm>

namespace steelyard::number {
namespace {

/// Digits that always fit one 64-bit word.
constexpr std::size_t word_digits = 18;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The digits of |value|.
std::string magnitude(const Integer &value) {
  std::string text = value.str();
  if (value.sign() < 0) text.erase(0, 1);
  return text;
}

/// units x 10^|digits| + digits, a word's worth at a time.
void append_digits(Integer &units, std::string_view digits) {
  while (!digits.empty()) {
    const std::string_view group = digits.substr(0, word_digits);
    std::uint64_t word = 0;
    for (const char c : group) word = word * 10 + static_cast<std::uint64_t>(c - '0');
    if (!units.is_zero()) units *= power_of_ten(static_cast<int>(group.size()));
    units += word;
    digits.remove_prefix(group.size());
  }
}

} // namespace

std::string to_text(const Decimal &value) {
  std::string digits = magnitude(value.units);
  if (value.scale > 0) {
    const auto scale = static_cast<std::size_t>(value.scale);
    if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
    digits.insert(digits.size() - scale, 1, '.');
  }
  if (value.units.sign() < 0) digits.insert(0, 1, '-');
  return digits;
}

std::string to_text(const Exact &value) {
  const Exact lowest = value.reduced();
  // A fraction in lowest terms is a finite decimal when its denominator is 2^a x 5^b; its scale is the larger
  // of both.
  Integer other_part = lowest.den();
  const auto take_out = [&](int prime) {
    int times = 0;
    for (Integer::Division by = divide(other_part, prime); by.rest.is_zero();
         by = divide(other_part, prime), ++times)
      other_part = std::move(by.quotient);
    return times;
  };
  const int twos = take_out(2), fives = take_out(5);
  if (other_part != 1) return lowest.num().str() + '/' + lowest.den().str();
  return to_text(round(lowest, std::max(twos, fives), Rounding::down));
}

std::optional<Decimal> parse_decimal(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view decimals = point < text.size() ? text.substr(point + 1) : std::string_view();
  if (whole.empty() || (point < text.size() && decimals.empty()) || !std::ranges::all_of(whole, is_digit) ||
      !std::ranges::all_of(decimals, is_digit))
    return std::nullopt;
  Decimal result;
  append_digits(result.units, whole);
  append_digits(result.units, decimals);
  result.scale = static_cast<int>(decimals.size());
  if (negative) result.units = -result.units;
  return result;
}

} // namespace steelyard::number
