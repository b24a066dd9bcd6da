// Grouping records by the published schemes, whose tables are no part of the repository: they are looked for
// in STEELYARD_TABLES, or beside the checkout in shared/data/chs-drg.
#include "compiler/native/settle.h"
#include "runtime/data/large_memory.h"
#include "tests/bench/bench.h"
#include "tests/bench/generate.h"
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>

namespace steelyard::bench {

namespace {

std::filesystem::path tables_of(const Settings &settings, const std::string &scheme) {
  std::vector<std::filesystem::path> folders = {settings.source / "../shared/data/chs-drg",
                                                settings.source / "../../shared/data/chs-drg"};
  if (const char *given = std::getenv("STEELYARD_TABLES")) folders = {given};
  for (const std::filesystem::path &folder : folders)
    if (std::filesystem::exists(folder / scheme / "adrg.csv"))
      return std::filesystem::weakly_canonical(folder / scheme);
  return {};
}

/// As few as are settled in native code.
constexpr std::size_t few_records = 5000;

void records(const std::filesystem::path &folder, const std::filesystem::path &tables, std::size_t count) {
  if (std::filesystem::exists(folder)) return;
  const std::filesystem::path unfinished = folder.string() + ".part";
  std::filesystem::remove_all(unfinished);
  generate_grouping(unfinished, tables, count);
  std::filesystem::rename(unfinished, folder);
}

double median_of(const std::vector<Figures> &all, const char *name) {
  std::vector<double> values;
  for (const Figures &one : all) values.push_back(one.at(name).get<double>());
  return median(std::move(values));
}

} // namespace

int group_once(const std::filesystem::path &policy, const std::filesystem::path &tables,
               const std::filesystem::path &folder, int rounds) {
  data::expect_large_data(data::size_of_files(folder));
  semantics::LoadResult loaded = load(policy, true);
  loaded.program->schema.tables_folder = tables.string();
  double begin = cpu_ms();
  const data::Dataset data = read(*loaded.program, folder);
  Figures out = {{"read_ms", cpu_ms() - begin}};
  native::NativeOptions options;
  options.threads = 1;
  options.choices = true;
  for (int round = 0; round < rounds; ++round) {
    const native::NativeSettlement settled = native::settle_native(*loaded.program, data, {}, options);
    if (settled.fell_back || settled.settlement.error_count > 0 || settled.choices.empty())
      throw std::runtime_error("not grouped in native code: " + settled.fallback_reason);
    Figures one;
    for (const native::StepTime &step : settled.steps)
      one[step.rows == 0                  ? "prepare_ms"
          : step.step.starts_with("rows") ? "run_ms"
                                          : "format_ms"] = step.cpu_ms;
    out["rounds"].push_back(std::move(one));
  }
  fmt::print("{}\n", out.dump());
  return 0;
}

void measure_grouping(const Settings &settings, Figures &figures) {
  Figures detail;
  detail["cases"] = settings.cases;
  const int rounds = std::min(settings.rounds, 5);
  for (const std::string scheme : {"chs_drg_11", "guangxi_2022", "zhejiang_2022"}) {
    const std::filesystem::path tables = tables_of(settings, scheme);
    if (tables.empty()) {
      std::fprintf(stderr, "grouping is not measured: the tables of %s are not here; set STEELYARD_TABLES\n",
                   scheme.c_str());
      continue;
    }
    const std::filesystem::path policy = settings.source / "policies/grouping" / scheme,
                                folder = settings.folder / fmt::format("{}_{}", scheme, settings.cases),
                                cache = settings.folder / "grouping_cache";
    const std::filesystem::path few = settings.folder / fmt::format("{}_few", scheme);
    records(folder, tables, settings.cases);
    records(few, tables, few_records);
    const std::vector<std::string> environment = {"XDG_CACHE_HOME=" + cache.string()};
    // From the columns that hold the records' cells to their groups and choices, tables prepared.
    const Figures once = Figures::parse(run({std::filesystem::read_symlink("/proc/self/exe"), "--group-once",
                                             policy, tables, folder, std::to_string(rounds)},
                                            environment)
                                            .output);
    const std::vector<Figures> all = once.at("rounds").get<std::vector<Figures>>();
    const double cases = static_cast<double>(settings.cases);
    Figures &of = detail[scheme];
    of["records_per_second"] = cases / median_of(all, "run_ms") * 1e3;
    of["format_ns_a_record"] = median_of(all, "format_ms") * 1e6 / cases;
    of["prepare_tables_ms"] = median_of(all, "prepare_ms");
    of["read_ns_a_record"] = once.at("read_ms").get<double>() * 1e6 / cases;

    // The program as a user runs it, from file to file.
    const std::vector<std::string> command = {settings.program, "group",     policy, "--tables",
                                              tables,           "--threads", "1"};
    std::vector<std::string> whole = command;
    whole.insert(whole.end(), {"--data", folder, "--out", settings.folder / "results", "--force"});
    std::vector<double> whole_ms, cold_ms, cached_ms, cold_wall, cached_wall;
    for (int round = 0; round < std::min(rounds, 3); ++round)
      whole_ms.push_back(run(whole, environment).cpu_ms);
    of["whole_command_records_per_second"] = cases / median(whole_ms) * 1e3;
    // What it takes to load, check and prepare for native code; few records take little more.
    std::vector<std::string> loading = command;
    loading.insert(loading.end(), {"--data", few, "--out", settings.folder / "results", "--force"});
    for (int round = 0; round < settings.rounds; ++round) {
      std::filesystem::remove_all(cache);
      const Child cold = run(loading, environment), cached = run(loading, environment);
      cold_ms.push_back(cold.cpu_ms), cold_wall.push_back(cold.wall_ms);
      cached_ms.push_back(cached.cpu_ms), cached_wall.push_back(cached.wall_ms);
    }
    of["load_cold"] = {{"cpu_ms", median(cold_ms)}, {"wall_ms", median(cold_wall)}};
    of["load_cached"] = {{"cpu_ms", median(cached_ms)}, {"wall_ms", median(cached_wall)}};
    const auto least = [&](const char *key, double value) {
      if (!figures.contains(key) || figures[key].get<double>() > value) figures[key] = value;
    };
    const auto most = [&](const char *key, double value) {
      if (!figures.contains(key) || figures[key].get<double>() < value) figures[key] = value;
    };
    // Of the slowest scheme.
    least("grouper_records_per_second", of["records_per_second"].get<double>());
    most("grouper_load_cold_ms", median(cold_wall));
    most("grouper_load_cached_ms", median(cached_wall));
  }
  figures["grouping"] = std::move(detail);
}

} // namespace steelyard::bench
