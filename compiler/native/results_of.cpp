// What a finished run of the plan holds, for its log: straight from the columns.
#include "compiler/native/results_of.h"
#include "compiler/native/execution.h"
#include "compiler/semantics/row_aggregates.h"
#include <span>

namespace steelyard::native {

namespace {

class PlannedResults : public interpret::Results {
public:
  using Rows = std::span<const int>;

  explicit PlannedResults(std::unique_ptr<FinishedRun> run)
      : run_(std::move(run)), execution_(*run_->execution),
        aggregates_(semantics::row_aggregates(run_->execution->program())) {
    const plan::Plan &plan = execution_.plan();
    for (std::size_t id = 0; id < plan.columns.size(); ++id) {
      if (plan.columns[id].role == plan::Role::choice)
        choices_[plan.columns[id].definition] = static_cast<int>(id);
    }
    for (const plan::Step &step : plan.steps)
      if (const auto *pass = std::get_if<plan::Pass>(&step.what))
        for (const plan::Work &work : pass->work)
          if (const auto *check = std::get_if<plan::Check>(&work)) checks_[check->check] = check->column;
    for (const plan::Plan::KeptAggregate &kept : plan.kept_aggregates)
      for (const int join : kept.way)
        if (join != plan::whole_run && execution_.left_join(join) != nullptr) execution_.complete_join(join);
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
  void aggregates(int aggregate, bool sum, std::size_t begin, std::size_t end, log::Cells &out) override {
    const plan::Plan::KeptAggregate &kept =
        execution_.plan().kept_aggregates.at(static_cast<std::size_t>(aggregate));
    const engine::Column &column = execution_.column(sum ? kept.sum : kept.count);
    const int scope =
        execution_.program().definitions[aggregates_[static_cast<std::size_t>(aggregate)].definition].scope;
    for (const int row : Rows(execution_.ordered(scope)).subspan(begin, end - begin)) {
      const int at = execution_.follow(kept.way, row); // none: nothing was added up
      out.values.push_back(at < 0 ? 0 : column.get(static_cast<std::size_t>(at)));
    }
  }
  int threads() const override { return execution_.threads(); }

private:
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
  std::vector<semantics::RowAggregate> aggregates_;
};

} // namespace

std::unique_ptr<interpret::Results> results_of(std::unique_ptr<FinishedRun> run) {
  return std::make_unique<PlannedResults>(std::move(run));
}

} // namespace steelyard::native
