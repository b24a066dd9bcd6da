// Run files and extracts as sources of commands.
#pragma once
#include "compiler/record/extract.h"
#include "compiler/record/recorded.h"
#include "tools/commands.h"

namespace steelyard::tools {

/// Whether a path names a run file or an extract rather than a policy.
bool is_recorded(const std::string &path);
bool is_extract(const std::string &path);

/// Opens a run file; on failure says what is wrong, and `code` is the exit code.
std::unique_ptr<record::Recorded> open_recorded(const std::string &path, int &code);

/// The options of the run: parameters and period as they were given then.
std::optional<interpret::RunOptions> options_of(const semantics::Program &program, const record::Facts &facts,
                                                int &code);

/// Writes a text to a file under a temporary name and renames it; refuses one that exists unless `force`.
bool write_file(const std::string &place, const std::string &content, bool force, int &code);

} // namespace steelyard::tools
