// Finds the library beside the running program, or in ../lib of its folder.
#include "compiler/native/load_compiler.h"
#include <dlfcn.h>
#include <filesystem>

namespace steelyard::native {

namespace {

using Make = Compiler *(*)(std::size_t);

Make find_make(std::string &reason) {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::string name = "libsteelyard_jit.so";
  for (const auto &place :
       {program.parent_path() / name, program.parent_path().parent_path() / "lib" / name}) {
    if (!std::filesystem::exists(place, error)) continue;
    // Stays open: its code may be in use to the end.
    void *library = dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      reason = dlerror();
      return nullptr;
    }
    return reinterpret_cast<Make>(dlsym(library, "steelyard_make_compiler"));
  }
  reason = name + " is not beside the program";
  return nullptr;
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
