// Clocks, medians, child processes, datasets.
#include "compiler/semantics/load_policy.h"
#include "runtime/data/dataset.h"
#include "runtime/data/read_dataset.h"
#include "tests/bench/bench.h"
#include "tests/bench/generate.h"
#include <algorithm>
#include <chrono>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <fmt/core.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace steelyard::bench {

double cpu_ms() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

double wall_ms() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<double> in_turn(int rounds, const std::vector<std::function<double()>> &what) {
  std::vector<std::vector<double>> times(what.size());
  for (const auto &one : what) one(); // memory and code are touched once before
  for (int round = 0; round < rounds; ++round)
    for (std::size_t i = 0; i < what.size(); ++i) times[i].push_back(what[i]());
  std::vector<double> out;
  for (std::vector<double> &one : times) out.push_back(median(std::move(one)));
  return out;
}

semantics::LoadResult load(const std::filesystem::path &policy, bool remember) {
  semantics::LoadResult out = semantics::load_policy(policy, remember);
  if (!out.program) throw std::runtime_error("the policy has errors: " + policy.string());
  return out;
}

data::Dataset read(const semantics::Program &program, const std::filesystem::path &folder, int threads) {
  data::ReadResult out = data::read_dataset(program.schema, folder, data::Encoding::utf8, 20, threads);
  if (out.error_count > 0) throw std::runtime_error(data::to_text(out.errors.front()));
  return std::move(out.dataset);
}

std::filesystem::path dataset(const Settings &settings, const std::string &what, std::size_t cases) {
  const std::filesystem::path folder = settings.folder / fmt::format("{}_{}", what, cases);
  if (std::filesystem::exists(folder)) return folder;
  const std::filesystem::path unfinished = settings.folder / fmt::format("{}_{}.part", what, cases);
  std::filesystem::remove_all(unfinished);
  what == "yardstick" ? generate_yardstick(unfinished, cases) : generate_guigang(unfinished, cases);
  std::filesystem::rename(unfinished, folder);
  return folder;
}

Child run(const std::vector<std::string> &command, const std::vector<std::string> &environment) {
  std::vector<char *> words, variables;
  for (const std::string &word : command) words.push_back(const_cast<char *>(word.c_str()));
  words.push_back(nullptr);
  for (const std::string &one : environment) variables.push_back(const_cast<char *>(one.c_str()));
  for (char **one = environ; *one != nullptr; ++one) {
    const std::string_view name = std::string_view(*one).substr(0, std::string_view(*one).find('=') + 1);
    if (std::none_of(environment.begin(), environment.end(),
                     [&](const std::string &own) { return own.starts_with(name); }))
      variables.push_back(*one);
  }
  variables.push_back(nullptr);
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_addclose(&actions, ends[0]);
  posix_spawn_file_actions_addclose(&actions, ends[1]);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  const double begin = wall_ms();
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, words[0], &actions, nullptr, words.data(), variables.data());
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  Child out;
  char piece[4096];
  for (ssize_t size; failed == 0 && (size = ::read(ends[0], piece, sizeof piece)) > 0;)
    out.output.append(piece, static_cast<std::size_t>(size));
  ::close(ends[0]);
  int status = 0;
  rusage used{};
  if (failed != 0 || ::wait4(child, &status, 0, &used) < 0 || status != 0)
    throw std::runtime_error(fmt::format("{} {} failed", command[0], command.size() > 1 ? command[1] : ""));
  out.wall_ms = wall_ms() - begin;
  const auto ms = [](const timeval &time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  out.cpu_ms = ms(used.ru_utime) + ms(used.ru_stime);
  out.peak_mb = static_cast<double>(used.ru_maxrss) / 1024.0;
  return out;
}

} // namespace steelyard::bench
