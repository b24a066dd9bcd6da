// Which constructs of the language the accepted policies contained, and how often.
#pragma once
#include "compiler/semantics/program.h"
#include <map>
#include <string>

namespace steelyard::fuzz {

class Coverage {
public:
  void add(const semantics::Program &program);
  /// The error codes of runs: "D601" and the like.
  void add_error(const std::string &text);
  /// A table, several to the line; the constructs never met last.
  std::string text() const;

private:
  std::map<std::string, std::size_t> counts_;
};

} // namespace steelyard::fuzz
