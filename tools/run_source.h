// What a run needs: a checked policy, a dataset, and the values set from outside.
#pragma once
#include "compiler/interpret/run.h"
#include "compiler/semantics/check.h"
#include "runtime/data/dataset.h"
#include "tools/commands.h"
#include <optional>

namespace steelyard::tools {

struct RunSource {
  semantics::LoadResult policy; ///< its program is set
  data::ReadResult data;
  interpret::RunOptions options;
};

/// Loads, reads and shows what is wrong. On failure `code` is the exit code and nothing is returned.
std::unique_ptr<RunSource> open_run(const RunOptions &options, int &code);

} // namespace steelyard::tools
