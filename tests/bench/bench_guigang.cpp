// A year of Guigang: the phases of a settlement apart, both engines, the whole program from CSV to result
// files, and how time grows with the number of cases.
#include "compiler/interpret/settle.h"
#include "compiler/native/execution.h"
#include "compiler/native/load_compiler.h"
#include "runtime/data/large_memory.h"
#include "runtime/data/result_folder.h"
#include "tests/bench/bench.h"
#include <algorithm>
#include <fmt/format.h>

namespace steelyard::bench {

namespace {

struct Phases {
  double read = 0, rows = 0, case_passes = 0, other_passes = 0, compile = 0, format = 0, write = 0;
  double settle() const { return read + rows + case_passes + other_passes + format + write; }
};
Phases operator/(const Phases &sum, double by) {
  return {sum.read / by,    sum.rows / by,   sum.case_passes / by, sum.other_passes / by,
          sum.compile / by, sum.format / by, sum.write / by};
}

struct Guigang {
  semantics::LoadResult policy;
  std::unique_ptr<native::Compiler> compiler;
  plan::Plan plan;

  explicit Guigang(const Settings &settings) : policy(load(settings.source / "policies/guigang")) {
    std::string reason;
    compiler = native::load_compiler(native::NativeOptions{}.least_rows, reason);
    if (!compiler) throw std::runtime_error(reason);
    auto made = plan::make_plan(*policy.program);
    if (const auto *unplanned = std::get_if<plan::Unplanned>(&made))
      throw std::runtime_error(unplanned->reason);
    plan = std::get<plan::Plan>(std::move(made));
  }

