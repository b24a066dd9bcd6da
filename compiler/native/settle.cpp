// Plan, run, results; and the interpreter where the run of the plan was handed over.
#include "compiler/native/settle.h"
#include "compiler/native/compiler.h"
#include "compiler/native/execution.h"
#include "compiler/native/load_compiler.h"
#include "compiler/native/results_of.h"
#include "compiler/native/row_program.h"
#include "compiler/native/row_results.h"
#include "compiler/native/stages.h"
#include <chrono>
#include <thread>

namespace steelyard::native {

namespace {

double now() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// `in_stages`: it may be. A stage is not divided once more.
NativeSettlement settle(const semantics::Program &program, const data::Dataset &dataset,
                        const interpret::RunOptions &options, const NativeOptions &native, bool in_stages,
                        std::size_t kept_errors = 20, const interpret::Progress &progress = {});

/// Rows with lists first, then what rests on their results; false where the program is not of that kind.
bool settle_in_stages(const semantics::Program &program, const data::Dataset &dataset,
                      const interpret::RunOptions &options, const NativeOptions &native,
                      NativeSettlement &out) {
  // The results of the stages, when they are kept, look at their programs and data.
  struct Kept {
    Stages stages;
    data::Dataset data;
  };
  auto made = stages_of(program);
  if (!made || std::holds_alternative<plan::Unplanned>(plan::make_plan(made->rest, native.keep)))
    return false;
  const auto kept = std::make_shared<Kept>(Kept{std::move(*made), {}});
  const Stages *stages = &kept->stages;
  NativeOptions first;
  first.threads = native.threads;
  first.or_nothing = true;
  first.keep = native.keep;
  first.choices = native.choices;
  NativeSettlement rows = settle(stages->rows, dataset, options, first, false);
  if (rows.fell_back) throw HandOver(rows.fallback_reason);
  const double begin = now();
  const std::string name = program.scopes[static_cast<std::size_t>(stages->scope)].names.canonical() + ".csv";
  std::optional<data::Dataset> with_results;
  for (const interpret::ResultFile &file : rows.settlement.files)
    if (file.name == name) with_results = data_of_rest(*stages, dataset, file.content);
  if (!with_results) throw HandOver("results of rows that are not as expected");
  rows.steps.push_back({"results of the rows as columns", rows.native_rows, now() - begin, now() - begin});
  NativeOptions second = native;
  second.or_nothing = true;
  kept->data = std::move(*with_results);
  out = settle(stages->rest, kept->data, options, second, false);
  if (out.fell_back) throw HandOver(out.fallback_reason);
  if (native.keep)
    out.results =
        results_of_stages(program, stages->first, std::move(rows.results), std::move(out.results), kept);
  out.choices.insert(out.choices.begin(), std::make_move_iterator(rows.choices.begin()),
                     std::make_move_iterator(rows.choices.end()));
  out.steps.insert(out.steps.begin(), rows.steps.begin(), rows.steps.end());
  out.native_rows += rows.native_rows;
  for (interpret::ResultFile &file : rows.settlement.files) out.settlement.files.push_back(std::move(file));
  return true;
}

NativeSettlement settle(const semantics::Program &program, const data::Dataset &dataset,
                        const interpret::RunOptions &options, const NativeOptions &native, bool in_stages,
                        std::size_t kept_errors, const interpret::Progress &progress) {
  NativeSettlement out;
  const int threads = native.threads > 0 ? native.threads
                                         : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  try {
    const double begin = now();
    auto made = plan::make_plan(program, native.keep);
    out.plan_ms = now() - begin;
    if (const auto *unplanned = std::get_if<plan::Unplanned>(&made)) {
      RowRun rows = settle_row_by_row(program, dataset, options, native, threads);
      if (!rows.settlement && in_stages && settle_in_stages(program, dataset, options, native, out))
        return out;
      if (!rows.settlement)
        throw HandOver(unplanned->reason + (rows.reason.empty() ? "" : "; " + rows.reason));
      out.settlement = std::move(*rows.settlement);
      out.choices = std::move(rows.choices);
      out.results = std::move(rows.results);
      out.native_rows = rows.rows;
      out.steps = {rows.prepared, rows.computed, rows.formatted};
      return out;
    }
    auto finished = std::make_unique<FinishedRun>();
    finished->plan = std::get<plan::Plan>(std::move(made));
    const plan::Plan &plan = finished->plan;
#ifndef NDEBUG
    if (const auto broken = plan::verify(plan, program)) throw std::logic_error(*broken);
#endif
    std::string no_compiler;
    const std::unique_ptr<Compiler> compiler = native.opening != nullptr
                                                   ? native.opening->take(no_compiler)
                                                   : load_compiler(native.least_rows, no_compiler);
    if (!compiler) out.not_compiled.push_back(no_compiler);
    finished->execution = std::make_unique<Execution>(program, plan, dataset, options, threads);
    Execution &execution = *finished->execution;
    execution.run(compiler.get());
    const double run = now();
    out.settlement = execution.results(native.write, out.written);
    out.result_ms = now() - run;
    const Execution::Counts &counts = execution.counts();
    out.native_rows = counts.native_rows;
    out.interpreted_rows = counts.interpreted_rows;
    out.exact_rows = counts.exact_rows;
    if (native.choices) out.choices = execution.choices();
    out.steps = counts.steps;
    out.rows_ms = counts.rows_ms;
    out.pass_ms = counts.pass_ms;
    out.compile_ms = counts.compile_ms;
    if (compiler) {
      out.not_compiled = compiler->reasons();
      out.widest = compiler->widest();
    }
    if (native.keep) out.results = results_of(std::move(finished));
  } catch (const HandOver &reason) {
    out.fell_back = true;
    out.fallback_reason = reason.what();
    if (native.or_nothing) return out;
    interpret::Run run(program, dataset, options);
    out.settlement = interpret::settle(run, kept_errors, progress);
  }
  return out;
}

} // namespace

NativeSettlement settle_native(const semantics::Program &program, const data::Dataset &dataset,
                               const interpret::RunOptions &options, const NativeOptions &native,
                               std::size_t kept_errors, const interpret::Progress &progress) {
  return settle(program, dataset, options, native, true, kept_errors, progress);
}

} // namespace steelyard::native
