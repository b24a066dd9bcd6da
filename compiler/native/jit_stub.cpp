#include "compiler/native/compiler.h"
namespace steelyard::native {
std::unique_ptr<Compiler> make_compiler(std::size_t) {
  return nullptr;
}
} // namespace steelyard::native
