// What a finished run of the plan holds, for its log: straight from the columns.
#include "compiler/native/results_of.h"
#include "compiler/native/execution.h"
#include <stdexcept>

namespace steelyard::native {

namespace {

class PlannedResults : public interpret::Results {
public:
  explicit PlannedResults(std::unique_ptr<FinishedRun> run)
      : run_(std::move(run)), execution_(*run_->execution) {
    const plan::Plan &plan = execution_.plan();
    for (std::size_t id = 0; id < plan.columns.size(); ++id) {
      if (plan.columns[id].role == plan::Role::choice)
        choices_[plan.columns[id].definition] = static_cast<int>(id);
    }
    for (const plan::Step &step : plan.steps)
      if (const auto *pass = std::get_if<plan::Pass>(&step.what))
        for (const plan::Work &work : pass->work)
          if (const auto *check = std::get_if<plan::Check>(&work)) checks_[check->check] = check->column;
    // Asked for once here, since several threads ask later.
    for (std::size_t scope = 0; scope < execution_.program().scopes.size(); ++scope)
      execution_.ranks(static_cast<int>(scope));
  }

  std::size_t rows(int scope) override { return execution_.rows(scope); }

  std::vector<int> input_rows(int scope) override {
    std::vector<int> out;
    for (const int row : execution_.ordered(scope)) out.push_back(execution_.input_row(scope, row));
    return out;
  }

  log::Cells values(int scope, int field, std::size_t begin, std::size_t end) override {
    return cells(execution_.plan().column_of(scope, field), scope, begin, end);
  }
  log::Cells choices(int definition, std::size_t begin, std::size_t end) override {
    return cells(choices_.at(definition), execution_.program().definitions[definition].scope, begin, end);
  }
  log::Cells checks(int check, std::size_t begin, std::size_t end) override {
    return cells(checks_.at(check), execution_.program().checks[check].scope, begin, end);
  }
  int threads() const override { return execution_.threads(); }

private:
  log::Cells cells(int id, int scope, std::size_t begin, std::size_t end) {
    const plan::Column &declared = execution_.plan().columns[id];
    const engine::Column &column = execution_.column(id);
    const std::vector<int> &order = execution_.ordered(scope);
    const bool text = declared.role != plan::Role::choice && declared.type.kind == semantics::TypeKind::text;
    const bool rows = column.holds_rows();
    const std::vector<int> *ranks = rows ? &execution_.ranks(declared.target) : nullptr;
    log::Cells out;
    (text ? out.texts.reserve(end - begin) : out.values.reserve(end - begin));
    const bool may_miss = rows || column.given() != nullptr;
    for (std::size_t at = begin; at < end; ++at) {
      const auto row = static_cast<std::size_t>(order[at]);
      const bool given = column.is_given(row);
      if (may_miss) out.given.push_back(given ? 1 : 0);
      const log::Int128 value = given ? column.get(row) : 0;
      if (text)
        out.texts.push_back(given ? column.texts->at(static_cast<std::size_t>(value)) : std::string_view());
      else
        out.values.push_back(given && ranks != nullptr ? (*ranks)[static_cast<std::size_t>(value)] : value);
    }
    return out;
  }

  std::unique_ptr<FinishedRun> run_;
  Execution &execution_;
  std::map<int, int> choices_, checks_; ///< by definition, by check: the column
};

} // namespace

std::unique_ptr<interpret::Results> results_of(std::unique_ptr<FinishedRun> run) {
  return std::make_unique<PlannedResults>(std::move(run));
}

} // namespace steelyard::native
