// The invariants of a plan.
#include "compiler/plan/plan.h"
#include <fmt/core.h>

namespace steelyard::plan {

namespace {

class Verifier {
public:
  Verifier(const Plan &plan, const semantics::Program &program)
      : plan_(plan), program_(program), written_(plan.columns.size()) {}

  std::optional<std::string> run() {
    for (const Step &step : plan_.steps) {
      if (const auto *pass = std::get_if<Pass>(&step.what)) {
        for (const Work &work : pass->work) {
          read(columns_read(work));
          // What a sink adds up is whole only when the pass has ended.
          if (!std::holds_alternative<Sink>(work)) write(columns_written(work));
        }
        for (const Work &work : pass->work)
          if (std::holds_alternative<Sink>(work)) write(columns_written(work));
      } else {
        if (const auto *rows = std::get_if<MakeRows>(&step.what)) {
          // A source may read keys of its own scope's rows, but of no row that is made here.
          (void)rows;
        }
        read(columns_read(step));
        write(columns_written(step));
      }
    }
    for (std::size_t i = 0; i < plan_.columns.size(); ++i)
      if (!written_[i]) fail("is never written", static_cast<int>(i));
    choices();
    return broken_;
  }

private:
  void fail(const char *what, int column) {
    if (!broken_)
      broken_ = fmt::format("{}.{} {}", plan_.scopes[plan_.columns[column].scope].name,
                            plan_.columns[column].name, what);
  }
  void read(const std::vector<int> &columns) {
    for (const int column : columns)
      if (!written_[column]) fail("is read before it is written", column);
  }
  void write(const std::vector<int> &columns) {
    for (const int column : columns) {
      if (written_[column]) fail("is written twice", column);
      written_[column] = true;
    }
  }
  void choices() {
    for (const semantics::Definition &definition : program_.definitions) {
      if (definition.let) continue;
      const auto *formula = std::get_if<semantics::Formula>(&definition.body);
      const bool chooses = std::holds_alternative<semantics::Decide>(definition.body) ||
                           (formula != nullptr && (formula->lines.size() > 1 || !formula->excepts.empty()));
      if (!chooses) continue;
      bool kept = false;
      for (const Column &column : plan_.columns)
        kept =
            kept || (column.role == Role::choice && &program_.definitions[column.definition] == &definition);
      if (!kept && !broken_)
        broken_ = fmt::format("the choice of {} is lost", program_.field_of(definition).names.canonical());
    }
  }

  const Plan &plan_;
  const semantics::Program &program_;
  std::vector<bool> written_;
  std::optional<std::string> broken_;
};

} // namespace

std::optional<std::string> verify(const Plan &plan, const semantics::Program &program) {
  return Verifier(plan, program).run();
}

} // namespace steelyard::plan
