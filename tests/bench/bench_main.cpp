// steelyard_bench [--json FILE] [--cases N] [--folder FOLDER] [--rounds N]: all figures, as JSON on standard
// output and in FILE.
#include "tests/bench/bench.h"
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <malloc.h>
#include <string_view>

int main(int argc, char **argv) {
  using namespace steelyard::bench;
  try {
    if (argc == 4 && std::string_view(argv[1]) == "--compile-once") return compile_once(argv[2], argv[3]);
    if (argc == 4 && std::string_view(argv[1]) == "--read-once") return read_once(argv[2], argv[3]);
    if (argc == 6 && std::string_view(argv[1]) == "--group-once")
      return group_once(argv[2], argv[3], argv[4], std::atoi(argv[5]));
    Settings settings;
    settings.source = STEELYARD_SOURCE_DIR;
    settings.program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "steelyard";
    settings.folder = settings.program.parent_path() / "bench";
    std::string json, only;
    for (int i = 1; i < argc; ++i) {
      const std::string_view option = argv[i];
      const char *value = i + 1 < argc ? argv[++i] : "";
      if (option == "--json")
        json = value;
      else if (option == "--only")
        only = value;
      else if (option == "--folder")
        settings.folder = value;
      else if (option == "--cases" && std::strtoull(value, nullptr, 10) > 0)
        settings.cases = std::strtoull(value, nullptr, 10);
      else if (option == "--rounds" && std::atoi(value) > 0)
        settings.rounds = std::atoi(value);
      else {
        std::fputs("usage: steelyard_bench [--json FILE] [--cases N] [--folder FOLDER] [--rounds N]\n"
                   "                       [--only yardstick|guigang|compiling|log|grouping]\n",
                   stderr);
        return 64;
      }
    }
    std::filesystem::create_directories(settings.folder);
    // Memory that one round gives back serves the next, as it does in a process that settles several times.
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    Figures figures;
    if (only.empty() || only == "yardstick") measure_yardstick(settings, figures);
    if (only.empty() || only == "compiling") measure_compiling(settings, figures);
    if (only.empty() || only == "guigang") measure_guigang(settings, figures);
    if (only.empty() || only == "log") measure_log(settings, figures);
    if (only.empty() || only == "grouping") measure_grouping(settings, figures);
    fmt::print("{}\n", figures.dump(2));
    if (!json.empty() && !(std::ofstream(json) << figures.dump(2) << "\n"))
      throw std::runtime_error("cannot write " + json);
  } catch (const std::exception &failure) {
    std::fprintf(stderr, "error: %s\n", failure.what());
    return 1;
  }
  return 0;
}
