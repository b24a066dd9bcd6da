// What the program prints as an indented outline (a syntax tree, a plan), as JSON.
#pragma once
#include <string>

namespace steelyard::tools {

/// A JSON array with an object for each line that is not indented: its `text`, its place in the policy where the line
/// ends with one (" @line:column-line:column"), and `children` for the lines indented below it by two blanks.
std::string outline_json(const std::string &text);

} // namespace steelyard::tools
