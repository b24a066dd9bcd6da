// The text of one input file as UTF-8: the bytes mapped into memory, checked, and decoded where they must be.
// Not the cutting into cells.
#pragma once
#include "runtime/data/dataset.h"
#include "runtime/data/error_codes.h"
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace steelyard::data {

/// What is wrong with a whole file, ready to be reported.
struct FileFault {
  ErrorCode code = ErrorCode::none;
  std::size_t line = 0; ///< 0 when the fault is of no one line
  std::string message;
};

/// A file mapped read-only. Another program that truncates the file meanwhile can end this process (SIGBUS).
class MappedFile {
public:
  MappedFile() = default;
  ~MappedFile();
  MappedFile(const MappedFile &) = delete;
  MappedFile &operator=(const MappedFile &) = delete;

  /// False on failure; `reason` then says why, in the words of the system.
  bool open(const std::filesystem::path &path, std::string &reason);
  std::string_view bytes() const { return {data_, size_}; }
  /// Advises the system (madvise) on the pages of a part of the file.
  void advise(const char *from, std::size_t size, int advice) const;

private:
  const char *data_ = nullptr;
  std::size_t size_ = 0;
};

class FileText {
public:
  /// Loads the file and leaves valid UTF-8 without a byte order mark in `text`, or says what is wrong.
  std::optional<FileFault> load(const std::filesystem::path &path, Encoding encoding);
  /// The same for a reader who makes sure himself that the text is UTF-8 without NUL bytes.
  std::optional<FileFault> open(const std::filesystem::path &path, Encoding encoding);
  /// Advice to the system: a part of the text will be read now; a part will not be read again soon, and need
  /// not stay in memory.
  void bring(const char *from, std::size_t size) const;
  void let_go(const char *from, std::size_t size) const;
  std::string_view text() const { return text_; }

private:
  MappedFile file_;
  std::string decoded_;
  std::string_view text_;
};

} // namespace steelyard::data
