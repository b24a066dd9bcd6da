// A year of Guigang. Floating point makes the random amounts only; what is written is whole fen.
#include "tests/bench/generate.h"
#include "tests/bench/mersenne.h"
#include "tests/bench/text_file.h"
#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

namespace steelyard::bench {

namespace {

constexpr int group_count = 628, hospital_count = 60, tier_count = 3, fund_count = 2, month_count = 12;
constexpr std::string_view tiers[] = {"primary", "secondary", "tertiary"};
constexpr std::string_view funds[] = {"employee", "resident"};

struct Group {
  std::string code;
  std::int64_t weight = 0; ///< 10^-8
  double mean = 0;         ///< yuan
  double sigma = 0.45;
};

class Guigang {
public:
  Guigang(const std::filesystem::path &folder, std::size_t cases);
  void write();

private:
  double unit() {
    return static_cast<double>(random_.bits(40)) / static_cast<double>(std::uint64_t{1} << 40);
  }
  double between(double low, double high) { return low + (high - low) * unit(); }
  double normal() { return std::sqrt(-2 * std::log(1 - unit())) * std::cos(2 * std::numbers::pi * unit()); }
  int one_of(int count) { return static_cast<int>(random_.below(count)); }
  std::int64_t fen(double yuan) { return std::max<std::int64_t>(1, std::llround(yuan * 100)); }
  /// Lognormal, with the mean of group and tier.
  std::int64_t cost(const Group &group, int tier);
  std::string hospital(int index) const {
    const std::string digits = std::to_string(index + 1);
    return "H" + std::string(3 - digits.size(), '0') + digits;
  }
  void write_groups();
  void write_funds();
  void write_hospitals();
  void write_history();
  void write_cases();

