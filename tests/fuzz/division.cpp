#include "tests/fuzz/division.h"
#ifdef STEELYARD_FUZZ_NATIVE
#include "compiler/native/divide.h"
#include "runtime/number/exact.h"
#include <array>
#include <fmt/core.h>
#endif

namespace steelyard::fuzz {

#ifdef STEELYARD_FUZZ_NATIVE

using number::Integer;

namespace {

using Words = std::array<std::uint64_t, 4>;

Integer value_of(const Words &words) {
  Integer out = 0;
  for (std::size_t i = 4; i-- > 0;) out = (out << 64) + words[i];
  return out;
}

/// Precondition: 0 <= value < 2^256.
Words words_of(Integer value) {
  static const Integer word = Integer(1) << 64;
  Words out{};
  for (std::uint64_t &each : out) {
    each = static_cast<std::uint64_t>(static_cast<number::Int128>(value % word));
    value /= word;
  }
  return out;
}

} // namespace

std::string wrong_division(Random &random, int rounds) {
  const auto word = [&]() -> std::uint64_t {
    switch (random.below(5)) { // the edges are where divisions go wrong
    case 0:
      return static_cast<std::uint64_t>(random.below(2));
    case 1:
      return UINT64_MAX - static_cast<std::uint64_t>(random.below(2));
    case 2:
      return (std::uint64_t{1} << 63) - static_cast<std::uint64_t>(random.below(2));
    default:
      return random.next() >> random.below(64);
    }
  };
  const auto number = [&](int size) {
    Words out{};
    for (int i = 0; i < size; ++i) out[static_cast<std::size_t>(i)] = word();
    return value_of(out);
  };
  for (int round = 0; round < rounds; ++round) {
    const int size = random.between(1, 4);
    Integer divisor = number(size);
    if (divisor == 0) divisor = 1;
    Integer numerator = number(random.below(5));
    // Just below a multiple: there the first guess at a digit is one too many.
    if (random.chance(50)) numerator = number(random.between(1, 5 - size)) * divisor - random.below(3);
    if (numerator < 0 || numerator.bit_length() > 256) continue;
    Words quotient{};
    native::divide_256(words_of(numerator).data(), words_of(divisor).data(), quotient.data());
    if (value_of(quotient) != numerator / divisor)
      return fmt::format("{} / {} gives {} but is {}", numerator.str(), divisor.str(),
                         value_of(quotient).str(), Integer(numerator / divisor).str());
  }
  return {};
}

#else

std::string wrong_division(Random &, int) {
  return {};
}

#endif

} // namespace steelyard::fuzz
