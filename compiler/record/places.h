// Small look-ups between scopes, tables of datasets and tables of run files.
#pragma once
#include "compiler/semantics/program.h"

namespace steelyard::record {

/// The scope whose input table it is.
inline int scope_of_table(const semantics::Program &program, int table) {
  for (std::size_t s = 0; s < program.scopes.size(); ++s)
    if (program.scopes[s].table == table) return static_cast<int>(s);
  return -1;
}

} // namespace steelyard::record
