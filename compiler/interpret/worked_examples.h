// Runs the worked examples of a policy: each on its own little dataset, with the computed values that it
// gives taken instead of computed.
#pragma once
#include "compiler/interpret/coverage.h"
#include "compiler/interpret/run.h"
#include <optional>
#include <string>
#include <vector>

namespace steelyard::interpret {

struct ExampleFailure {
  Span span;           ///< of the expectation, or of the example
  std::string message; ///< "case C1: kind: expected high, but it is normal"
};
struct ExampleOutcome {
  int test = 0; ///< index in Program::tests
  std::vector<ExampleFailure> failures;
};

/// All examples in order. Only what an example expects is evaluated, and what that needs; an example that
/// expects an error has everything evaluated that has rows in it. `coverage` may be null; `day` chooses
/// parameters' periods.
/// `tables`: the rows of the policy's folder of tables; without them its tables hold what an example gives.
std::vector<ExampleOutcome> run_examples(const Program &program, Coverage *coverage = nullptr,
                                         std::optional<std::int64_t> day = {},
                                         const data::Dataset *tables = nullptr);

/// "policies/nowhere/tests_cases.policy:12: case C1: kind: expected high, but it is normal".
std::string to_text(const ExampleFailure &failure, const Program &program);

} // namespace steelyard::interpret
