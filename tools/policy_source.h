// Loading a policy for a command and showing what the checker said.
#pragma once
#include "compiler/semantics/check.h"
#include <filesystem>
#include <string>

namespace steelyard::tools {

/// Whether standard error is a terminal that wants colour.
bool colour_wanted();

/// Writes diagnostics to standard error, then one line that counts them. Notes only when `notes`.
void show(const semantics::LoadResult &loaded, bool notes);

/// Loads a policy; errors (and warnings) are shown. The program is there when there was no error.
/// `at`: the text in force on that day, where it amends others.
semantics::LoadResult load_and_show(const std::string &path, bool notes = false, bool remember = false,
                                    std::optional<std::int64_t> at = std::nullopt);

/// The folder `tables` beside a policy, or else beside the first of those below it or used by it that has
/// one. Where none has, the first of these, which is not there.
std::filesystem::path tables_beside(const semantics::Program &program, const std::string &policy);

/// Where the tables of the policy stand: in `tables`, or without it in the folder `tables` beside the policy.
/// False, and an error is shown, where the policy reads tables and there is no such folder.
bool locate_tables(semantics::Program &program, const std::string &policy, const std::string &tables);

/// "error: " in front, on standard error.
void show_error(const std::string &message);

} // namespace steelyard::tools
