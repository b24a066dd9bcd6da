// The yardstick's data: integers only. Weights are skewed, light groups are the frequent ones; of the cases
// some 6 % are above the high threshold, 5 % below the low one, 2 % of unstable groups.
#include "tests/bench/generate.h"
#include "tests/bench/mersenne.h"
#include "tests/bench/text_file.h"
#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <numeric>

namespace steelyard::bench {

namespace {

constexpr int group_count = 628, hospital_count = 60;
constexpr std::int64_t million = 1'000'000;

using Counts = std::vector<std::int64_t>;

/// The multiple of the mean above which a case is high, in tenths, by the weight in units of 10^-8.
std::int64_t threshold_tenths(std::int64_t weight) {
  constexpr std::int64_t one = 100'000'000;
  return weight <= one ? 30 : weight <= 2 * one ? 25 : weight <= 3 * one ? 20 : weight <= 5 * one ? 15 : 13;
}

struct Group {
  std::int64_t weight = 0;  ///< 10^-8
  std::int64_t average = 0; ///< fen
  std::int64_t tier_average[3] = {}, coefficient[3] = {};
  bool stable = true, basic = false;
};

/// Something picked with given weights.
struct Pick {
  std::vector<int> of;
  Counts up_to; ///< cumulated

  void add(int what, std::int64_t weight) {
    of.push_back(what);
    up_to.push_back((up_to.empty() ? 0 : up_to.back()) + weight);
  }
  int operator()(Mersenne &random) const {
    const auto at = std::upper_bound(up_to.begin(), up_to.end(), random.below(up_to.back()));
    return of[static_cast<std::size_t>(at - up_to.begin())];
  }
};

struct Yardstick {
  Mersenne random{20240917};
  std::vector<Group> groups{group_count};
  std::vector<int> tier_of; ///< by hospital, 1 to 3
  Pick stable, unstable, hospital;

