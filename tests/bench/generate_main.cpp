// generate yardstick|guigang CASES FOLDER: a dataset for benchmarks.
#include "tests/bench/generate.h"
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

int main(int argc, char **argv) {
  const std::string_view what = argc == 4 ? argv[1] : "";
  if (what != "yardstick" && what != "guigang") {
    std::fputs("usage: generate yardstick|guigang CASES FOLDER\n", stderr);
    return 64;
  }
  try {
    const std::size_t cases = std::strtoull(argv[2], nullptr, 10);
    if (what == "yardstick")
      steelyard::bench::generate_yardstick(argv[3], cases);
    else
      steelyard::bench::generate_guigang(argv[3], cases);
  } catch (const std::exception &failure) {
    std::fprintf(stderr, "error: %s\n", failure.what());
    return 74;
  }
  return 0;
}
