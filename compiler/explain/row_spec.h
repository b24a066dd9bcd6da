// Rows and quantities as they are named on the command line: case=C0000001, hospital_fund=H001,employee,
// overall.
#pragma once
#include "compiler/interpret/run.h"
#include <string>
#include <variant>

namespace steelyard::explain {

/// The row that `text` names, or a sentence that says what is wrong with it. Scopes, enum members and the
/// names of keys may be in either language; a key part may be written with its name (fund=employee) or in
/// quotes. The rows of a `partial` run are not all there are, so the sentence does not name them.
std::variant<interpret::RowId, std::string> find_row(interpret::Run &run, const std::string &text,
                                                     bool partial = false);

/// A let or definition of a scope, or a sentence.
std::variant<int, std::string> find_quantity(const semantics::Program &program, int scope,
                                             const std::string &name);

} // namespace steelyard::explain
