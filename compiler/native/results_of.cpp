// What a finished run of the plan holds, for its log: straight from the columns.
#include "compiler/native/results_of.h"
#include "compiler/native/execution.h"
#include <span>

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

  void values(int scope, int field, std::size_t begin, std::size_t end, log::Cells &out) override {
    cells(execution_.plan().column_of(scope, field), scope, begin, end, out);
  }
  void choices(int definition, std::size_t begin, std::size_t end, log::Cells &out) override {
    cells(choices_.at(definition), execution_.program().definitions[definition].scope, begin, end, out);
  }
  void checks(int check, std::size_t begin, std::size_t end, log::Cells &out) override {
    cells(checks_.at(check), execution_.program().checks[check].scope, begin, end, out);
  }
  int threads() const override { return execution_.threads(); }

private:
  using Rows = std::span<const int>;

  void cells(int id, int scope, std::size_t begin, std::size_t end, log::Cells &out) {
    const plan::Column &declared = execution_.plan().columns[id];
    const engine::Column &column = execution_.column(id);
    const Rows rows = Rows(execution_.ordered(scope)).subspan(begin, end - begin);
    if (column.holds_rows() || column.given() != nullptr) {
      out.given.resize(rows.size());
      for (std::size_t i = 0; i < rows.size(); ++i)
        out.given[i] = column.is_given(static_cast<std::size_t>(rows[i])) ? 1 : 0;
    }
    if (declared.role != plan::Role::choice && declared.type.kind == semantics::TypeKind::text) {
      for (std::size_t i = 0; i < rows.size(); ++i)
        out.texts.push_back(out.is_given(i) ? column.texts->at(static_cast<std::size_t>(
                                                  column.narrow(static_cast<std::size_t>(rows[i]))))
                                            : std::string_view());
      return;
    }
    numbers(column, rows, out.values);
    if (out.given.empty()) return;
    const std::vector<int> *ranks = column.holds_rows() ? &execution_.ranks(declared.target) : nullptr;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (out.given[i] == 0)
        out.values.set(i, 0);
      else if (ranks != nullptr)
        out.values.set(i, (*ranks)[static_cast<std::size_t>(out.values[i])]);
    }
  }

  template<class Stored> static void numbers(const engine::Column &column, Rows rows, std::int64_t *to) {
    const auto *from = static_cast<const Stored *>(column.values());
    for (std::size_t i = 0; i < rows.size(); ++i) to[i] = from[rows[i]];
  }

  static void numbers(const engine::Column &column, Rows rows, log::Integers &out) {
    switch (column.storage()) {
    case engine::Storage::u8:
      return numbers<std::uint8_t>(column, rows, out.make(rows.size()));
    case engine::Storage::i16:
      return numbers<std::int16_t>(column, rows, out.make(rows.size()));
    case engine::Storage::i32:
      return numbers<std::int32_t>(column, rows, out.make(rows.size()));
    case engine::Storage::i64:
      return numbers<std::int64_t>(column, rows, out.make(rows.size()));
    case engine::Storage::i128:
      for (const int row : rows) out.push_back(column.get(static_cast<std::size_t>(row)));
    }
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
