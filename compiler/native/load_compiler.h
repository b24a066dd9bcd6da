// The compiler of passes lives in a shared library of its own, opened when it is first wanted: LLVM would
// otherwise cost every start of the program some 17 ms.
#pragma once
#include "compiler/native/compiler.h"
#include <memory>
#include <string>

namespace steelyard::native {

/// Null, with the reason, when the library is not there: passes are then evaluated row by row.
std::unique_ptr<Compiler> load_compiler(std::size_t least_rows, std::string &reason);

} // namespace steelyard::native
