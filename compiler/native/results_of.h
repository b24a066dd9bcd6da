// What a finished run of the plan holds, for its log.
#pragma once
#include "compiler/interpret/results.h"
#include "compiler/native/execution.h"
#include <memory>

namespace steelyard::native {

/// A run of a plan that outlives the call that made it.
struct FinishedRun {
  plan::Plan plan;
  std::unique_ptr<Execution> execution; ///< of `plan`
};

std::unique_ptr<interpret::Results> results_of(std::unique_ptr<FinishedRun> run);

} // namespace steelyard::native
