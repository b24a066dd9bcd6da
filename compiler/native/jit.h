// Machine code from LLVM modules, with a cache on disk. The only place that
// knows LLVM's costly headers is jit.cpp.
#pragma once
#include <llvm/IR/Module.h>
#include <memory>
#include <string>

namespace steelyard::native {

class Jit {
public:
  Jit();
  ~Jit();
  /// The address of `symbol`; lives as long as this. Throws std::runtime_error
  /// or, for IR that does not verify, std::logic_error.
  void *compile(std::unique_ptr<llvm::Module> module, std::unique_ptr<llvm::LLVMContext> context,
                const char *symbol);

private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

} // namespace steelyard::native
