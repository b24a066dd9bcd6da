// Seeded random choices, the same on every machine (the standard library's distributions are not).
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace steelyard::fuzz {

class Random {
public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  /// A generator of its own, for a part whose use of numbers must not shift those of the rest.
  Random fork(std::uint64_t salt) const { return Random(state_ * 0x9e3779b97f4a7c15u + salt); }

  /// SplitMix64.
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  /// 0 .. count - 1. Precondition: count > 0.
  int below(std::size_t count) { return static_cast<int>(next() % count); }
  int between(int low, int high) { return low + below(static_cast<std::size_t>(high - low + 1)); }
  bool chance(int percent) { return below(100) < percent; }
  template<class List> const auto &pick(const List &list) {
    return list[static_cast<std::size_t>(below(list.size()))];
  }
  /// The index of one of the weights, each as likely as it is heavy.
  int weighted(const std::vector<int> &weights) {
    int total = 0;
    for (const int weight : weights) total += weight;
    int at = below(static_cast<std::size_t>(total));
    for (std::size_t i = 0; i < weights.size(); ++i)
      if ((at -= weights[i]) < 0) return static_cast<int>(i);
    return 0;
  }
  template<class List> void shuffle(List &list) {
    for (std::size_t i = list.size(); i > 1; --i)
      std::swap(list[i - 1], list[static_cast<std::size_t>(below(i))]);
  }

private:
  std::uint64_t state_;
};

} // namespace steelyard::fuzz
