// Loading a policy from its files. Apart from check.h, since <filesystem> is costly to compile.
#pragma once
#include "compiler/semantics/check_parsed.h"
#include <filesystem>

namespace steelyard::semantics {

/// Loads a policy: a folder whose `policy.policy` names its chapters, or one file. All errors are reported.
/// `remember`: what this build parsed and proved of the same text before is not parsed and proved again.
/// `at`: the text in force on that day (days since 1970-01-01), where the policy amends others.
LoadResult load_policy(const std::filesystem::path &path, bool remember = false,
                       std::optional<std::int64_t> at = std::nullopt);

/// Reads policy and amended policies from disk. Where `at` is given, a policy that amends another and is not
/// yet in force that day (days since 1970-01-01) is passed over for the one that it amends.
Sources read_sources(const std::filesystem::path &path, std::optional<std::int64_t> at = std::nullopt,
                     bool remember = false);

} // namespace steelyard::semantics
