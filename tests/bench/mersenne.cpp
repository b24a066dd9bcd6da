// MT19937 after Matsumoto and Nishimura; seeding by array, as CPython's random_seed does.
#include "tests/bench/mersenne.h"
#include <bit>

namespace steelyard::bench {

void Mersenne::seed_by(std::uint32_t seed) {
  state_[0] = seed;
  for (std::uint32_t i = 1; i < size; ++i)
    state_[i] = 1812433253U * (state_[i - 1] ^ (state_[i - 1] >> 30)) + i;
}

Mersenne::Mersenne(std::uint32_t seed) {
  seed_by(19650218U);
  std::size_t i = 1;
  const auto next = [&] {
    if (++i >= size) {
      state_[0] = state_[size - 1];
      i = 1;
    }
  };
  for (int k = size; k > 0; --k) { // the key has one word
    state_[i] = (state_[i] ^ ((state_[i - 1] ^ (state_[i - 1] >> 30)) * 1664525U)) + seed;
    next();
  }
  for (int k = size - 1; k > 0; --k) {
    state_[i] =
        (state_[i] ^ ((state_[i - 1] ^ (state_[i - 1] >> 30)) * 1566083941U)) - static_cast<std::uint32_t>(i);
    next();
  }
  state_[0] = 0x80000000U;
}

std::uint32_t Mersenne::word() {
  if (at_ >= size) {
    for (int k = 0; k < size; ++k) {
      const std::uint32_t y = (state_[k] & 0x80000000U) | (state_[(k + 1) % size] & 0x7FFFFFFFU);
      state_[k] = state_[(k + 397) % size] ^ (y >> 1) ^ ((y & 1U) != 0 ? 0x9908B0DFU : 0U);
    }
    at_ = 0;
  }
  std::uint32_t y = state_[at_++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9D2C5680U;
  y ^= (y << 15) & 0xEFC60000U;
  return y ^ (y >> 18);
}

std::uint64_t Mersenne::bits(int count) {
  if (count <= 32) return word() >> (32 - count);
  const std::uint64_t low = word();
  return low | (static_cast<std::uint64_t>(word() >> (64 - count)) << 32);
}

std::size_t Mersenne::even_below(std::size_t limit) {
  const int count = std::bit_width(limit);
  for (;;)
    if (const std::uint64_t value = bits(count); value < limit) return value;
}

} // namespace steelyard::bench