  std::filesystem::path folder_;
  std::size_t cases_;
  Mersenne random_{20201201};
  std::vector<Group> groups_;
};

Guigang::Guigang(const std::filesystem::path &folder, std::size_t cases) : folder_(folder), cases_(cases) {
  std::filesystem::create_directories(folder);
  for (const char a : std::string_view("BCDEFGHIJKLMNOPQRSTUVWXYZ"))
    for (const char b : std::string_view("RSTU"))
      for (const char n : std::string_view("1234"))
        for (const char s : std::string_view("135"))
          if (groups_.size() < group_count) groups_.push_back({{a, b, n, s}, 0, 0});
  for (Group &group : groups_) {
    const double weight = std::min(12.0, std::exp(0.6 * normal())) + 0.2;
    group.weight = std::llround(weight * 1e8);
    group.mean = 9000 * weight * between(0.8, 1.25);
  }
  for (int i = 0; i < 14; ++i) groups_[static_cast<std::size_t>(one_of(group_count))].sigma = 1.4; // unstable
}

std::int64_t Guigang::cost(const Group &group, int tier) {
  constexpr double factor[] = {0.85, 1.0, 1.2};
  const double sigma = group.sigma;
  return std::max<std::int64_t>(
      100, fen(group.mean * factor[tier] * std::exp(sigma * normal() - sigma * sigma / 2)));
}

void Guigang::write_groups() {
  TextFile drg(folder_ / "drg.csv"), drg_tier(folder_ / "drg_tier.csv");
  drg << "drg,weight,basic\n";
  drg_tier << "drg,tier,agreed_coefficient\n";
  for (const Group &group : groups_) {
    (drg << group.code << ",").decimal(group.weight, 8) << (unit() < 0.1 ? ",true" : ",false");
    drg.end_line();
    for (const std::string_view tier : tiers)
      if (unit() < 0.03)
        (drg_tier << group.code << "," << tier << ",")
            .decimal(std::llround(between(0.8, 1.3) * 1e8), 8)
            .end_line();
  }
}

void Guigang::write_funds() {
  const double pay = static_cast<double>(cases_) * 10000.0;
  constexpr std::string_view deductions[] = {"outpatient_pool",
                                             "chronic_outpatient",
                                             "bed_day",
                                             "pharmacy",
                                             "special_drugs",
                                             "out_of_region",
                                             "non_pilot",
                                             "manual",
                                             "major_illness",
                                             "reserve",
                                             "other"};
  TextFile fund(folder_ / "fund.csv"), months(folder_ / "fund_month.csv");
  fund << "fund,total_budget";
  for (const std::string_view name : deductions) fund << "," << name;
  fund.end_line();
  months << "fund,month,last_year_paid\n";
  for (const std::string_view name : funds) {
    const std::string_view absent = name == "employee" ? "outpatient_pool" : "pharmacy";
    (fund << name << ",").decimal(fen(pay), 2);
    for (const std::string_view deduction : deductions) {
      fund << ",";
      if (deduction != absent) fund.decimal(fen(pay * between(0.005, 0.02)), 2);
    }
    fund.end_line();
    for (int month = 1; month <= month_count; ++month)
      (months << name << "," << std::int64_t{month} << ",")
          .decimal(fen(pay / 24 * between(0.8, 1.2)), 2)
          .end_line();
  }
}

void Guigang::write_hospitals() {
  const double pay = static_cast<double>(cases_) * 10000.0;
  constexpr std::string_view assessments[] = {"1.0000", "0.9800", "1.0200"};
  TextFile hospitals(folder_ / "hospital.csv"), by_fund(folder_ / "hospital_fund.csv"),
      by_month(folder_ / "hospital_fund_month.csv");
  hospitals << "hospital,tier,community,lead\n";
  by_fund << "hospital,fund,last_year_paid,assessment,deducted_points\n";
  by_month << "hospital,fund,month,audit_deduction,deducted_points\n";
  for (int h = 0; h < hospital_count; ++h) {
    const bool primary = h % tier_count == 0;
    hospitals << hospital(h) << "," << tiers[h % tier_count] << ",";
    if (primary) hospitals << "Q" << std::int64_t{h / 9 + 1};
    hospitals << (primary && h % 9 == 0 ? ",true" : ",false");
    hospitals.end_line();
    for (const std::string_view fund : funds) {
      (by_fund << hospital(h) << "," << fund << ",").decimal(fen(pay / 120 * between(0.5, 1.5)), 2)
          << "," << assessments[one_of(3)] << (one_of(2) == 0 ? ",0" : ",12.5");
      by_fund.end_line();
      for (int month = 1; month <= month_count; ++month) {
        if (unit() >= 0.3) continue;
        (by_month << hospital(h) << "," << fund << "," << std::int64_t{month} << ",")
                .decimal(fen(between(0, 5000)), 2)
            << (one_of(3) == 0 ? ",3.5" : ",0");
        by_month.end_line();
      }
    }
  }
}

void Guigang::write_history() {
  TextFile out(folder_ / "history.csv");
  out << "id,drg,tier,cost\n";
  for (std::size_t i = 0; i < std::max<std::size_t>(20000, cases_ / 5); ++i) {
    const Group &group = groups_[static_cast<std::size_t>(one_of(group_count))];
    const int tier = one_of(tier_count);
    (out << "P").padded(static_cast<std::int64_t>(i + 1), 8)
        << "," << group.code << "," << tiers[tier] << ",";
    out.decimal(cost(group, tier), 2).end_line();
  }
}

void Guigang::write_cases() {
  TextFile out(folder_ / "case.csv");
  out << "case,hospital,fund,month,drg,cost,unreasonable,approved,review_month,patient_paid,fund_paid,other_"
         "paid,"
         "self_pay\n";
  for (std::size_t i = 0; i < cases_; ++i) {
    const int h = one_of(hospital_count);
    const int month = one_of(month_count) + 1;
    const Group &group = groups_[static_cast<std::size_t>(one_of(group_count))];
    const std::int64_t spent = cost(group, h % tier_count);
    (out << "C").padded(static_cast<std::int64_t>(i + 1), 8)
        << "," << hospital(h) << "," << funds[one_of(fund_count)] << "," << std::int64_t{month} << ",";
    if (one_of(100) > 0) out << group.code;
    (out << ",").decimal(spent, 2) << ",";
    if (one_of(10) == 0) out.decimal(random_.below(spent / 10 + 1), 2);
    out << ",";
    if (one_of(100) < 15) { // reviewed; one review in ten has no month yet
      out << (one_of(100) < 60 ? "true," : "false,");
      if (one_of(10) > 0) out << std::int64_t{std::min(month_count, month + one_of(4))};
    } else {
      out << ",";
    }
    (out << ",").decimal(spent / 4, 2) << ",";
    out.decimal(spent * 7 / 10, 2) << ",0.00,";
    out.decimal(random_.below(spent / 8 + 1), 2).end_line();
  }
}

void Guigang::write() {
  write_groups();
  write_funds();
  write_hospitals();
  write_history();
  write_cases();
}

} // namespace

void generate_guigang(const std::filesystem::path &folder, std::size_t cases) {
  Guigang(folder, cases).write();
}

} // namespace steelyard::bench
