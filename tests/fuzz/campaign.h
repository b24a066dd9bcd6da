// A run of the fuzzer: which policies and datasets, what was compared, what was found.
#pragma once
#include <cstdint>
#include <string>

namespace steelyard::fuzz {

struct Plan {
  int large = 1;          ///< how many of 100 policies get a dataset of 20,000 rows as well
  int rows = 25;          ///< how many of 100 policies are of lists and tables of rules
  int relations = 100;    ///< on how many of 100 datasets what must follow from a change of it is tried
  double cpu_seconds = 0; ///< of the process; 0: no limit
  double seconds = 45;
  std::uint64_t seed = 1;
  std::size_t policies = 0;
  std::string engine = "auto";
  std::string failures = "fuzz_failures";
  std::size_t stop_after = 5;
  int shrink_seconds = 40;
  bool isolate = false; ///< run each trial in a process of its own first, so that a crash is a finding
  bool no_real = false;
  bool show = false;
};

/// 0: no difference; 1: something was found; 2: the engine is not there.
int run(const Plan &plan);

} // namespace steelyard::fuzz
