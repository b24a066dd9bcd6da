// From syntax trees to the checked program: names, types and units, missing values, choices, scopes and rows.
#pragma once
#include "compiler/semantics/program.h"
#include <optional>
#include <vector>

namespace steelyard::semantics {

struct LoadResult {
  syntax::SourceFiles files;      ///< also when there is no program: diagnostics point into them
  std::optional<Program> program; ///< set when no diagnostic is an error
  std::vector<syntax::Diagnostic> diagnostics;
};

/// Checks policy text that is in memory (tests, generated policies); `files` are policy.policy, its chapters
/// in order, and the CSV files that its tables name.
LoadResult load_text(syntax::SourceFiles files, bool remember = false);

/// `steelyard eval`: an expression with no names of rows; null when `diagnostics` gained an error.
TermPtr check_expression(const syntax::Expression &expression, std::vector<syntax::Diagnostic> &diagnostics);

/// The type as a user writes it, in English: "money(2)", "yuan per point", "group (a reference)".
std::string type_text(const Type &type, const Program &program);

/// The term as one line of text, every name canonical: equal terms have equal texts, others differ.
std::string canonical_text(const Term &term, const Program &program);

/// For each step of a path the canonical text of the reference followed or the row looked up there.
std::vector<std::string> path_prefixes(const FieldRef &ref, const Program &program);

} // namespace steelyard::semantics
