// Exact numbers: arithmetic, rounding and roots in every mode, and the text forms. The property tests compare
// with boost's cpp_rational and with each mode's definition, from a fixed seed.
#include <boost/multiprecision/cpp_int.hpp>

#include "runtime/number/exact.h"

#include <array>
#include <doctest/doctest.h>
#include <random>
#include <stdexcept>

using namespace steelyard::number;
using Wide = boost::multiprecision::cpp_int;
using Rational = boost::multiprecision::cpp_rational;

namespace {

constexpr std::array all_modes = {Rounding::half_up, Rounding::half_even, Rounding::down,     Rounding::floor,
                                  Rounding::ceiling, Rounding::up,        Rounding::half_down};

Exact exact(std::string_view text) {
  return Exact(parse_decimal(text).value());
}

std::string rounded(std::string_view text, int scale, Rounding mode) {
  return to_text(round(exact(text), scale, mode));
}

std::string root(std::string_view text, int scale, Rounding mode) {
  return to_text(round_root(exact(text), scale, mode));
}

std::string reparsed(std::string_view text) {
  const auto value = parse_decimal(text);
  return value ? to_text(*value) : "none";
}

Wide wide(const Integer &value) {
  return Wide(value.str());
}
Rational rational(const Exact &value) {
  return {wide(value.num()), wide(value.den())};
}
Rational rational(const Decimal &value) {
  return {wide(value.units), wide(power_of_ten(value.scale))};
}

/// Integers of very different sizes, both signs, from one limb to several.
class Numbers {
public:
  std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }

  Integer integer() {
    Integer value = engine_() >> below(64);
    if (below(4) == 0) value = value * engine_() + engine_();
    if (below(8) == 0) value = value * engine_() * engine_();
    return below(2) == 0 ? value : Integer(-value);
  }

  Exact exact() {
    if (below(2) == 0) return Exact(Decimal{integer(), static_cast<int>(below(12))});
    const Integer den = integer();
    return {integer(), den.is_zero() ? Integer(1) : den};
  }

private:
  std::mt19937_64 engine_{20240229};
};

/// The rounding of `value`, given its two neighbours at some scale, as the modes are defined in words.
Rational chosen(const Rational &value, const Rational &below, const Rational &above, bool below_is_even,
                Rounding mode) {
  if (value == below) return below;
  Rational towards_zero = value < 0 ? above : below;
  Rational away = value < 0 ? below : above;
  const Rational to_below = value - below, to_above = above - value;
  switch (mode) {
  case Rounding::floor:
    return below;
  case Rounding::ceiling:
    return above;
  case Rounding::down:
    return towards_zero;
  case Rounding::up:
    return away;
  default:
    break;
  }
  if (to_below != to_above) return to_below < to_above ? below : above;
  if (mode == Rounding::half_even) return below_is_even ? below : above;
  return mode == Rounding::half_up ? away : towards_zero;
}

Wide floor_of(const Rational &value) {
  Wide quotient = numerator(value) / denominator(value);
  if (value < 0 && quotient * denominator(value) != numerator(value)) --quotient;
  return quotient;
}

} // namespace

TEST_CASE("power_of_ten: the table, beyond it, and references that last") {
  CHECK(power_of_ten(0) == 1);
  CHECK(power_of_ten(1) == 10);
  CHECK(power_of_ten(63).str() == "1" + std::string(63, '0'));
  const Integer &first = power_of_ten(64);
  for (int exponent = 65; exponent < 200; ++exponent)
    CHECK(power_of_ten(exponent) == Integer(power_of_ten(exponent - 1) * 10));
  CHECK(&first == &power_of_ten(64));
  CHECK_THROWS_AS(power_of_ten(-1), std::domain_error);
}

