// The benchmark program's parts: what they share, and the figures they add. Figures are medians of rounds in
// which what is compared runs in turn, so that the noise of a shared machine falls on all alike.
#pragma once
#include "compiler/native/compiler.h"
#include "compiler/semantics/check.h"
#include "runtime/json/json.h"
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace steelyard::bench {

struct Settings {
  std::filesystem::path source;  ///< of the repository
  std::filesystem::path folder;  ///< for datasets and results
  std::filesystem::path program; ///< steelyard
  std::size_t cases = 1'000'000;
  int rounds = 11;
};

using Figures = Json;

double cpu_ms(); ///< of this process, all threads
double wall_ms();
double median(std::vector<double> values);

/// Median over the rounds of each of `what`, which are run in turn; each returns its own time.
std::vector<double> in_turn(int rounds, const std::vector<std::function<double()>> &what);

/// A policy that has no errors; throws std::runtime_error.
semantics::LoadResult load(const std::filesystem::path &policy, bool remember = false);
data::Dataset read(const semantics::Program &program, const std::filesystem::path &folder, int threads = 1);
/// The dataset, made when it is not there.
std::filesystem::path dataset(const Settings &settings, const std::string &what, std::size_t cases);

/// What a child process took.
struct Child {
  double wall_ms = 0, cpu_ms = 0, peak_mb = 0;
  std::string output;
};
/// Runs to the end; throws when it does not end well. `environment`: NAME=VALUE, added.
Child run(const std::vector<std::string> &command, const std::vector<std::string> &environment = {});

void measure_yardstick(const Settings &settings, Figures &figures);
void measure_guigang(const Settings &settings, Figures &figures);
void measure_log(const Settings &settings, Figures &figures);
void measure_compiling(const Settings &settings, Figures &figures);
/// Nothing but a message on stderr for schemes whose tables are not there.
void measure_grouping(const Settings &settings, Figures &figures);
/// The child's part of measure_grouping: groups the records of a dataset, with one thread and choices, and
/// prints what reading, preparing and grouping took.
int group_once(const std::filesystem::path &policy, const std::filesystem::path &tables,
               const std::filesystem::path &folder, int rounds);
/// The child's part of measure_guigang: reads a dataset with two threads, and prints what that took.
int read_once(const std::filesystem::path &policy, const std::filesystem::path &folder);
/// The child's part of measure_compiling: checks, plans, compiles, and prints what that took.
int compile_once(const std::filesystem::path &policy, const std::filesystem::path &folder);

} // namespace steelyard::bench
