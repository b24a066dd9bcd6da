// What a run needs: a checked policy, a dataset, and the values set from outside.
#pragma once
#include "compiler/interpret/run.h"
#include "compiler/semantics/check.h"
#include "runtime/data/dataset.h"
#include "tools/commands.h"
#include <optional>
#include <vector>

namespace steelyard::tools {

struct RunSource {
  semantics::LoadResult policy; ///< its program is set
  data::ReadResult data;
  interpret::RunOptions options;
  std::string period;               ///< the period settled, from the command line or the dataset
  double check_ms = 0, read_ms = 0; ///< what the policy and the dataset took
};

/// Loads, reads (with `threads` threads, 0: all cores) and shows what is wrong. On failure `code` is the exit
/// code and nothing is returned. `json`: data errors are printed for a program as well.
std::unique_ptr<RunSource> open_run(const RunOptions &options, int &code, bool json = false, int threads = 0);

/// The first day of YYYY, YYYY-MM or YYYY-MM-DD, in days since 1970-01-01; nothing where it is none of them.
std::optional<std::int64_t> first_day_of(const std::string &text);

/// Parameters and period as they were given from outside; a sentence where the policy does not take them.
std::optional<std::string> apply_options(const semantics::Program &program, const RunOptions &options,
                                         interpret::RunOptions &out);

/// The tables of a policy without a dataset. Nothing is read where it has none, nor where `tables` is empty
/// and no folder `tables` stands beside it. On failure `code` is the exit code and nothing is returned.
std::optional<data::Dataset> open_tables(semantics::Program &program, const std::string &policy,
                                         const std::string &tables, int &code, bool json = false);

/// The errors of a run in words, with how many more there are and that nothing was written; and for a
/// program.
void show_run_errors(const std::vector<interpret::RunError> &errors, std::size_t count,
                     const semantics::Program &program, bool json);

} // namespace steelyard::tools
