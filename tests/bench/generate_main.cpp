// generate yardstick|guigang|TABLES CASES FOLDER: a dataset for benchmarks. TABLES: the folder of a grouping
// scheme.
#include "tests/bench/generate.h"
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

int main(int argc, char **argv) {
  const std::string_view what = argc == 4 ? argv[1] : "";
  const bool tables = what.find('/') != what.npos;
  if (what != "yardstick" && what != "guigang" && !tables) {
    std::fputs("usage: generate yardstick|guigang|TABLES CASES FOLDER (TABLES: with a slash)\n", stderr);
    return 64;
  }
  try {
    const std::size_t cases = std::strtoull(argv[2], nullptr, 10);
    if (tables)
      steelyard::bench::generate_grouping(argv[3], what, cases);
    else if (what == "yardstick")
      steelyard::bench::generate_yardstick(argv[3], cases);
    else
      steelyard::bench::generate_guigang(argv[3], cases);
  } catch (const std::exception &failure) {
    std::fprintf(stderr, "error: %s\n", failure.what());
    return 74;
  }
  return 0;
}
