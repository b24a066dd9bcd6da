// Amendments and layers: the trees of a policy put into those of the policy that it amends or stands on.
#pragma once
#include "compiler/syntax/tree.h"
#include <vector>

namespace steelyard::semantics {

/// The files of one policy.
struct PolicyTrees {
  syntax::PolicyDecl policy;
  std::vector<syntax::PolicyFile> files;
};

/// `line` is the policy itself, then the one that it amends or stands on, and so on. What replaces something
/// takes its place there, so that columns of results keep their order; what is removed is gone; exceptions
/// are added to the definitions that they belong to; all else is added at the end. Worked examples of an
/// amended policy are left out, since they hold for its text; those of a base stay. The files come back with
/// those of the oldest policy first and its line `policy` only in the newest.
std::vector<syntax::PolicyFile> consolidate(std::vector<PolicyTrees> line,
                                            std::vector<syntax::Diagnostic> &diagnostics);

} // namespace steelyard::semantics
