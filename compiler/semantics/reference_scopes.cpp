// See reference_scopes.h.
#include "compiler/semantics/reference_scopes.h"
#include <algorithm>

namespace steelyard::semantics {

std::vector<bool> reference_scopes(const Program &program) {
  std::vector<bool> out;
  for (const Scope &scope : program.scopes) out.push_back(!scope.tables_file.empty());
  for (bool going = true; going;) {
    going = false;
    for (std::size_t s = 1; s < out.size(); ++s) {
      const auto &sources = program.scopes[s].sources;
      if (out[s] || program.scopes[s].table >= 0 || sources.empty()) continue;
      out[s] = std::all_of(sources.begin(), sources.end(),
                           [&](const auto &source) { return source.scope >= 0 && out[source.scope]; });
      going = going || out[s];
    }
  }
  return out;
}

} // namespace steelyard::semantics
