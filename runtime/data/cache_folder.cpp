// The cache's folder and files.
#include "runtime/data/cache_folder.h"
#include "runtime/data/text_index.h"
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <dlfcn.h>
#include <fmt/core.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace steelyard::data {

std::filesystem::path cache_folder() {
  if (const char *off = std::getenv("STEELYARD_CACHE"); off != nullptr && std::string_view(off) == "off")
    return {};
  if (const char *cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/')
    return std::filesystem::path(cache) / "steelyard";
  if (const char *home = std::getenv("HOME"); home != nullptr && *home == '/')
    return std::filesystem::path(home) / ".cache" / "steelyard";
  return {};
}

std::string digest(std::string_view text) {
  const std::uint64_t a = hash_text(text);
  std::uint64_t b = 0xCBF29CE484222325U;
  for (const char c : text) b = (b ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return fmt::format("{:016x}{:016x}", a, b);
}

/// Size and time of the program or library that this function is linked into.
std::string build_identity() {
  Dl_info here{};
  struct stat status {};
  if (::dladdr(reinterpret_cast<const void *>(&build_identity), &here) == 0 || here.dli_fname == nullptr ||
      ::stat(here.dli_fname, &status) != 0)
    if (::stat("/proc/self/exe", &status) != 0) return {};
  return fmt::format(
      "{} {} {}.{}", static_cast<std::uint64_t>(status.st_ino), static_cast<std::int64_t>(status.st_size),
      static_cast<std::int64_t>(status.st_mtim.tv_sec), static_cast<std::int64_t>(status.st_mtim.tv_nsec));
}

namespace {

/// Files that have gone meanwhile are no loss, and neither is one that another program just wrote.
void remove_older_half(const std::filesystem::path &folder) {
  std::error_code error;
  std::vector<std::pair<std::filesystem::file_time_type, std::filesystem::path>> files;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (const auto time = at->last_write_time(error); !error) files.emplace_back(time, at->path());
  if (files.size() <= most_kept) return;
  std::sort(files.begin(), files.end());
  files.resize(files.size() - most_kept / 2);
  for (const auto &file : files) std::filesystem::remove(file.second, error);
}

} // namespace

void keep_file(const std::filesystem::path &path, std::string_view content) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (error) return;
  std::filesystem::path temporary = path;
  temporary += fmt::format(".{}", ::getpid());
  {
    std::ofstream out(temporary, std::ios::binary);
    out << content;
    if (!out.flush()) {
      out.close();
      std::filesystem::remove(temporary, error);
      return;
    }
  }
  std::filesystem::rename(temporary, path, error);
  if (error) std::filesystem::remove(temporary, error);
  static std::atomic<unsigned> written{static_cast<unsigned>(::getpid())}; // another file for each program
  if (written++ % 64 == 0) remove_older_half(path.parent_path());
}

} // namespace steelyard::data
