// The yardstick's job as a person writes it in C++ for this one policy: what the native engine is measured
// against. Integers throughout; exact.
#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

namespace steelyard::bench {

/// What decides a case, and its class.
enum class Rule : std::uint8_t { normal, high, low, unstable };

/// A column whose memory is not touched before it is written.
template<class T> class Numbers {
public:
  void reserve(std::size_t most) { values_ = std::make_unique_for_overwrite<T[]>(most); }
  void resize(std::size_t size) {
    if (!values_) reserve(size);
    size_ = size;
  }
  std::size_t size() const { return size_; }
  T *data() { return values_.get(); }
  const T &operator[](std::size_t row) const { return values_[row]; }

private:
  std::unique_ptr<T[]> values_;
  std::size_t size_ = 0;
};

class ByHand {
public:
  static constexpr int group_count = 628, tier_count = 3, hospital_count = 60;

  /// Reads drg.csv, drg_tier.csv and case.csv; their form is trusted. Throws std::runtime_error.
  explicit ByHand(const std::filesystem::path &folder);

  /// As the regulation is written: everything is worked out for each case.
  void exact();
  /// What depends on group and tier alone is worked out once for each.
  void exact_tuned();

  std::size_t cases() const { return cost.size(); }
  std::size_t bytes_read() const { return bytes_; }

  // results
  Numbers<Rule> rule;
  Numbers<std::int64_t> points; ///< 10^-8
  struct Totals {
    std::array<std::int64_t, hospital_count + 1> by_hospital{};
    std::array<std::int64_t, 4> by_rule{};
    std::int64_t points() const;
  } totals;

  // the cases, fen
  Numbers<std::int32_t> id;
  Numbers<std::uint8_t> hospital, tier;
  Numbers<std::uint16_t> group;
  Numbers<std::int64_t> cost, unreasonable;

private:
  static constexpr int key_count = group_count * tier_count;
  void read_tables(const std::filesystem::path &folder);
  void read_cases(const std::filesystem::path &folder);
  /// One cache line: what is the same for all cases of a group and tier.
  struct alignas(64) Key {
    std::int64_t high = 0, low = 0, normal_points = 0;
    std::int64_t factor = 0, added = 0, divisor = 0; ///< of the high formula
    std::int64_t base = 0, average = 0;              ///< of the low formula
  };
  void make_keys();
  static Rule seldom(const Key &key, std::int64_t cost, std::int64_t unreasonable, std::int64_t &points);

  std::size_t bytes_ = 0;
  std::int64_t weight_[group_count] = {}, average_[group_count] = {};
  bool stable_[group_count] = {}, basic_[group_count] = {};
  std::int64_t tier_average_[key_count] = {}, coefficient_[key_count] = {};
  Key keys_[key_count];
};

} // namespace steelyard::bench
