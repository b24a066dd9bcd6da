// Where a library is looked for.
#include "runtime/data/beside_program.h"
#include <dlfcn.h>
#include <filesystem>

namespace steelyard::data {

namespace {

std::filesystem::path program() {
  std::error_code error;
  std::filesystem::path place = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!place.empty()) return place;
  // Without /proc, as it was called.
  Dl_info here{};
  if (::dladdr(reinterpret_cast<const void *>(&open_beside_program), &here) == 0 || here.dli_fname == nullptr)
    return {};
  place = std::filesystem::canonical(here.dli_fname, error);
  return error ? std::filesystem::path() : place;
}

} // namespace

void *open_beside_program(const std::string &name, std::string &reason) {
  std::error_code error;
  const auto folder = program().parent_path();
  for (const auto &place : {folder / name, folder.parent_path() / "lib" / name}) {
    if (!std::filesystem::exists(place, error)) continue;
    void *library = dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) reason = dlerror();
    return library;
  }
  reason = name + " is not beside the program";
  return nullptr;
}

} // namespace steelyard::data
