// What the program prints for a reader (a syntax tree, a plan, a comparison), as JSON.
#pragma once
#include "compiler/semantics/difference.h"
#include <string>
#include <vector>

namespace steelyard::tools {

/// A JSON array with an object for each line that is not indented: its `text`, its place in the policy where
/// the line ends with one (" @line:column-line:column"), and `children` for the lines indented below it by
/// two blanks.
std::string outline_json(const std::string &text);

/// What two versions of a policy say differently, as a JSON array.
std::string differences_json(const std::vector<semantics::Difference> &differences);

} // namespace steelyard::tools