  Yardstick();
  void write_tables(const std::filesystem::path &folder) const;
  void write_cases(const std::filesystem::path &folder, std::size_t cases);
  void write_edge(const std::filesystem::path &folder);
  std::int64_t cost_over_mean(std::int64_t threshold);
};

Yardstick::Yardstick() {
  std::vector<int> order(group_count);
  std::iota(order.begin(), order.end(), 0);
  random.shuffle(order);
  for (int i = 0; i < 40; ++i)
    groups[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])].stable = false;
  for (int i = 40; i < 100; ++i)
    groups[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])].basic = true;
  for (Group &group : groups) {
    const std::int64_t u = random.below(million + 1);
    using boost::multiprecision::cpp_int;
    const cpp_int skewed = cpp_int(2'495'000'000) * pow(cpp_int(u), 5) / pow(cpp_int(million), 5);
    std::int64_t weight = 5'000'000 + static_cast<std::int64_t>(skewed);
    weight = std::min(weight + random.below(100'000), std::int64_t{2'500'000'000});
    group.weight = weight;
    group.average = std::max(std::int64_t{1000},
                             weight * 800'000 / 100'000'000 * (900'000 + random.below(200'001)) / million);
    constexpr std::int64_t lowest[] = {720'000, 880'000, 1'050'000};
    for (int tier = 0; tier < 3; ++tier) {
      const std::int64_t ratio = lowest[tier] + random.below(160'001);
      group.tier_average[tier] = std::max(std::int64_t{100}, group.average * ratio / million);
      group.coefficient[tier] = ratio * 100 + random.below(1000);
    }
  }
  for (int h = 0; h < hospital_count; ++h) {
    tier_of.push_back(h < 10 ? 3 : h < 34 ? 2 : 1);
    hospital.add(h, tier_of.back() == 3 ? 9 : tier_of.back() == 2 ? 3 : 1);
  }
  std::vector<std::pair<std::int64_t, int>> by_frequency;
  for (int g = 0; g < group_count; ++g)
    by_frequency.emplace_back(groups[static_cast<std::size_t>(g)].weight * (1 + random.below(30)), g);
  std::sort(by_frequency.begin(), by_frequency.end());
  for (const auto &[weight, g] : by_frequency) {
    Pick &pick = groups[static_cast<std::size_t>(g)].stable ? stable : unstable;
    pick.add(g, 10'000'000 / (static_cast<std::int64_t>(pick.of.size()) + 8));
  }
}

void Yardstick::write_tables(const std::filesystem::path &folder) const {
  std::filesystem::create_directories(folder);
  TextFile drg(folder / "drg.csv"), drg_tier(folder / "drg_tier.csv"), hospitals(folder / "hospital.csv");
  drg << "drg,weight,stable,basic,city_avg\n";
  drg_tier << "drg,tier,tier_avg,coef\n";
  hospitals << "hospital_id,tier\n";
  for (int g = 0; g < group_count; ++g) {
    const Group &group = groups[static_cast<std::size_t>(g)];
    (drg << std::int64_t{g} << ",").decimal(group.weight, 8)
        << (group.stable ? ",true," : ",false,") << (group.basic ? "true," : "false,");
    drg.decimal(group.average, 2).end_line();
    for (int tier = 0; tier < 3; ++tier) {
      (drg_tier << std::int64_t{g} << "," << std::int64_t{tier + 1} << ",")
              .decimal(group.tier_average[tier], 2)
          << ",";
      drg_tier.decimal(group.coefficient[tier], 8).end_line();
    }
  }
  for (int h = 0; h < hospital_count; ++h)
    (hospitals << std::int64_t{h + 1} << "," << std::int64_t{tier_of[static_cast<std::size_t>(h)]})
        .end_line();
}

constexpr std::string_view case_header = "case_id,hospital_id,tier,drg,cost,approved_unreasonable\n";

/// Cost over the mean of group and tier, in millionths.
std::int64_t Yardstick::cost_over_mean(std::int64_t threshold) {
  const std::int64_t kind = random.below(10'000);
  if (kind < 612) { // high: one to three times the threshold, dense near it
    const std::int64_t u = random.below(million);
    return threshold + threshold * u / (2 * (1'250'000 - u)) + 1;
  }
  if (kind < 612 + 512) return 30'000 + random.below(270'000); // low
  std::int64_t bell = random.below(million);
  bell += random.below(million);
  bell += random.below(million);
  return 300'000 + (threshold - 300'000) * bell / (3 * million);
}

void Yardstick::write_cases(const std::filesystem::path &folder, std::size_t cases) {
  TextFile out(folder / "case.csv");
  out << case_header;
  for (std::size_t i = 0; i < cases; ++i) {
    const int h = hospital(random);
    const int tier = tier_of[static_cast<std::size_t>(h)];
    const int g = random.below(1000) < 20 ? unstable(random) : stable(random);
    const Group &group = groups[static_cast<std::size_t>(g)];
    const std::int64_t over_mean = cost_over_mean(threshold_tenths(group.weight) * 100'000);
    const std::int64_t cost = std::max(std::int64_t{1}, group.tier_average[tier - 1] * over_mean / million);
    std::int64_t unreasonable = 0;
    if (random.below(100) < 3) unreasonable = cost * random.below(150'000) / million;
    out << static_cast<std::int64_t>(i + 1) << "," << std::int64_t{h + 1} << "," << std::int64_t{tier} << ","
        << std::int64_t{g} << ",";
    out.decimal(cost, 2) << ",";
    out.decimal(unreasonable, 2).end_line();
  }
}

/// Every group and tier, both thresholds where they are whole fen: one fen under, at, one fen over.
void Yardstick::write_edge(const std::filesystem::path &folder) {
  TextFile out(folder / "case.csv");
  out << case_header;
  std::int64_t id = 0;
  for (const int g : stable.of)
    for (int tier = 1; tier <= 3; ++tier) {
      const Group &group = groups[static_cast<std::size_t>(g)];
      std::vector<int> there;
      for (int h = 0; h < hospital_count; ++h)
        if (tier_of[static_cast<std::size_t>(h)] == tier) there.push_back(h + 1);
      for (const std::int64_t tenths : {threshold_tenths(group.weight), std::int64_t{3}}) {
        const std::int64_t threshold = tenths * group.tier_average[tier - 1];
        if (threshold % 10 != 0) continue;
        for (int fen = -1; fen <= 1; ++fen) {
          out << ++id << "," << std::int64_t{random.choice(there)} << "," << std::int64_t{tier} << ","
              << std::int64_t{g} << ",";
          (out.decimal(threshold / 10 + fen, 2) << ",0.00").end_line();
        }
      }
    }
}

} // namespace

void generate_yardstick(const std::filesystem::path &folder, std::size_t cases) {
  Yardstick yardstick;
  yardstick.write_tables(folder);
  yardstick.write_cases(folder, cases);
  yardstick.write_tables(folder / "edge");
  yardstick.write_edge(folder / "edge");
}

} // namespace steelyard::bench