TEST_CASE("round: every mode at ties of both signs") {
  struct Row {
    const char *value;
    // In the order of all_modes: half_up half_even down floor ceiling up half_down.
    std::array<const char *, 7> results;
  };
  const std::array rows = {Row{"0.5", {"1", "0", "0", "0", "1", "1", "0"}},
                           Row{"-0.5", {"-1", "0", "0", "-1", "0", "-1", "0"}},
                           Row{"1.5", {"2", "2", "1", "1", "2", "2", "1"}},
                           Row{"-1.5", {"-2", "-2", "-1", "-2", "-1", "-2", "-1"}},
                           Row{"2.5", {"3", "2", "2", "2", "3", "3", "2"}},
                           Row{"-2.5", {"-3", "-2", "-2", "-3", "-2", "-3", "-2"}},
                           Row{"2.49", {"2", "2", "2", "2", "3", "3", "2"}},
                           Row{"-2.49", {"-2", "-2", "-2", "-3", "-2", "-3", "-2"}},
                           Row{"2.51", {"3", "3", "2", "2", "3", "3", "3"}},
                           Row{"-2.51", {"-3", "-3", "-2", "-3", "-2", "-3", "-3"}},
                           Row{"0.01", {"0", "0", "0", "0", "1", "1", "0"}},
                           Row{"-0.01", {"0", "0", "0", "-1", "0", "-1", "0"}},
                           Row{"7.00", {"7", "7", "7", "7", "7", "7", "7"}},
                           Row{"-7.00", {"-7", "-7", "-7", "-7", "-7", "-7", "-7"}},
                           Row{"0.00", {"0", "0", "0", "0", "0", "0", "0"}},
                           Row{"9.5", {"10", "10", "9", "9", "10", "10", "9"}},
                           Row{"-0.9", {"-1", "-1", "0", "-1", "0", "-1", "-1"}}};
  for (const Row &row : rows)
    for (std::size_t i = 0; i < all_modes.size(); ++i) {
      CAPTURE(row.value);
      CAPTURE(i);
      CHECK(rounded(row.value, 0, all_modes[i]) == row.results[i]);
    }
}

TEST_CASE("round: scales, and values that are not decimals") {
  CHECK(rounded("1.005", 2, Rounding::half_up) == "1.01");
  CHECK(rounded("1.005", 2, Rounding::half_even) == "1.00");
  CHECK(rounded("2.675", 2, Rounding::half_up) == "2.68");
  CHECK(rounded("-0.004", 2, Rounding::half_up) == "0.00");
  CHECK(rounded("99.995", 2, Rounding::half_up) == "100.00");
  CHECK(rounded("12", 3, Rounding::down) == "12.000");
  CHECK(rounded("1.50", 2, Rounding::down) == "1.50");
  CHECK(rounded("1.5", 4, Rounding::up) == "1.5000");
  CHECK(to_text(round(Exact(2, 3), 4, Rounding::half_up)) == "0.6667");
  CHECK(to_text(round(Exact(-2, 3), 4, Rounding::down)) == "-0.6666");
  CHECK(to_text(round(Exact(1, 6), 0, Rounding::ceiling)) == "1");
  CHECK(to_text(round(Exact(-1, 6), 0, Rounding::ceiling)) == "0");
  // A tie hidden by a denominator that was never reduced: 21/6 = 3.5.
  CHECK(to_text(round(Exact(21, 6), 0, Rounding::half_even)) == "4");
  CHECK(to_text(round(Exact(21, 6), 0, Rounding::half_down)) == "3");
  // One part in 10^70 beside a tie still decides it.
  const Exact sliver(1, power_of_ten(70));
  CHECK(to_text(round(exact("0.5") + sliver, 0, Rounding::half_down)) == "1");
  CHECK(to_text(round(exact("0.5") - sliver, 0, Rounding::half_up)) == "0");
  CHECK_THROWS_AS(round(Exact(1), -1, Rounding::down), std::domain_error);
}

