// Integers around the edge of 128 bits, where the short way ends: everything compared with Boost's cpp_int.
#include <boost/multiprecision/cpp_int.hpp>

#include "runtime/number/integer.h"

#include <doctest/doctest.h>
#include <random>
#include <stdexcept>

using namespace steelyard::number;
using Wide = boost::multiprecision::cpp_int;

namespace {

Wide wide(const Integer &value) {
  return Wide(value.str());
}

/// Powers of two and their neighbours up to 2^200, and random values of every length; both signs.
class Values {
public:
  Integer next() {
    Integer value = 1;
    if (random_() % 2 == 0) {
      constexpr unsigned edges[] = {0, 1, 31, 32, 62, 63, 64, 65, 126, 127, 128, 129, 191, 192, 200};
      value <<= edges[random_() % std::size(edges)];
      value += static_cast<int>(random_() % 3) - 1;
    } else {
      const auto words = random_() % 4;
      value = random_() >> random_() % 64;
      for (std::uint64_t i = 0; i < words; ++i) value = value * Integer(UINT64_MAX) + Integer(random_());
    }
    return random_() % 2 == 0 ? value : -value;
  }

private:
  std::mt19937_64 random_{127};
};

const Integer least = -(Integer(1) << 127);
const Integer greatest = (Integer(1) << 127) - 1;

} // namespace

TEST_CASE("integer: arithmetic and order agree with cpp_int") {
  Values values;
  for (int i = 0; i < 30000; ++i) {
    const Integer a = values.next(), b = values.next();
    const Wide wa = wide(a), wb = wide(b);
    bool agrees = wide(a + b) == wa + wb && wide(a - b) == wa - wb && wide(a * b) == wa * wb &&
                  wide(-a) == -wa && wide(abs(a)) == abs(wa) && (a < b) == (wa < wb) &&
                  (a == b) == (wa == wb) && a.sign() == wa.sign() && a.is_zero() == wa.is_zero() &&
                  a.is_odd() == (wa % 2 != 0) && a.bit_length() == (wa.is_zero() ? 0U : msb(abs(wa)) + 1) &&
                  wide(gcd(a, b)) == gcd(wa, wb) && a.str() == wa.str() && Integer(wa.str()) == a &&
                  wide(a << 70) == wa << 70;
    if (!b.is_zero()) {
      const auto [quotient, rest] = divide(a, b);
      agrees = agrees && wide(quotient) == wa / wb && wide(rest) == wa % wb && wide(a / b) == wa / wb &&
               wide(a % b) == wa % wb;
    }
    const auto [root, above] = square_root(abs(a));
    agrees = agrees && root * root + above == abs(a) && (root + 1) * (root + 1) > abs(a);
    if (!agrees) FAIL_CHECK("a = " << a.str() << ", b = " << b.str());
  }
}

TEST_CASE("integer: a value has one form, in place where it fits") {
  CHECK(greatest.fits_int128());
  CHECK(least.fits_int128());
  CHECK_FALSE((greatest + 1).fits_int128());
  CHECK_FALSE((least - 1).fits_int128());
  CHECK((greatest + 1 - 1).fits_int128());
  CHECK((greatest + 1 - 1) == greatest);
  CHECK((greatest + 1 - 1).hash() == greatest.hash());
  CHECK(-least == greatest + 1);
  CHECK(least / -1 == greatest + 1);
  CHECK((least % -1).is_zero());
  CHECK(gcd(least, 0) == greatest + 1);
  CHECK(least.low_word() == 0);
  CHECK(least.bit_length() == 128);
}

TEST_CASE("integer: to built-in types, or not at all") {
  CHECK(static_cast<std::int64_t>(Integer(INT64_MIN)) == INT64_MIN);
  CHECK(static_cast<std::uint64_t>(Integer(UINT64_MAX)) == UINT64_MAX);
  CHECK_THROWS_AS(static_cast<std::int64_t>(Integer(UINT64_MAX)), std::range_error);
  CHECK_THROWS_AS(static_cast<std::uint64_t>(Integer(-1)), std::range_error);
  CHECK_THROWS_AS(static_cast<Int128>(greatest + 1), std::range_error);
  CHECK_THROWS_AS(Integer(""), std::runtime_error);
  CHECK_THROWS_AS(Integer("-"), std::runtime_error);
  CHECK_THROWS_AS(Integer("1 "), std::runtime_error);
  CHECK(Integer("-0").is_zero());
  CHECK(Integer("007") == 7);
}

TEST_CASE("integer: copies and moves keep large values apart") {
  Integer a = greatest * 4, b = a;
  a += 1;
  CHECK(b == greatest * 4);
  b = a;
  a = 5;
  CHECK(b == greatest * 4 + 1);
  a = std::move(b);
  CHECK(a == greatest * 4 + 1);
  b = a;
  Integer &same = b;
  b = same;
  CHECK(b == a);
  CHECK(a.words().size() == 3);
}
