// The check of a policy that has been parsed already, for whoever changes one file of it at a time.
#pragma once
#include "compiler/semantics/check.h"

namespace steelyard::semantics {

/// Which policies the files belong to: the policy itself first, then those that it amends or stands on, then
/// those that are used, each with those below it.
struct Lineage {
  std::vector<syntax::PolicyDecl> bases;  ///< all but the policy itself
  std::size_t used = 0;                   ///< how many of them belong to policies that are used
  std::vector<syntax::Name> uses;         ///< what stands before the names of used policies, by their numbers
  std::vector<int> policy_of_file;        ///< 0 the policy itself; empty: all files are its own
  std::optional<std::int64_t> superseded; ///< as of the program
};

/// `trees` are those of `files`, in the order in which their items count, `diagnostics` what their parsing
/// reported; `remember` as for load_policy.
LoadResult load_parsed(syntax::SourceFiles files, const std::vector<syntax::PolicyFile> &trees,
                       std::vector<syntax::Diagnostic> diagnostics, bool remember = false,
                       const Lineage &lineage = {});

/// A policy as it is read, before it is checked: amendments are in their places.
struct Sources {
  syntax::SourceFiles files;
  std::vector<syntax::PolicyFile> trees; ///< those of the oldest policy first
  Lineage lineage;
  syntax::PolicyDecl policy;
  std::vector<syntax::Diagnostic> diagnostics;
};

} // namespace steelyard::semantics
