// Run files and extracts as sources of commands.
#pragma once
#include "compiler/record/extract.h"
#include "compiler/record/recorded.h"
#include "tools/commands.h"
#include <functional>

namespace steelyard::tools {

/// Whether a path names a run file or an extract rather than a policy.
bool is_recorded(const std::string &path);
bool is_extract(const std::string &path);

/// A run file, and the options of the run: parameters and period as they were given then.
struct OpenRun {
  std::unique_ptr<record::Recorded> recorded;
  interpret::RunOptions options;
};
/// On failure these say what is wrong, and `code` is the exit code.
std::optional<OpenRun> open_recorded(const std::string &path, int &code);
std::unique_ptr<record::Extract> open_extract(const std::string &path, int &code);
/// Does the work of a command; where a frame turns out to be damaged on the way, says so.
int reading_a_run(const std::function<int()> &work);

std::optional<interpret::RunOptions> options_of(const semantics::Program &program, const record::Facts &facts,
                                                int &code);

/// Writes a text to a file under a temporary name and renames it; refuses one that exists unless `force`.
bool write_file(const std::string &place, const std::string &content, bool force, int &code);

} // namespace steelyard::tools