TEST_CASE("round_root: perfect squares, ties and irrational roots") {
  for (const Rounding mode : all_modes) {
    CHECK(root("0", 2, mode) == "0.00");
    CHECK(root("144", 0, mode) == "12");
    CHECK(root("0.0625", 2, mode) == "0.25");
    CHECK(to_text(round_root(Exact(4, 9) * Exact(9), 3, mode)) == "2.000");
  }
  // sqrt(6.25) = 2.5 and sqrt(12.25) = 3.5 are ties at no decimals.
  CHECK(root("6.25", 0, Rounding::half_up) == "3");
  CHECK(root("6.25", 0, Rounding::half_even) == "2");
  CHECK(root("6.25", 0, Rounding::half_down) == "2");
  CHECK(root("12.25", 0, Rounding::half_even) == "4");
  CHECK(root("12.25", 0, Rounding::half_down) == "3");
  CHECK(root("6.25", 0, Rounding::down) == "2");
  CHECK(root("6.25", 0, Rounding::floor) == "2");
  CHECK(root("6.25", 0, Rounding::up) == "3");
  CHECK(root("6.25", 0, Rounding::ceiling) == "3");
  // Just beside the tie, where a root first rounded to a few digits would go wrong.
  CHECK(root("6.2500000000000000000000000000000000000001", 0, Rounding::half_even) == "3");
  CHECK(root("6.2499999999999999999999999999999999999999", 0, Rounding::half_up) == "2");
  CHECK(root("0.25", 0, Rounding::half_up) == "1");
  CHECK(root("0.25", 0, Rounding::half_even) == "0");
  CHECK(root("0.01", 0, Rounding::up) == "1");
  CHECK(root("0.01", 0, Rounding::down) == "0");
  CHECK(root("2", 30, Rounding::half_even) == "1.414213562373095048801688724210");
  CHECK(root("2", 4, Rounding::up) == "1.4143");
  CHECK(to_text(round_root(Exact(1, 9), 3, Rounding::half_up)) == "0.333");
  CHECK(to_text(round_root(Exact(1, 3), 3, Rounding::ceiling)) == "0.578");
  CHECK_THROWS_AS(round_root(Exact(-1), 2, Rounding::down), std::domain_error);
  CHECK_THROWS_AS(round_root(exact("-0.01"), 0, Rounding::down), std::domain_error);
}

TEST_CASE("arithmetic: values, signs and denominators") {
  CHECK(to_text(exact("0.1") + exact("0.2")) == "0.3");
  CHECK(to_text(Exact(1, 3) + Exact(1, 6)) == "0.5");
  CHECK(to_text(exact("1.5") - exact("2.25")) == "-0.75");
  CHECK(to_text(exact("-1.2") * exact("0.5")) == "-0.6");
  CHECK(to_text(Exact(1) / Exact(-3)) == "-1/3");
  CHECK(to_text(exact("4.50") / exact("1.50")) == "3");
  CHECK(to_text(abs(exact("-2.5"))) == "2.5");
  CHECK(to_text(-exact("2.5")) == "-2.5");
  CHECK(to_text(-Exact(0)) == "0");
  CHECK(Exact(3, -6).den().sign() > 0);
  CHECK(Exact(3, -6) == exact("-0.5"));
  CHECK(Exact(-3, -6) == exact("0.5"));
  CHECK(Exact(6, 4).reduced().num() == 3);
  CHECK(Exact(0, 7).reduced().den() == 1);
  CHECK(exact("1.50") == exact("1.5"));
  CHECK(exact("-1") < exact("0.5"));
  CHECK(Exact(1, 3) > exact("0.333333333333333333333333333333"));
  CHECK(Exact(std::numeric_limits<std::int64_t>::min()) < Exact(0));
  CHECK(to_text(Exact(std::numeric_limits<std::int64_t>::min()) - 1) == "-9223372036854775809");
  CHECK_THROWS_AS(Exact(1) / Exact(0), std::domain_error);
  CHECK_THROWS_AS(Exact(1, 0), std::domain_error);
}

TEST_CASE("arithmetic: a number with itself") {
  Exact value = exact("-1.25");
  value += value;
  CHECK(to_text(value) == "-2.5");
  value *= value;
  CHECK(to_text(value) == "6.25");
  value /= value;
  CHECK(to_text(value) == "1");
  value -= value;
  CHECK(to_text(value) == "0");
}

TEST_CASE("arithmetic: a sum over mixed scales keeps a small denominator") {
  Exact sum;
  for (int i = 0; i < 3000; ++i)
    sum += i % 3 == 0 ? exact("0.5") : i % 3 == 1 ? exact("0.0025") : Exact(1, 3);
  CHECK(to_text(sum) == to_text(exact("502.5") + Exact(1000, 3)));
  CHECK(sum.den() <= 1'000'000);
}

TEST_CASE("fits_scale") {
  CHECK(fits_scale(exact("1.50"), 1));
  CHECK(fits_scale(exact("1.50"), 2));
  CHECK_FALSE(fits_scale(exact("1.50"), 0));
  CHECK(fits_scale(Exact(21, 6), 1));
  CHECK_FALSE(fits_scale(Exact(1, 3), 50));
  CHECK(fits_scale(Exact(0, 3), 0));
  CHECK(fits_scale(exact("-0.01"), 2));
  CHECK_FALSE(fits_scale(exact("-0.01"), 1));
}

