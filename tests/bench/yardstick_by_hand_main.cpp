// yardstick_by_hand FOLDER read|exact|exact_tuned [ROUNDS] [RESULTS.csv]: the yardstick by hand, timed (CPU
// time of this process, the median of the rounds); results as case_id,class,points.
#include "tests/bench/by_hand.h"
#include "tests/bench/text_file.h"
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>

namespace {

double cpu_ms() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

} // namespace

int main(int argc, char **argv) {
  using namespace steelyard::bench;
  const std::string_view mode = argc > 2 ? argv[2] : "";
  if (mode != "read" && mode != "exact" && mode != "exact_tuned") {
    std::fputs("usage: yardstick_by_hand FOLDER read|exact|exact_tuned [ROUNDS] [RESULTS.csv]\n", stderr);
    return 64;
  }
  try {
    const double begin = cpu_ms();
    ByHand job(argv[1]);
    const double read = cpu_ms() - begin;
    std::printf("%zu cases, read in %.1f ms (%.0f MB/s)", job.cases(), read,
                static_cast<double>(job.bytes_read()) / read / 1e3);
    if (mode != "read") {
      std::vector<double> rounds(argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 1);
      for (double &round : rounds) {
        const double from = cpu_ms();
        mode == "exact" ? job.exact() : job.exact_tuned();
        round = cpu_ms() - from;
      }
      std::sort(rounds.begin(), rounds.end());
      const double median = rounds[rounds.size() / 2];
      std::printf(
          ", %.2f ms, %.2f ns a case; points %.8f, N %lld H %lld L %lld U %lld", median,
          median * 1e6 / static_cast<double>(job.cases()), static_cast<double>(job.totals.points()) / 1e8,
          static_cast<long long>(job.totals.by_rule[0]), static_cast<long long>(job.totals.by_rule[1]),
          static_cast<long long>(job.totals.by_rule[2]), static_cast<long long>(job.totals.by_rule[3]));
    }
    std::printf("\n");
    if (argc > 4) {
      TextFile out(argv[4]);
      out << "case_id,class,points\n";
      for (std::size_t row = 0; row < job.cases(); ++row) {
        constexpr std::string_view letters[] = {"N", "H", "L", "U"};
        out << std::int64_t{job.id[row]} << "," << letters[static_cast<std::size_t>(job.rule[row])] << ",";
        out.decimal(job.points[row], 8).end_line();
      }
    }
  } catch (const std::exception &failure) {
    std::fprintf(stderr, "error: %s\n", failure.what());
    return 74;
  }
  return 0;
}
