// The library of the compiler of passes.
#include "compiler/native/load_compiler.h"
#include "runtime/data/beside_program.h"
#include <dlfcn.h>

namespace steelyard::native {

namespace {

using Make = Compiler *(*)(std::size_t);

Make find_make(std::string &reason) {
  void *library = data::open_beside_program("libsteelyard_jit.so", reason);
  return library == nullptr ? nullptr : reinterpret_cast<Make>(dlsym(library, "steelyard_make_compiler"));
}

} // namespace

std::unique_ptr<Compiler> load_compiler(std::size_t least_rows, std::string &reason) {
  static std::string why;
  static const Make make = find_make(why);
  reason = why;
  return std::unique_ptr<Compiler>(make == nullptr ? nullptr : make(least_rows));
}

OpeningCompiler::OpeningCompiler(std::size_t least_rows)
    : compiler_(std::async(std::launch::async, [this, least_rows] {
        std::unique_ptr<Compiler> compiler = load_compiler(least_rows, reason_);
        if (compiler) compiler->open();
        return compiler;
      })) {}

std::unique_ptr<Compiler> OpeningCompiler::take(std::string &reason) {
  std::unique_ptr<Compiler> compiler = compiler_.get();
  reason = reason_;
  return compiler;
}

} // namespace steelyard::native
