// The yardstick by hand. Everything is scaled to whole numbers: weights, coefficients and points to 10^-8,
// money to fen, thresholds to tenths; each formula is one fraction, rounded half up once.
#include "tests/bench/by_hand.h"
#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace steelyard::bench {

namespace {

__extension__ using UInt128 = unsigned __int128;

constexpr std::int64_t one = 100'000'000; ///< 1 in units of 10^-8

class Mapped {
public:
  explicit Mapped(const std::filesystem::path &path) {
    const int file = ::open(path.c_str(), O_RDONLY);
    struct stat status {};
    if (file < 0 || ::fstat(file, &status) != 0) throw std::runtime_error("cannot read " + path.string());
    size_ = static_cast<std::size_t>(status.st_size);
    void *memory = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    ::close(file);
    if (memory == MAP_FAILED) throw std::runtime_error("cannot map " + path.string());
    data_ = static_cast<const char *>(memory);
  }
  ~Mapped() { ::munmap(const_cast<char *>(data_), size_); }
  Mapped(const Mapped &) = delete;
  Mapped &operator=(const Mapped &) = delete;
  const char *after_header() const { return static_cast<const char *>(std::memchr(data_, '\n', size_)) + 1; }
  const char *end() const { return data_ + size_; }
  std::size_t size() const { return size_; }

private:
  const char *data_ = nullptr;
  std::size_t size_ = 0;
};

/// A whole number and the sign behind it.
inline std::int64_t whole(const char *&at) {
  std::int64_t value = 0;
  for (unsigned digit; (digit = static_cast<unsigned char>(*at) - unsigned{'0'}) < 10; ++at)
    value = value * 10 + digit;
  ++at;
  return value;
}
/// An amount that is always written with two decimals.
inline std::int64_t amount(const char *&at) {
  std::int64_t value = 0;
  for (unsigned digit; (digit = static_cast<unsigned char>(*at) - unsigned{'0'}) < 10; ++at)
    value = value * 10 + digit;
  value = value * 100 + (at[1] - '0') * 10 + (at[2] - '0');
  at += 4;
  return value;
}
std::int64_t decimal(const char *&at, int places) {
  std::int64_t value = 0;
  bool behind = false;
  for (; *at != ',' && *at != '\n'; ++at) {
    if (*at == '.') {
      behind = true;
      continue;
    }
    value = value * 10 + (*at - '0');
    places -= behind ? 1 : 0;
  }
  for (; places > 0; --places) value *= 10;
  ++at;
  return value;
}
bool truth(const char *&at) {
  const bool value = *at == 't';
  while (*at != ',' && *at != '\n') ++at;
  ++at;
  return value;
}

std::int64_t threshold_tenths(std::int64_t weight) {
  return weight <= one ? 30 : weight <= 2 * one ? 25 : weight <= 3 * one ? 20 : weight <= 5 * one ? 15 : 13;
}

inline std::int64_t half_up(UInt128 number, UInt128 divisor) {
  return static_cast<std::int64_t>((2 * number + divisor) / (2 * divisor));
}
/// The same in one instruction where there is one: the quotient fits 64 bits, as all points here do.
inline std::int64_t half_up_64(UInt128 number, std::uint64_t divisor) {
  number += divisor / 2;
#ifdef __x86_64__
  std::uint64_t quotient = 0, rest = 0;
  asm("divq %4"
      : "=a"(quotient), "=d"(rest)
      : "a"(static_cast<std::uint64_t>(number)), "d"(static_cast<std::uint64_t>(number >> 64)), "r"(divisor)
      : "cc");
  return static_cast<std::int64_t>(quotient);
#else
  return static_cast<std::int64_t>(number / divisor);
#endif
}

} // namespace

ByHand::ByHand(const std::filesystem::path &folder) {
  read_tables(folder);
  read_cases(folder);
}

void ByHand::read_tables(const std::filesystem::path &folder) {
  const Mapped drg(folder / "drg.csv");
  for (const char *at = drg.after_header(); at < drg.end();) {
    const auto g = static_cast<std::size_t>(whole(at));
    if (g >= group_count) throw std::runtime_error("a group beyond the last");
    weight_[g] = decimal(at, 8);
    stable_[g] = truth(at);
    basic_[g] = truth(at);
    average_[g] = decimal(at, 2);
  }
  const Mapped drg_tier(folder / "drg_tier.csv");
  for (const char *at = drg_tier.after_header(); at < drg_tier.end();) {
    const auto g = static_cast<std::size_t>(whole(at));
    const auto k = g * tier_count + static_cast<std::size_t>(whole(at)) - 1;
    if (k >= key_count) throw std::runtime_error("a tier beyond the last");
    tier_average_[k] = decimal(at, 2);
    coefficient_[k] = decimal(at, 8);
  }
  bytes_ = drg.size() + drg_tier.size();
}