TEST_CASE("to_text: decimals") {
  CHECK(to_text(Decimal{}) == "0");
  CHECK(to_text(Decimal{-5, 2}) == "-0.05");
  CHECK(to_text(Decimal{12, 0}) == "12");
  CHECK(to_text(Decimal{310, 2}) == "3.10");
  CHECK(to_text(Decimal{-310, 3}) == "-0.310");
  CHECK(to_text(Decimal{0, 3}) == "0.000");
  CHECK(to_text(Decimal{Integer(-0), 1}) == "0.0");
  CHECK(to_text(Decimal{Integer("18446744073709551615"), 0}) == "18446744073709551615");
  CHECK(to_text(Decimal{Integer("-18446744073709551616"), 1}) == "-1844674407370955161.6");
  CHECK(to_text(Decimal{Integer("-123456789012345678901234567890"), 40}) ==
        "-0.0000000000123456789012345678901234567890");
}

TEST_CASE("to_text: exact values") {
  CHECK(to_text(Exact(2, 3)) == "2/3");
  CHECK(to_text(Exact(4, 6)) == "2/3");
  CHECK(to_text(Exact(-4, 6)) == "-2/3");
  CHECK(to_text(Exact(1, 8)) == "0.125");
  CHECK(to_text(Exact(1, 125)) == "0.008");
  CHECK(to_text(Exact(-7, 50)) == "-0.14");
  CHECK(to_text(Exact(300, 100)) == "3");
  CHECK(to_text(Exact(0, 9)) == "0");
  CHECK(to_text(exact("1000.000")) == "1000");
  CHECK(to_text(Exact(1, 15)) == "1/15");
  CHECK(to_text(Exact(power_of_ten(50)) + Exact(1, 4)) == "1" + std::string(50, '0') + ".25");
  CHECK(to_text(Exact(1, power_of_ten(80))) == "0." + std::string(79, '0') + "1");
  CHECK(to_text(Exact(power_of_ten(40), 3)) == "1" + std::string(40, '0') + "/3");
}

TEST_CASE("no operation prints a negative zero") {
  CHECK(reparsed("-0") == "0");
  CHECK(reparsed("-0.00") == "0.00");
  const Exact zero = exact("-0.0");
  for (const Exact &value : {zero, -zero, zero * exact("-3"), zero / exact("-3"), exact("-1") - exact("-1"),
                             exact("-1.5") + exact("1.50"), Exact(0, -5), abs(zero)}) {
    CHECK(to_text(value) == "0");
    for (const Rounding mode : all_modes) CHECK(to_text(round(value, 2, mode)) == "0.00");
  }
  for (const Rounding mode : {Rounding::half_up, Rounding::half_even, Rounding::down, Rounding::ceiling})
    CHECK(rounded("-0.001", 1, mode) == "0.0");
}

TEST_CASE("parse_decimal: what is a number") {
  CHECK(reparsed("0") == "0");
  CHECK(reparsed("+1") == "1");
  CHECK(reparsed("-12.50") == "-12.50");
  CHECK(reparsed("007.0") == "7.0");
  CHECK(reparsed("0.000000000000000000000000000001") == "0.000000000000000000000000000001");
  CHECK(reparsed("999999999999999999.999999999999999999") == "999999999999999999.999999999999999999");
  CHECK(reparsed("-1000000000000000000000000000000000000000.1") ==
        "-1000000000000000000000000000000000000000.1");
  CHECK(parse_decimal("1.500").value().scale == 3);
  CHECK(parse_decimal("1.500").value().units == 1500);
}

TEST_CASE("parse_decimal: what is not") {
  // Digits stand on both sides of a point: "1." and ".5" are more often a broken export than a number.
  for (const std::string_view text :
       {"",    ".",     "1.",    ".5",  "-.5", " 1",    "1 ",           "+",         "-",
        "--1", "+-1",   "1e5",   "1E5", "1,5", "1.2.3", "0x10",         "abc",       "NaN",
        "Inf", "1_000", "1'000", "1-",  "\t1", "1\n",   "\xEF\xBC\x91", "1\xC2\xA0", "1/2"}) {
    CAPTURE(text);
    CHECK(reparsed(text) == "none");
  }
  CHECK(reparsed(std::string_view("1\0", 2)) == "none");
}

