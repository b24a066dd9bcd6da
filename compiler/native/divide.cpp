// Knuth's algorithm D (The Art of Computer Programming, 4.3.1) with 64-bit
// digits.
#include "compiler/native/divide.h"
#include "runtime/data/text_index.h"
#include <bit>

namespace steelyard::native {

void divide_256(const std::uint64_t *numerator, const std::uint64_t *divisor, std::uint64_t *quotient) {
  using Word = std::uint64_t;
  using Double = data::UInt128;
  int n = 4, m = 4;
  while (n > 0 && divisor[n - 1] == 0) --n;
  while (m > 0 && numerator[m - 1] == 0) --m;
  for (int i = 0; i < 4; ++i) quotient[i] = 0;
  if (m < n) return;
  if (n == 1) {
    Word rest = 0;
    for (int i = m; i-- > 0;) {
      const Double both = (static_cast<Double>(rest) << 64) | numerator[i];
      quotient[i] = static_cast<Word>(both / divisor[0]);
      rest = static_cast<Word>(both % divisor[0]);
    }
    return;
  }
  // The divisor's highest bit is made 1.
  const int shift = std::countl_zero(divisor[n - 1]);
  Word d[4], u[5];
  for (int i = n - 1; i > 0; --i)
    d[i] = shift == 0 ? divisor[i] : (divisor[i] << shift) | (divisor[i - 1] >> (64 - shift));
  d[0] = divisor[0] << shift;
  u[m] = shift == 0 ? 0 : numerator[m - 1] >> (64 - shift);
  for (int i = m - 1; i > 0; --i)
    u[i] = shift == 0 ? numerator[i] : (numerator[i] << shift) | (numerator[i - 1] >> (64 - shift));
  u[0] = numerator[0] << shift;
  for (int j = m - n; j >= 0; --j) {
    const Double top = (static_cast<Double>(u[j + n]) << 64) | u[j + n - 1];
    Double guess = top / d[n - 1];
    Double rest = top % d[n - 1];
    while (guess >> 64 != 0 ||
           static_cast<Double>(static_cast<Word>(guess)) * d[n - 2] > ((rest << 64) | u[j + n - 2])) {
      --guess;
      rest += d[n - 1];
      if (rest >> 64 != 0) break;
    }
    Word carry = 0, borrow = 0;
    for (int i = 0; i < n; ++i) {
      const Double product = static_cast<Double>(static_cast<Word>(guess)) * d[i] + carry;
      carry = static_cast<Word>(product >> 64);
      const Double difference = static_cast<Double>(u[i + j]) - static_cast<Word>(product) - borrow;
      u[i + j] = static_cast<Word>(difference);
      borrow = static_cast<Word>(difference >> 64) != 0 ? 1 : 0;
    }
    const Double difference = static_cast<Double>(u[j + n]) - carry - borrow;
    u[j + n] = static_cast<Word>(difference);
    if (static_cast<Word>(difference >> 64) != 0) { // one too many: rare
      --guess;
      Word more = 0;
      for (int i = 0; i < n; ++i) {
        const Double sum = static_cast<Double>(u[i + j]) + d[i] + more;
        u[i + j] = static_cast<Word>(sum);
        more = static_cast<Word>(sum >> 64);
      }
      u[j + n] += more;
    }
    quotient[j] = static_cast<Word>(guess);
  }
}

} // namespace steelyard::native
