// Renaming of result folders, and the care about what a replaced folder holds.
#include "runtime/data/folder_swap.h"
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace steelyard::data {
namespace {

bool is_result_file(const std::filesystem::directory_entry &entry) {
  static constexpr std::array<std::string_view, 5> kinds = {".csv", ".json", ".html", ".log", ".txt"};
  std::error_code ignored;
  // The status of the entry itself: a link may lead to a file that is not ours.
  if (entry.symlink_status(ignored).type() != std::filesystem::file_type::regular) return false;
  std::string kind = entry.path().extension().string();
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

bool is_occupied(int code) {
  return code == ENOTEMPTY || code == EEXIST;
}

/// By two renames: the old folder aside, the fresh one in. The old one goes back when the second fails.
std::string swap_by_renames(const std::filesystem::path &fresh, const std::filesystem::path &place) {
  std::filesystem::path aside = fresh;
  aside += ".old";
  if (std::rename(place.c_str(), aside.c_str()) != 0) return std::strerror(errno);
  if (std::rename(fresh.c_str(), place.c_str()) != 0) {
    std::string reason = std::strerror(errno);
    if (std::rename(aside.c_str(), place.c_str()) != 0) {
      reason += "; the old results are now in " + aside.string();
    }
    return reason;
  }
  remove_results(aside);
  return {};
}

} // namespace

std::string foreign_entry(const std::filesystem::path &folder) {
  std::string first;
  std::error_code failure;
  std::filesystem::directory_iterator entries(folder, failure);
  for (; !failure && entries != std::filesystem::directory_iterator(); entries.increment(failure)) {
    if (is_result_file(*entries)) continue;
    std::string name = entries->path().filename().string();
    if (first.empty() || name < first) first = name;
  }
  return failure ? "(" + failure.message() + ")" : first;
}

std::string swap_in(const std::filesystem::path &fresh, const std::filesystem::path &place, Swap how) {
  // A plain rename takes the place of nothing or of an empty folder, and fails on anything else.
  if (std::rename(fresh.c_str(), place.c_str()) == 0) return {};
  if (!is_occupied(errno) || how == Swap::only_if_free) return std::strerror(errno);
  if (how == Swap::exchange) {
    if (::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, place.c_str(), RENAME_EXCHANGE) == 0) {
      remove_results(fresh); // under this name is the old folder now
      return {};
    }
    if (errno != EINVAL && errno != ENOSYS) return std::strerror(errno);
  }
  return swap_by_renames(fresh, place);
}

void remove_results(const std::filesystem::path &folder) {
  std::error_code ignored;
  std::filesystem::directory_iterator entries(folder, ignored);
  for (; !ignored && entries != std::filesystem::directory_iterator(); entries.increment(ignored)) {
    std::error_code unremoved;
    if (is_result_file(*entries)) std::filesystem::remove(entries->path(), unremoved);
  }
  std::filesystem::remove(folder, ignored); // fails, as it should, when something is left in it
}

bool sync_folder(const std::filesystem::path &folder) {
  int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return false;
  bool done = ::fsync(handle) == 0 || errno == EINVAL; // some file systems cannot sync a folder
  ::close(handle);
  return done;
}

} // namespace steelyard::data
