// Run files of a year of Guigang: how large they are, what writing, replaying, verifying and explaining one
// takes. All by the program as a user runs it.
#include "runtime/log/cells.h"
#include "tests/bench/bench.h"
#include <algorithm>
#include <fmt/core.h>
#include <fstream>

namespace steelyard::bench {

namespace {

using Command = std::vector<std::string>;

Command operator+(Command command, const Command &more) {
  command.insert(command.end(), more.begin(), more.end());
  return command;
}

std::string content_of(const std::filesystem::path &file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Of the input files, each by itself, as the frames of a run file are.
std::size_t compressed_size(const std::filesystem::path &folder) {
  std::size_t out = 0;
  log::Compressor compress;
  for (const auto &file : std::filesystem::directory_iterator(folder))
    out += compress(content_of(file.path())).size();
  return out;
}

/// The key of the case in the middle of the file.
std::string middle_case(const std::filesystem::path &folder) {
  const std::string text = content_of(folder / "case.csv");
  const std::size_t begin = text.find('\n', text.size() / 2) + 1;
  return text.substr(begin, text.find(',', begin) - begin);
}

/// A private key, made by openssl; empty where there is none.
std::filesystem::path signing_key(const Settings &settings) {
  const std::filesystem::path out = settings.folder / "key.pem";
  try {
    if (!std::filesystem::exists(out))
      run({"/usr/bin/openssl", "genpkey", "-algorithm", "ed25519", "-out", out});
  } catch (const std::runtime_error &) {
    return {};
  }
  return out;
}

double median_of(const std::vector<Figures> &all, const char *name) {
  std::vector<double> values;
  for (const Figures &one : all) values.push_back(one.at(name).get<double>());
  return median(std::move(values));
}

} // namespace

void measure_log(const Settings &settings, Figures &figures) {
  const std::filesystem::path folder = dataset(settings, "guigang", settings.cases),
                              log = settings.folder / "run";
  const std::vector<std::string> environment = {"XDG_CACHE_HOME=" + (settings.folder / "cache").string()};
  const Command settle = {settings.program,
                          "settle",
                          settings.source / "policies/guigang",
                          "--data",
                          folder,
                          "--out",
                          settings.folder / "results",
                          "--force",
                          "--engine",
                          "native",
                          "--threads",
                          "2",
                          "--format",
                          "json"};
  Command with_log = settle + Command{"--log", log};
  if (const std::filesystem::path key = signing_key(settings); !key.empty())
    with_log = with_log + Command{"--sign", key};
  const int rounds = std::min(settings.rounds, 5);
  std::vector<Figures> logs;
  const std::vector<double> cpu = in_turn(rounds, {
                                                      [&] { return run(settle, environment).cpu_ms; },
                                                      [&] {
                                                        const Child child = run(with_log, environment);
                                                        Figures one = Figures::parse(child.output)["log"];
                                                        one["rest"] = child.cpu_ms -
                                                                      one.at("hash_cpu_ms").get<double>() -
                                                                      one.at("sign_cpu_ms").get<double>();
                                                        logs.push_back(one);
                                                        return child.cpu_ms;
                                                      },
                                                  });
  const auto wall = [&](const Command &command) {
    return in_turn(settings.rounds, {[&] { return run(command, environment).wall_ms; }})[0];
  };
  Figures detail; // by itself: a reference into `figures` would not outlive what is added there
  const double cases = static_cast<double>(settings.cases),
               size = static_cast<double>(std::filesystem::file_size(log));
  const auto inputs = static_cast<double>(compressed_size(folder));
  figures["log_bytes_a_case_beyond_inputs"] = (size - inputs) / cases;
  figures["log_overhead"] = (median_of(logs, "rest") - cpu[0]) / cpu[0];
  figures["explain_one_case_ms"] = wall({settings.program, "explain", log, "case=" + middle_case(folder)});
  detail["bytes"] = size;
  detail["inputs_compressed_bytes"] = inputs;
  detail["settle_cpu_ms"] = cpu[0];
  detail["settle_with_log_cpu_ms"] = cpu[1];
  detail["encode_cpu_ms"] = median_of(logs, "encode_cpu_ms");
  detail["hash_cpu_ms"] = median_of(logs, "hash_cpu_ms");
  detail["sign_cpu_ms"] = median_of(logs, "sign_cpu_ms");
  detail["replay_wall_ms"] = wall({settings.program, "replay", log, "--engine", "native", "--threads", "2"});
  detail["verify_wall_ms"] = wall({settings.program, "verify", log});
  figures["log"] = std::move(detail);
}

} // namespace steelyard::bench
