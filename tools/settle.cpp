// `steelyard settle`: a dataset to a folder of results.
#include "compiler/interpret/settle.h"
#include "compiler/native/load_compiler.h"
#include "compiler/native/settle.h"
#include "runtime/data/large_memory.h"
#include "runtime/data/result_folder.h"
#include "runtime/json/json.h"
#include "tools/commands.h"
#include "tools/policy_source.h"
#include "tools/progress.h"
#include "tools/run_log.h"
#include "tools/run_source.h"
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>
#include <unistd.h>

namespace steelyard::tools {

namespace {

/// Rows of input from which machine code is sooner, compiling included.
constexpr std::size_t native_from = 5000;

/// Size of files of which so many rows may be expected; the compiler is opened in good time, or in vain.
constexpr std::uintmax_t likely_native_from = 20 * native_from;

/// The results would take the place of the data that they are computed from, `--force` or not.
bool would_replace_the_data(const SettleOptions &options) {
  std::error_code ignored;
  return std::filesystem::equivalent(options.out, options.run.data, ignored);
}

} // namespace

int settle(const SettleOptions &options) {
  if (would_replace_the_data(options)) {
    show_error(options.out + " holds the data; name another folder for the results");
    return bad_usage;
  }
  // Refuse before the work rather than after it.
  data::ResultFolder folder(options.out, options.force);
  if (!folder.error().empty()) {
    show_error(folder.error());
    return bad_usage;
  }
  std::unique_ptr<RunLog> log;
  if (!options.log.empty()) {
    log = std::make_unique<RunLog>(options);
    if (!log->error().empty()) {
      show_error(log->error());
      return bad_usage;
    }
  } else if (!options.sign.empty()) {
    show_error("--sign signs a run file: say where it goes with --log");
    return bad_usage;
  }
  // LLVM takes about half the time to open that the check takes: both at once.
  std::optional<native::OpeningCompiler> opening;
  const std::uintmax_t bytes = data::size_of_files(options.run.data);
  data::expect_large_data(bytes);
  if (options.engine == "native" || (options.engine == "auto" && bytes >= likely_native_from))
    opening.emplace(native::NativeOptions{}.least_rows);
  int code = ok;
  const auto begin = std::chrono::steady_clock::now();
  const auto source = open_run(options.run, code, options.json, options.threads);
  if (!source) return code;
  const semantics::Program &program = *source->policy.program;
  interpret::Run run(program, source->data.dataset, source->options);
  std::size_t input_rows = 0;
  for (const data::Table &table : source->data.dataset.tables) input_rows += table.rows;
  std::string engine = options.engine;
  if (engine == "auto") engine = input_rows < native_from ? "interpret" : "native";
  std::size_t native_rows = 0, exact_rows = 0, evaluated_rows = 0;
  native::NativeSettlement phases; // of the native engine; without its files
  const auto settle_begin = std::chrono::steady_clock::now();
  std::unique_ptr<interpret::Results> kept;
  std::vector<std::string> files; // names
  const interpret::Settlement result = [&] {
    ProgressLine line("结算 settling");
    const auto progress = [&](std::size_t done, std::size_t whole) { line.show(done, whole); };
    if (engine == "interpret") return interpret::settle(run, 20, progress);
    native::NativeOptions native{options.threads};
    native.keep = log != nullptr;
    if (opening) native.opening = &*opening;
    // Nothing is to be seen of them until the folder is committed.
    native.write = [&](std::string_view name, std::string_view part) { return folder.append(name, part); };
    native::NativeSettlement settled =
        native::settle_native(program, source->data.dataset, source->options, native, 20, progress);
    kept = std::move(settled.results);
    if (settled.fell_back) engine = "interpret";
    if (settled.fell_back && settled.settlement.error_count == 0)
      fmt::print(stderr, "note: the interpreter did the run: {}\n", settled.fallback_reason);
    native_rows = settled.native_rows;
    exact_rows = settled.exact_rows;
    evaluated_rows = settled.interpreted_rows;
    for (const std::string &reason : settled.not_compiled)
      fmt::print(stderr, "note: not compiled: {}\n", reason);
    files = settled.written;
    interpret::Settlement taken = std::move(settled.settlement);
    phases = std::move(settled);
    return taken;
  }();
  const auto write_begin = std::chrono::steady_clock::now();
  if (result.error_count > 0) {
    show_run_errors(result.errors, result.error_count, program, options.json);
    return bad_data;
  }
  if (log) {
    if (!kept) kept = interpret::results_of(run);
    if (!log->write(program, source->data.dataset, run, *kept, engine, source->period)) {
      show_error(log->error());
      return io_error;
    }
  }
  for (const interpret::ResultFile &file : result.files) {
    if (!folder.write(file.name, file.content)) break;
    files.push_back(file.name);
  }
  if (!folder.commit()) {
    show_error(folder.error());
    return io_error;
  }
  if (log && !log->commit()) {
    show_error(log->error());
    return io_error;
  }
  if (options.times) {
    const auto show = [](const char *phase, double ms) { fmt::print(stderr, "{}: {:.1f} ms\n", phase, ms); };
    const auto end = std::chrono::steady_clock::now();
    const auto between = [](auto from, auto to) {
      return std::chrono::duration<double, std::milli>(to - from).count();
    };
    show("check", source->check_ms);
    show("read", source->read_ms);
    if (engine == "interpret") {
      show("interpret", between(settle_begin, write_begin));
    } else {
      show("plan", phases.plan_ms);
      show("compile", phases.compile_ms);
      for (const native::StepTime &step : phases.steps) show(step.step.c_str(), step.wall_ms);
      show("format", phases.result_ms);
    }
    show("write", between(write_begin, end));
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(); // for the eye only
  if (options.json) {
    Json out = {{"policy", program.names.canonical()},
                {"ok", true},
                {"engine", engine},
                {"input_rows", input_rows},
                {"out", options.out}};
    if (engine == "native")
      out["rows"] = {
          {"compiled", native_rows}, {"of_them_exact", exact_rows}, {"one_by_one", evaluated_rows}};
    for (const std::string &file : files) out["files"].push_back(file);
    if (log)
      out["log"] = {{"file", options.log},
                    {"bytes", log->size()},
                    {"encode_cpu_ms", log->times().encode_ms},
                    {"hash_cpu_ms", log->times().hash_ms},
                    {"sign_cpu_ms", log->times().sign_ms}};
    for (const interpret::FailedCheck &check : result.failed_checks)
      out["failed_checks"].push_back(
          {{"check", program.checks[check.check].names.canonical()}, {"rows", check.count}});
    for (const auto &[index, value] : source->options.parameters)
      out["parameters_set"][program.parameters[index].names.canonical()] =
          run.value_text(run.parameter(index), program.parameters[index].type);
    fmt::print("{}\n", out.sort_members().dump(2));
    return ok;
  }
  for (const auto &[index, value] : source->options.parameters)
    fmt::print("参数 parameter {} = {} (set from outside)\n", program.parameters[index].names.canonical(),
               run.value_text(run.parameter(index), program.parameters[index].type));
  for (const interpret::FailedCheck &check : result.failed_checks)
    fmt::print("核对 check {}: {} row{} do{} not satisfy it, see checks.csv\n",
               program.checks[check.check].names.chinese(), check.count, check.count == 1 ? "" : "s",
               check.count == 1 ? "es" : "");
  fmt::print("{}: {} input rows settled into {} files in {} ({:.2f} s)\n", program.names.canonical(),
             input_rows, files.size(), options.out, seconds);
  if (engine == "native")
    fmt::print(
        "native code: {} rows computed, {} of them too wide and done with exact numbers; {} done one by "
        "one\n",
        native_rows, exact_rows, evaluated_rows);
  return ok;
}

} // namespace steelyard::tools
