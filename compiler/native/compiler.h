// Passes as machine code. What is behind it (LLVM) does not show here.
#pragma once
#include "compiler/native/execution.h"
#include <memory>

namespace steelyard::native {

class Compiler {
public:
  virtual ~Compiler() = default;
  /// Compiles and runs a pass whose result columns are there. False: not compiled, for a reason that is kept;
  /// nothing was written. Throws HandOver when a row met an error.
  virtual bool run(const plan::Pass &pass, Execution &execution) = 0;
  /// Makes ready for compiling, which the first pass would otherwise do.
  virtual void open() = 0;
  /// What compiling took so far: of the clock, and of this process's processors.
  virtual double wall_ms() const = 0;
  virtual double cpu_ms() const = 0;
  /// Why passes were not compiled.
  virtual const std::vector<std::string> &reasons() const = 0;
  /// Bits of the widest integer in all passes so far: 64, 128 or 256.
  virtual unsigned widest() const = 0;
};

} // namespace steelyard::native

/// `least_rows`: a pass over fewer rows is not worth compiling. What the shared library gives (see
/// load_compiler.h).
extern "C" steelyard::native::Compiler *steelyard_make_compiler(std::size_t least_rows);