  /// One settlement with one thread, CPU times by phase.
  Phases settle(const std::filesystem::path &folder, const std::filesystem::path &out) {
    Phases phases;
    double last = cpu_ms();
    const auto lap = [&] {
      const double before = last;
      last = cpu_ms();
      return last - before;
    };
    const data::Dataset data = read(*policy.program, folder);
    phases.read = lap();
    const interpret::RunOptions options;
    native::Execution execution(*policy.program, plan, data, options, 1);
    execution.run(compiler.get());
    lap();
    for (const native::StepTime &step : execution.counts().steps)
      (!step.step.starts_with("pass")  ? phases.rows
       : step.step == "pass over case" ? phases.case_passes
                                       : phases.other_passes) += step.cpu_ms;
    phases.compile = execution.counts().compile_cpu_ms;
    last = cpu_ms();
    data::ResultFolder results(out, true);
    std::vector<std::string> names;
    const auto write = [&](std::string_view name, std::string_view part) {
      phases.format += lap();
      const bool well = results.append(name, part);
      phases.write += lap();
      return well;
    };
    const interpret::Settlement settlement = execution.results(write, names);
    phases.format += lap();
    for (const interpret::ResultFile &file : settlement.files)
      if (!results.write(file.name, file.content)) break;
    if (!results.commit()) throw std::runtime_error(results.error());
    phases.write += lap();
    return phases;
  }
};

Phases median_phases(std::vector<Phases> all) {
  Phases out;
  for (double Phases::*one : {&Phases::read, &Phases::rows, &Phases::case_passes, &Phases::other_passes,
                              &Phases::compile, &Phases::format, &Phases::write}) {
    std::vector<double> values;
    for (const Phases &phases : all) values.push_back(phases.*one);
    out.*one = median(std::move(values));
  }
  return out;
}

Figures in_ns(const Phases &phases, std::size_t cases) {
  const Phases a = phases / (static_cast<double>(cases) / 1e6);
  return {{"read", a.read},
          {"rows_and_joins", a.rows},
          {"passes_over_cases", a.case_passes},
          {"other_passes", a.other_passes},
          {"format_results", a.format},
          {"write_results", a.write}};
}

double interpreter_cases_per_second(const Settings &settings, const semantics::Program &program,
                                    std::size_t cases) {
  const data::Dataset data = read(program, dataset(settings, "guigang", cases));
  const double begin = cpu_ms();
  interpret::Run run(program, data, {});
  const interpret::Settlement out = interpret::settle(run, 20, {});
  if (out.error_count > 0) throw std::runtime_error("the interpreter met errors");
  return static_cast<double>(cases) / (cpu_ms() - begin) * 1e3;
}

} // namespace

int read_once(const std::filesystem::path &policy, const std::filesystem::path &folder) {
  data::expect_large_data(data::size_of_files(folder));
  const semantics::LoadResult loaded = load(policy, true);
  const double begin = cpu_ms();
  read(*loaded.program, folder, 2);
  fmt::print("{}\n", cpu_ms() - begin);
  return 0;
}

void measure_guigang(const Settings &settings, Figures &figures) {
  Guigang guigang(settings);
  const std::filesystem::path folder = dataset(settings, "guigang", settings.cases),
                              out = settings.folder / "results";
  const int rounds = std::min(settings.rounds, 5);
  Figures detail; // by itself: a reference into `figures` would not outlive what is added there
  detail["cases"] = settings.cases;

  // The program as a user runs it, two threads, against reading alone.
  const std::vector<std::string> command = {settings.program,
                                            "settle",
                                            settings.source / "policies/guigang",
                                            "--data",
                                            folder,
                                            "--out",
                                            out,
                                            "--force",
                                            "--engine",
                                            "native",
                                            "--threads",
                                            "2"};
  // Reading, too, in a process of its own, which takes its memory from the system as that of the program
  // does.
  const std::vector<std::string> reading = {std::filesystem::read_symlink("/proc/self/exe"), "--read-once",
                                            settings.source / "policies/guigang", folder};
  const std::vector<std::string> environment = {"XDG_CACHE_HOME=" + (settings.folder / "cache").string()};
  std::vector<Child> whole;
  const std::vector<double> by_turns =
      in_turn(rounds, {
                          [&] {
                            whole.push_back(run(command, environment));
                            return whole.back().cpu_ms;
                          },
                          [&] {
                            const Child child = run(reading, environment);
                            return Figures::parse(child.output).get<double>();
                          },
                      });
  std::vector<double> wall, peak;
  for (const Child &one : whole) wall.push_back(one.wall_ms), peak.push_back(one.peak_mb);
  const double cases = static_cast<double>(settings.cases);
  figures["cases_per_second"] = cases / median(wall) * 1e3;
  figures["end_to_end_to_read"] = by_turns[0] / by_turns[1];
  figures["peak_memory_mb"] = median(peak);
  detail["end_to_end_wall_ms"] = median(wall);
  detail["end_to_end_cpu_ms"] = by_turns[0];
  detail["read_cpu_ms"] = by_turns[1];

  const auto phases_at = [&](std::size_t count, int times) {
    const std::filesystem::path data = dataset(settings, "guigang", count);
    std::vector<Phases> all;
    guigang.settle(data, out);
    for (int i = 0; i < times; ++i) all.push_back(guigang.settle(data, out));
    return median_phases(std::move(all));
  };
  const Phases here = phases_at(settings.cases, rounds);
  detail["phases_ns_a_case"] = in_ns(here, settings.cases);
  figures["cases_per_second_one_thread"] = cases / here.settle() * 1e3;
  const std::size_t few = std::max<std::size_t>(settings.cases / 10, 1), many = settings.cases * 10;
  const Phases small = phases_at(few, rounds), large = phases_at(many, std::min(rounds, 3));
  figures["scaling_10m_to_100k"] =
      (large.settle() / static_cast<double>(many)) / (small.settle() / static_cast<double>(few));
  detail["ns_a_case"][std::to_string(few)] = small.settle() * 1e6 / static_cast<double>(few);
  detail["ns_a_case"][std::to_string(settings.cases)] = here.settle() * 1e6 / cases;
  detail["ns_a_case"][std::to_string(many)] = large.settle() * 1e6 / static_cast<double>(many);
  detail["interpreter_cases_per_second"] = interpreter_cases_per_second(
      settings, *guigang.policy.program, std::min<std::size_t>(settings.cases, 20'000));
  if (!guigang.compiler->reasons().empty()) detail["not_compiled"] = guigang.compiler->reasons();
  figures["guigang"] = std::move(detail);
}

} // namespace steelyard::bench
