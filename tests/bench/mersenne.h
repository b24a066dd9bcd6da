// The Mersenne twister of Python's `random`, seeded as Python seeds it with a small integer: generated data
// can be made again, byte for byte, by a few lines of Python.
#pragma once
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace steelyard::bench {

class Mersenne {
public:
  explicit Mersenne(std::uint32_t seed);
  std::uint32_t word();
  /// random.getrandbits, at most 64 bits.
  std::uint64_t bits(int count);
  /// An integer in [0, below), a little uneven: getrandbits(40) modulo `below`.
  std::int64_t below(std::int64_t limit) { return static_cast<std::int64_t>(bits(40)) % limit; }
  /// An integer in [0, limit), as random.choice and random.shuffle take it.
  std::size_t even_below(std::size_t limit);
  template<class T> const T &choice(const std::vector<T> &of) { return of[even_below(of.size())]; }
  template<class T> void shuffle(std::vector<T> &items) {
    for (std::size_t i = items.size(); i-- > 1;) std::swap(items[i], items[even_below(i + 1)]);
  }

private:
  static constexpr int size = 624;
  void seed_by(std::uint32_t seed);
  std::array<std::uint32_t, size> state_{};
  int at_ = size;
};

} // namespace steelyard::bench
