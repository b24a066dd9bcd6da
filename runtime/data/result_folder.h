// The output folder of a run: written under a temporary name beside its place and renamed when complete, so
// that a reader sees the old results, the new ones, or none.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace steelyard::data {

class ResultFolder {
public:
  /// Fails (see `error`) when `place` exists, is not an empty folder and `replace` is false, or cannot be
  /// created. Missing folders above it are created. Even with `replace`, a folder that holds anything but
  /// plain .csv, .json, .html, .log and .txt files is refused: a wrong path must not cost somebody's files.
  ResultFolder(std::filesystem::path place, bool replace);
  ~ResultFolder(); ///< removes what was not committed
  ResultFolder(const ResultFolder &) = delete;
  ResultFolder &operator=(const ResultFolder &) = delete;

  /// Empty when all is well so far; else a sentence for the user.
  const std::string &error() const { return error_; }
  /// Writes one whole file of the folder, each name once, and waits for the disk. False on failure, `error`
  /// then says why (disk full, no permission).
  bool write(std::string_view name, std::string_view content);
  /// The same in parts: those of one file come one behind the other, and then the next file or `commit`.
  bool append(std::string_view name, std::string_view part);
  /// Puts the folder in its place, replacing an old one as a whole.
  bool commit();

private:
  bool close_file();

  std::filesystem::path place_;
  std::filesystem::path temporary_;
  std::vector<std::filesystem::path> created_parents_;
  bool replace_ = false;
  bool committed_ = false;
  std::string error_;
  std::string open_name_; ///< of the file that parts are appended to
  int open_file_ = -1;
};

/// Appends one CSV cell, quoted where RFC 4180 asks for it and where the text begins or ends with a blank,
/// which other programs would otherwise remove.
void append_cell(std::string &out, std::string_view text);

} // namespace steelyard::data