TEST_CASE("property: arithmetic and order agree with cpp_rational") {
  Numbers numbers;
  for (int i = 0; i < 20000; ++i) {
    const Exact a = numbers.exact(), b = numbers.exact();
    const Rational ra = rational(a), rb = rational(b);
    Exact sum = a, difference = a;
    sum += b;
    difference -= b;
    bool agrees = rational(a + b) == ra + rb && rational(a - b) == ra - rb && rational(a * b) == ra * rb &&
                  rational(sum) == ra + rb && rational(difference) == ra - rb && rational(-a) == -ra &&
                  rational(a.reduced()) == ra && (a < b) == (ra < rb) && (a == b) == (ra == rb) &&
                  (a > b) == (ra > rb) && a == a.reduced();
    if (!b.is_zero()) agrees = agrees && rational(a / b) == ra / rb && (a / b).den().sign() > 0;
    if (!agrees) FAIL_CHECK("a = " << to_text(a) << ", b = " << to_text(b));
  }
}

TEST_CASE("property: round is what each mode says") {
  Numbers numbers;
  for (int i = 0; i < 20000; ++i) {
    const int scale = static_cast<int>(numbers.below(8));
    // Half of the values sit on a tie or on a neighbour of the scale, which random numbers hardly ever do.
    const Exact value =
        i % 2 == 0 ? numbers.exact() : Exact(numbers.integer(), Integer(2 * power_of_ten(scale)));
    const Rational scaled = rational(value) * Rational(wide(power_of_ten(scale)));
    const Wide below = floor_of(scaled);
    for (const Rounding mode : all_modes) {
      const Rational wanted = chosen(scaled, Rational(below), Rational(below + 1), below % 2 == 0, mode);
      const Decimal got = round(value, scale, mode);
      if (Rational(wide(got.units)) != wanted || got.scale != scale)
        FAIL_CHECK("round " << to_text(value) << " to " << scale << ", mode " << static_cast<int>(mode)
                            << ": " << to_text(got) << ", but " << wanted << " units are right");
    }
    const bool whole = denominator(scaled) == 1;
    if (fits_scale(value, scale) != whole) FAIL_CHECK("fits_scale of " << to_text(value) << " and " << scale);
  }
}

TEST_CASE("property: round_root, decided by squares alone") {
  Numbers numbers;
  for (int i = 0; i < 8000; ++i) {
    const int scale = static_cast<int>(numbers.below(6));
    const Exact half_units(numbers.integer(), Integer(2 * power_of_ten(scale)));
    // Half of the roots are a tie or a decimal of the scale.
    const Exact value = i % 2 == 0 ? abs(numbers.exact()) : half_units * half_units;
    const Rational square = rational(value);
    const Rational unit(Wide(1), wide(power_of_ten(scale)));
    const Rational below = rational(round_root(value, scale, Rounding::floor));
    const Rational middle = below + unit / 2;
    if (below * below > square || square >= (below + unit) * (below + unit)) {
      FAIL_CHECK("the floor root of " << to_text(value) << " at " << scale);
      continue;
    }
    // The root lies as its square does, so a stand-in on the right side of the middle asks `chosen` the same.
    const int side = Rational(middle * middle).compare(square);
    const Rational stand_in = below * below == square ? below
                              : side > 0              ? Rational(below + unit / 4)
                              : side < 0              ? Rational(middle + unit / 4)
                                                      : middle;
    const bool below_is_even = numerator(Rational(below / unit)) % 2 == 0;
    for (const Rounding mode : all_modes)
      if (rational(round_root(value, scale, mode)) !=
          chosen(stand_in, below, below + unit, below_is_even, mode))
        FAIL_CHECK("the root of " << to_text(value) << " at " << scale << ", mode "
                                  << static_cast<int>(mode));
  }
}

TEST_CASE("property: text forms come back") {
  Numbers numbers;
  for (int i = 0; i < 20000; ++i) {
    const Decimal value{numbers.integer(), static_cast<int>(numbers.below(60))};
    const std::string text = to_text(value);
    const auto back = parse_decimal(text);
    if (!back || back->units != value.units || back->scale != value.scale)
      FAIL_CHECK(text << " does not come back");
    const std::string shortest = to_text(Exact(value));
    const auto same = parse_decimal(shortest);
    if (!same || Exact(*same) != Exact(value) || (same->scale > 0 && shortest.back() == '0'))
      FAIL_CHECK(shortest << " is not the shortest form of " << text);
  }
}
