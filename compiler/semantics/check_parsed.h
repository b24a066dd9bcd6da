// The check of a policy that has been parsed already, for whoever changes one file of it at a time.
#pragma once
#include "compiler/semantics/check.h"

namespace steelyard::semantics {

/// `trees` are those of `files`, `diagnostics` what their parsing reported; `remember` as for load_policy.
LoadResult load_parsed(syntax::SourceFiles files, const std::vector<syntax::PolicyFile> &trees,
                       std::vector<syntax::Diagnostic> diagnostics, bool remember = false);

} // namespace steelyard::semantics
