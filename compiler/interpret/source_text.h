// Places in the policy and stretches of its text, as messages quote them.
#pragma once
#include "compiler/semantics/program.h"
#include <string>

namespace steelyard::interpret {

/// A term as the policy writes it, on one line and without comments; its canonical text when it has no place.
std::string text_of_term(const semantics::Term &term, const semantics::Program &program);

/// "policies/nowhere/year.policy:12: "; "" for what stands in no file.
std::string place_text(const syntax::Span &span, const syntax::SourceFiles &files);

} // namespace steelyard::interpret
