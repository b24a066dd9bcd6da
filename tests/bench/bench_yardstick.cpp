// The yardstick: native code against the program written by hand, in one process and one thread, results
// compared case by case. Times are CPU times.
//
// The native engine's evaluation is everything between the columns that the reader left and the last total:
// rows, joins, work hoisted to groups, class, points and reasoning columns, totals. What the compiler takes
// is apart.
#include "compiler/native/execution.h"
#include "compiler/native/load_compiler.h"
#include "runtime/json/json.h"
#include "tests/bench/bench.h"
#include "tests/bench/by_hand.h"
#include <fmt/core.h>

namespace steelyard::bench {

namespace {

int column_named(const plan::Plan &plan, const std::string &scope, const std::string &name, plan::Role role) {
  for (std::size_t i = 0; i < plan.columns.size(); ++i)
    if (plan.columns[i].name == name && plan.columns[i].role == role &&
        plan.scopes[static_cast<std::size_t>(plan.columns[i].scope)].name == scope)
      return static_cast<int>(i);
  throw std::runtime_error("no column " + scope + "." + name);
}

class Native {
public:
  Native(const semantics::Program &program, const data::Dataset &dataset)
      : program_(program), dataset_(dataset) {
    auto made = plan::make_plan(program);
    if (const auto *unplanned = std::get_if<plan::Unplanned>(&made))
      throw std::runtime_error(unplanned->reason);
    plan_ = std::get<plan::Plan>(std::move(made));
    without_reasons_ = plan_;
    for (plan::Step &step : without_reasons_.steps)
      if (auto *pass = std::get_if<plan::Pass>(&step.what))
        for (plan::Work &work : pass->work)
          if (auto *compute = std::get_if<plan::Compute>(&work)) compute->choice_column = -1;
    std::string reason;
    compiler_ = native::load_compiler(0, reason);
    if (!compiler_) throw std::runtime_error(reason);
  }

  /// CPU time without compiling.
  double evaluate(bool reasons) {
    execution_.reset();
    const double begin = cpu_ms();
    execution_.emplace(program_, reasons ? plan_ : without_reasons_, dataset_, options_, 1);
    execution_->run(compiler_.get());
    const double took = cpu_ms() - begin - execution_->counts().compile_cpu_ms;
    return took;
  }
  const native::Execution &last() const { return *execution_; }
  const plan::Plan &plan() const { return plan_; }
  const std::vector<std::string> &not_compiled() const { return compiler_->reasons(); }

private:
  const semantics::Program &program_;
  const data::Dataset &dataset_;
  interpret::RunOptions options_;
  plan::Plan plan_, without_reasons_;
  std::unique_ptr<native::Compiler> compiler_;
  std::optional<native::Execution> execution_;
};

/// Class, points and reason of every case, totals by hospital and overall, counts by class.
void compare(const Native &native, const ByHand &by_hand) {
  const native::Execution &run = native.last();
  const plan::Plan &plan = native.plan();
  using plan::Role;
  const auto column = [&](const char *scope, const char *name, Role role) -> const engine::Column & {
    return run.column(column_named(plan, scope, name, role));
  };
  // The order of the policy's alternatives.
  constexpr Rule by_member[] = {Rule::unstable, Rule::high, Rule::low, Rule::normal};
  const engine::Column &kind = column("case", "class", Role::definition),
                       &points = column("case", "points", Role::definition);
  const engine::Column &taken = column("case", "choice of class", Role::choice),
                       &formula = column("case", "choice of points", Role::choice);
  for (std::size_t row = 0; row < by_hand.cases(); ++row)
    if (by_member[static_cast<std::size_t>(kind.get(row))] != by_hand.rule[row] ||
        points.get(row) != by_hand.points[row] || taken.get(row) != kind.get(row) ||
        formula.get(row) != kind.get(row))
      throw std::runtime_error(fmt::format("case {} differs from the program by hand", by_hand.id[row]));
  const engine::Column &of_hospital = column("hospital", "points", Role::definition),
                       &ids = column("hospital", "hospital_id", Role::key);
  for (std::size_t row = 0; row < of_hospital.rows(); ++row)
    if (of_hospital.get(row) != by_hand.totals.by_hospital[static_cast<std::size_t>(ids.get(row))])
      throw std::runtime_error("a hospital's total differs from the program by hand");
  if (column("overall", "points", Role::definition).get(0) != by_hand.totals.points())
    throw std::runtime_error("the overall total differs from the program by hand");
  const char *counts[] = {"normal_cases", "high_cases", "low_cases", "unstable_cases"};
  for (std::size_t rule = 0; rule < 4; ++rule)
    if (column("overall", counts[rule], Role::definition).get(0) != by_hand.totals.by_rule[rule])
      throw std::runtime_error("a count differs from the program by hand");
}

} // namespace

void measure_yardstick(const Settings &settings, Figures &figures) {
  const semantics::LoadResult policy = load(settings.source / "tests/bench/yardstick/yardstick.policy");
  const semantics::Program &program = *policy.program;
  const std::filesystem::path folder = dataset(settings, "yardstick", settings.cases);
  {
    const data::Dataset edge = read(program, folder / "edge");
    Native native(program, edge);
    ByHand by_hand(folder / "edge");
    by_hand.exact();
    native.evaluate(true);
    compare(native, by_hand);
  }
  std::optional<ByHand> by_hand;
  std::optional<data::Dataset> data;
  const auto timed = [](const auto &work) {
    const double begin = cpu_ms();
    work();
    return cpu_ms() - begin;
  };
  const std::vector<double> reading =
      in_turn(std::min(settings.rounds, 5), {
                                                [&] { return timed([&] { by_hand.emplace(folder); }); },
                                                [&] { return timed([&] { data = read(program, folder); }); },
                                            });
  Native native(program, *data);
  by_hand->exact();
  native.evaluate(true);
  compare(native, *by_hand);
  const std::vector<double> times =
      in_turn(settings.rounds, {
                                   [&] { return timed([&] { by_hand->exact(); }); },
                                   [&] { return timed([&] { by_hand->exact_tuned(); }); },
                                   [&] { return native.evaluate(true); },
                                   [&] { return native.evaluate(false); },
                               });
  native.evaluate(true);
  compare(native, *by_hand);
  const double cases = static_cast<double>(settings.cases);
  figures["native_to_as_written"] = times[0] / times[2];
  figures["native_to_tuned"] = times[1] / times[2];
  figures["reasoning_columns_cost"] = times[2] / times[3] - 1;
  figures["reader_to_limit"] = reading[0] / reading[1];
  Figures &detail = figures["yardstick"];
  detail["cases"] = settings.cases;
  detail["by_hand_exact_ns"] = times[0] * 1e6 / cases;
  detail["by_hand_tuned_ns"] = times[1] * 1e6 / cases;
  detail["native_ns"] = times[2] * 1e6 / cases;
  detail["native_without_reasons_ns"] = times[3] * 1e6 / cases;
  detail["steps_ns"] = Json::object();
  for (const native::StepTime &step : native.last().counts().steps)
    detail["steps_ns"][step.step] = detail["steps_ns"].value(step.step, 0.0) + step.cpu_ms * 1e6 / cases;
  detail["by_hand_read_ms"] = reading[0];
  detail["native_read_ms"] = reading[1];
  detail["file_mb"] = static_cast<double>(by_hand->bytes_read()) / 1e6;
  if (!native.not_compiled().empty()) detail["not_compiled"] = native.not_compiled();
}

} // namespace steelyard::bench