void ByHand::read_cases(const std::filesystem::path &folder) {
  const Mapped file(folder / "case.csv");
  bytes_ += file.size();
  const std::size_t most = file.size() / 16; // a line has 16 bytes at least
  id.reserve(most), hospital.reserve(most), tier.reserve(most), group.reserve(most), cost.reserve(most);
  unreasonable.reserve(most);
  auto *const ids = id.data();
  auto *const hospitals = hospital.data(), *const tiers = tier.data();
  auto *const groups = group.data();
  auto *const costs = cost.data(), *const parts = unreasonable.data();
  std::size_t row = 0;
  for (const char *at = file.after_header(), *const end = file.end(); at < end; ++row) {
    ids[row] = static_cast<std::int32_t>(whole(at));
    hospitals[row] = static_cast<std::uint8_t>(whole(at));
    tiers[row] = static_cast<std::uint8_t>(whole(at));
    groups[row] = static_cast<std::uint16_t>(whole(at));
    costs[row] = amount(at);
    parts[row] = amount(at);
  }
  id.resize(row), hospital.resize(row), tier.resize(row), group.resize(row), cost.resize(row);
  unreasonable.resize(row);
}

std::int64_t ByHand::Totals::points() const {
  std::int64_t sum = 0;
  for (const std::int64_t one_hospital : by_hospital) sum += one_hospital;
  return sum;
}

void ByHand::exact() {
  const std::size_t count = cases();
  rule.resize(count), points.resize(count);
  Rule *const rules = rule.data();
  std::int64_t *const results = points.data();
  totals = {};
  for (std::size_t row = 0; row < count; ++row) {
    const int g = group[row], k = g * tier_count + tier[row] - 1;
    const std::int64_t weight = weight_[g], average = tier_average_[k], spent = cost[row];
    const std::int64_t coefficient = basic_[g] || !stable_[g] ? one : coefficient_[k];
    std::int64_t out = 0;
    Rule taken = Rule::normal;
    if (!stable_[g]) {
      taken = Rule::unstable;
      out = half_up(static_cast<UInt128>(spent) * 70 * one, static_cast<UInt128>(average_[g]));
    } else {
      const std::int64_t tenths = threshold_tenths(weight);
      if (spent * 10 > tenths * average) {
        taken = Rule::high;
        const std::int64_t over = 10 * (spent - unreasonable[row]) + (10 - tenths) * average;
        out = half_up(static_cast<UInt128>(weight) * static_cast<UInt128>(coefficient) *
                          static_cast<UInt128>(over),
                      static_cast<UInt128>(average) * 10'000'000);
      } else if (spent * 10 < 3 * average) {
        taken = Rule::low;
        out = std::min(weight * 100, half_up(static_cast<UInt128>(weight) * static_cast<UInt128>(spent * 100),
                                             static_cast<UInt128>(average_[g])));
      } else {
        out = half_up(static_cast<UInt128>(weight) * static_cast<UInt128>(coefficient), 1'000'000);
      }
    }
    rules[row] = taken;
    results[row] = out;
    totals.by_hospital[hospital[row]] += out;
    ++totals.by_rule[static_cast<std::size_t>(taken)];
  }
}

void ByHand::make_keys() {
  for (std::size_t k = 0; k < key_count; ++k) {
    const std::size_t g = k / tier_count;
    const std::int64_t weight = weight_[g], average = tier_average_[k], tenths = threshold_tenths(weight);
    const std::int64_t coefficient = basic_[g] || !stable_[g] ? one : coefficient_[k];
    Key &key = keys_[k];
    key.high = tenths * average / 10;
    key.low = (3 * average + 9) / 10;
    key.normal_points = half_up(static_cast<UInt128>(weight) * static_cast<UInt128>(coefficient), 1'000'000);
    key.factor = weight * coefficient;
    key.added = (10 - tenths) * average;
    key.divisor = 10'000'000 * average;
    key.base = weight * 100;
    key.average = average_[g];
    if (!stable_[g]) key.high = -1, key.low = INT64_MIN;
  }
}

/// 13 % of the cases.
inline Rule ByHand::seldom(const Key &key, std::int64_t cost, std::int64_t unreasonable,
                           std::int64_t &points) {
  if (cost <= key.high) {
    points = std::min(key.base, half_up_64(static_cast<UInt128>(key.base) * static_cast<std::uint64_t>(cost),
                                           static_cast<std::uint64_t>(key.average)));
    return Rule::low;
  }
  if (key.high < 0) {
    points = half_up_64(static_cast<UInt128>(cost) * 70 * one, static_cast<std::uint64_t>(key.average));
    return Rule::unstable;
  }
  const std::int64_t over = 10 * (cost - unreasonable) + key.added;
  points = half_up_64(static_cast<UInt128>(static_cast<std::uint64_t>(key.factor)) *
                          static_cast<std::uint64_t>(over),
                      static_cast<std::uint64_t>(key.divisor));
  return Rule::high;
}

void ByHand::exact_tuned() {
  make_keys();
  const std::size_t count = cases();
  rule.resize(count), points.resize(count);
  Rule *const rules = rule.data();
  std::int64_t *const results = points.data();
  totals = {};
  for (std::size_t row = 0; row < count; ++row) {
    const Key &at = keys_[static_cast<std::size_t>(group[row] * tier_count + tier[row] - 1)];
    const std::int64_t spent = cost[row];
    std::int64_t out = at.normal_points;
    Rule taken = Rule::normal;
    if (spent > at.high || spent < at.low) taken = seldom(at, spent, unreasonable[row], out);
    rules[row] = taken;
    results[row] = out;
    totals.by_hospital[hospital[row]] += out;
    ++totals.by_rule[static_cast<std::size_t>(taken)];
  }
}

} // namespace steelyard::bench
