// The compiler of passes lives in a shared library of its own, opened when it is first wanted: LLVM would
// otherwise cost every start of the program some 17 ms.
#pragma once
#include "compiler/native/compiler.h"
#include <future>
#include <memory>
#include <string>

namespace steelyard::native {

/// Null, with the reason, when the library is not there: passes are then evaluated row by row.
std::unique_ptr<Compiler> load_compiler(std::size_t least_rows, std::string &reason);

/// Opens the compiler beside other work, such as the check of the policy, where it is known to be wanted.
class OpeningCompiler {
public:
  explicit OpeningCompiler(std::size_t least_rows);
  /// Waits for it; as load_compiler. To be called once.
  std::unique_ptr<Compiler> take(std::string &reason);

private:
  std::string reason_;
  std::future<std::unique_ptr<Compiler>> compiler_; ///< its end waits for the thread
};

} // namespace steelyard::native
