// A checked program once more, to be changed: the native engine takes one apart into stages.
#pragma once
#include "compiler/semantics/program.h"

namespace steelyard::semantics {

Program copy_of(const Program &program);
TermPtr copy_of(const TermPtr &term);

} // namespace steelyard::semantics
