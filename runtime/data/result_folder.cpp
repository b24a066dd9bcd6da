// Writes the files of a result folder under a temporary name and puts the folder in its place.
#include "runtime/data/result_folder.h"
#include "runtime/data/cell_writer.h"
#include "runtime/data/folder_swap.h"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace steelyard::data {
namespace {

namespace fs = std::filesystem;

/// True for the root of a mounted file system, such as a container's volume: it cannot be renamed.
bool is_mount_point(const fs::path &folder) {
  struct stat inside = {};
  struct stat above = {};
  if (::stat(folder.c_str(), &inside) != 0 || ::stat(folder.parent_path().c_str(), &above) != 0) return false;
  return inside.st_dev != above.st_dev;
}

/// Why results may not go to `place`, which exists as a folder; empty when they may.
std::string refusal(const fs::path &place, bool replace) {
  if (is_mount_point(place)) {
    return fmt::format(
        "the folder {} is a mounted disk or volume, which cannot be replaced as a whole; name a "
        "folder inside it",
        place.string());
  }
  std::error_code failure;
  bool is_empty = fs::is_empty(place, failure);
  if (failure) return fmt::format("the folder {} cannot be read: {}", place.string(), failure.message());
  if (is_empty) return {};
  if (!replace) {
    return fmt::format(
        "the folder {} exists and is not empty; name another folder, or use --force to replace it",
        place.string());
  }
  std::string foreign = foreign_entry(place);
  if (foreign.empty()) return {};
  return fmt::format(
      "the folder {} is not replaced, because it holds {}; only folders with nothing but .csv, "
      ".json, .html, .log and .txt files are",
      place.string(), foreign);
}

/// Creates the folders that are missing above `place` and adds them to `created`, the outermost first.
std::error_code create_parents(const fs::path &place, std::vector<fs::path> &created) {
  std::vector<fs::path> missing;
  std::error_code failure;
  for (fs::path at = place.parent_path(); !at.empty() && !fs::exists(at, failure); at = at.parent_path()) {
    if (failure) return failure;
    missing.push_back(at);
  }
  for (auto folder = missing.rbegin(); folder != missing.rend(); ++folder) {
    if (!fs::create_directory(*folder, failure) && failure) return failure;
    created.push_back(*folder);
  }
  return failure;
}

/// A new folder beside `place` under a hidden name. mkdir rather than mkdtemp, which would hide the results
/// from the other users of the machine.
fs::path create_beside(const fs::path &place, int &reason) {
  for (int attempt = 0; attempt < 1000; ++attempt) {
    fs::path candidate = place.parent_path() /
                         fmt::format(".{}.{}-{}.partial", place.filename().string(), ::getpid(), attempt);
    if (::mkdir(candidate.c_str(), 0777) == 0) return candidate;
    reason = errno;
    if (reason != EEXIST) return {};
  }
  return {};
}

bool write_all(int file, std::string_view content) {
  while (!content.empty()) {
    ssize_t written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

} // namespace

ResultFolder::ResultFolder(fs::path place, bool replace) : place_(std::move(place)), replace_(replace) {
  std::string named = place_.string();
  std::error_code failure;
  // The true path, so that a link to a folder stays and the folder behind it is replaced.
  place_ = fs::weakly_canonical(fs::absolute(place_, failure), failure);
  if (!place_.has_filename()) place_ = place_.parent_path();
  if (named.empty() || failure || !place_.has_filename()) {
    error_ = fmt::format("the results need the name of a folder, and \"{}\" is none", named);
    return;
  }
  fs::file_status status = fs::status(place_, failure);
  if (fs::is_directory(status)) {
    error_ = refusal(place_, replace_);
  } else if (fs::exists(status)) {
    error_ = fmt::format("{} is a file; the results need a folder", place_.string());
  } else if (std::error_code reason = create_parents(place_, created_parents_)) {
    error_ = fmt::format("the folder {} cannot be created: {}", place_.string(), reason.message());
  }
  if (!error_.empty()) return;

  int reason = 0;
  temporary_ = create_beside(place_, reason);
  if (temporary_.empty()) {
    error_ = fmt::format("the folder {} cannot be created: {}", place_.string(), std::strerror(reason));
  } else if (fs::is_directory(status)) {
    fs::permissions(temporary_, status.permissions(), failure); // the new folder is as open as the old one
  }
}

ResultFolder::~ResultFolder() {
  if (open_file_ >= 0) ::close(open_file_);
  if (committed_) return;
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
  for (auto folder = created_parents_.rbegin(); folder != created_parents_.rend(); ++folder) {
    fs::remove(*folder, ignored); // only while it is empty
  }
}

bool ResultFolder::write(std::string_view name, std::string_view content) {
  return append(name, content) && close_file();
}

bool ResultFolder::append(std::string_view name, std::string_view part) {
  if (!error_.empty()) return false;
  if (open_file_ < 0 || name != open_name_) {
    if (!close_file()) return false;
    if (name.empty() || name == "." || name == ".." || name.find('/') != name.npos) {
      error_ = fmt::format("\"{}\" is not the name of a file in the results", name);
      return false;
    }
    open_name_ = name;
    open_file_ = ::open((temporary_ / name).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  }
  if (open_file_ >= 0 && write_all(open_file_, part)) return true;
  error_ = fmt::format("{} of the results cannot be written: {}", name, std::strerror(errno));
  return false;
}

/// Waits for the disk.
bool ResultFolder::close_file() {
  if (open_file_ < 0) return true;
  const bool synced = ::fsync(open_file_) == 0;
  int reason = errno;
  bool closed = ::close(open_file_) == 0;
  if (synced && !closed) reason = errno;
  open_file_ = -1;
  if (synced && closed) return true;
  error_ = fmt::format("{} of the results cannot be written: {}", open_name_, std::strerror(reason));
  return false;
}

bool ResultFolder::commit() {
  if (!error_.empty() || committed_ || !close_file()) return false;
  std::error_code ignored;
  // Looked at again: the run may have taken an hour.
  if (fs::is_directory(place_, ignored)) error_ = refusal(place_, replace_);
  if (error_.empty() && !sync_folder(temporary_)) {
    error_ = fmt::format("the folder {} cannot be written: {}", place_.string(), std::strerror(errno));
  }
  if (!error_.empty()) return false;
  std::string reason = swap_in(temporary_, place_, replace_ ? Swap::exchange : Swap::only_if_free);
  if (!reason.empty()) {
    error_ = fmt::format("the folder {} cannot be put in its place: {}", place_.string(), reason);
    return false;
  }
  committed_ = true;
  sync_folder(place_.parent_path()); // the results are there; at worst a power cut takes the rename back
  return true;
}

void append_cell(std::string &out, std::string_view text) {
  if (!needs_quotes(text)) {
    out += text;
    return;
  }
  out += '"';
  for (char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

} // namespace steelyard::data
