// The scopes whose rows are published tables: what is computed over them is the same in every run.
#pragma once
#include "compiler/semantics/program.h"
#include <vector>

namespace steelyard::semantics {

/// By scope: its rows stand in the folder of tables, or come of such rows alone.
std::vector<bool> reference_scopes(const Program &program);

} // namespace steelyard::semantics
