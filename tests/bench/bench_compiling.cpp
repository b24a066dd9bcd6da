// What it takes from the text of a policy to machine code, in a process of its own: cold, with an empty
// cache, and again from the cache. The data are the fewest cases for which the engine is used of itself; what
// it compiles are the passes that it compiles for them.
#include "compiler/native/execution.h"
#include "compiler/native/load_compiler.h"
#include "tests/bench/bench.h"
#include <fmt/format.h>

namespace steelyard::bench {

namespace {

struct Lap {
  double wall = wall_ms(), cpu = cpu_ms();
  Figures operator()() {
    const Lap before = *this;
    *this = Lap{};
    return {{"wall_ms", wall - before.wall}, {"cpu_ms", cpu - before.cpu}};
  }
};

} // namespace

int compile_once(const std::filesystem::path &policy, const std::filesystem::path &folder) {
  Lap lap;
  Figures out;
  native::OpeningCompiler opening(native::NativeOptions{}.least_rows); // beside the check, as 'settle' does
  const semantics::LoadResult loaded = load(policy, true);             // as 'settle' does
  out["check"] = lap();
  const auto made = plan::make_plan(*loaded.program);
  out["plan"] = lap();
  std::string reason;
  const auto compiler = opening.take(reason);
  if (!compiler) throw std::runtime_error(reason);
  out["open_compiler"] = lap(); // what is left to wait for
  const data::Dataset data = read(*loaded.program, folder);
  const interpret::RunOptions options;
  native::Execution execution(*loaded.program, std::get<plan::Plan>(made), data, options, 1);
  execution.run(compiler.get());
  out["compile"] = {{"wall_ms", execution.counts().compile_ms},
                    {"cpu_ms", execution.counts().compile_cpu_ms}};
  for (const char *time : {"wall_ms", "cpu_ms"})
    out[time] = out["check"][time].get<double>() + out["plan"][time].get<double>() +
                out["open_compiler"][time].get<double>() + out["compile"][time].get<double>();
  fmt::print("{}\n", out.dump());
  return 0;
}

void measure_compiling(const Settings &settings, Figures &figures) {
  const std::filesystem::path folder = dataset(settings, "guigang", 20'000),
                              cache = settings.folder / "compile_cache";
  const std::vector<std::string> command = {std::filesystem::read_symlink("/proc/self/exe"), "--compile-once",
                                            settings.source / "policies/guigang", folder};
  const std::vector<std::string> environment = {"XDG_CACHE_HOME=" + cache.string()};
  std::vector<Figures> cold, cached;
  const auto once = [&](std::vector<Figures> &times) {
    const Child child = run(command, environment);
    times.push_back(Figures::parse(child.output));
    times.back()["process"] = {{"wall_ms", child.wall_ms}, {"cpu_ms", child.cpu_ms}};
  };
  for (int round = 0; round < settings.rounds; ++round) {
    std::filesystem::remove_all(cache);
    once(cold);
    once(cached);
  }
  const auto of = [](const std::vector<Figures> &times, const std::string &part, const std::string &time) {
    std::vector<double> values;
    for (const Figures &one : times)
      values.push_back(part.empty() ? one[time].get<double>() : one[part][time].get<double>());
    return median(std::move(values));
  };
  figures["compile_cold_cpu_ms"] = of(cold, "", "cpu_ms");
  figures["compile_cached_ms"] = of(cached, "", "wall_ms");
  Figures &detail = figures["compiling"];
  for (const char *part : {"check", "plan", "open_compiler", "compile", "process"}) {
    detail[part] = {{"cold_cpu_ms", of(cold, part, "cpu_ms")},
                    {"cold_wall_ms", of(cold, part, "wall_ms")},
                    {"cached_cpu_ms", of(cached, part, "cpu_ms")},
                    {"cached_wall_ms", of(cached, part, "wall_ms")}};
  }
}

} // namespace steelyard::bench
