// Maps a file and brings its bytes to checked UTF-8.
#include "runtime/data/file_text.h"
#include "runtime/data/encoding.h"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace steelyard::data {
namespace {

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";

std::optional<FileFault> check_bytes(std::string_view bytes, Encoding encoding) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    return FileFault{ErrorCode::is_utf16, 0,
                     "the file is in UTF-16; save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\")"};
  }
  if (encoding == Encoding::gb18030 && bytes.starts_with(utf8_mark)) {
    return FileFault{ErrorCode::not_gb18030, 1,
                     "the file begins with the mark of UTF-8 and GB18030 is expected; leave out "
                     "--encoding gb18030"};
  }
  return std::nullopt;
}

std::optional<FileFault> check_text(std::string_view text) {
  TextFault fault = find_text_fault(text);
  if (fault.kind == TextFault::Kind::none) return std::nullopt;
  std::size_t line = line_at(text, fault.offset);
  if (fault.kind == TextFault::Kind::nul) {
    return FileFault{ErrorCode::has_nul_byte, line,
                     "the file has a NUL byte here, so it is not a text file, or it is damaged or in "
                     "UTF-16; CSV in UTF-8 is expected"};
  }
  return FileFault{ErrorCode::not_utf8, line,
                   fmt::format("byte {:02X} is not UTF-8 text here; UTF-8 is expected; if the file is in "
                               "the Chinese encoding GB18030 (or GBK), use --encoding gb18030",
                               static_cast<unsigned char>(text[fault.offset]))};
}

} // namespace

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<char *>(data_), size_);
}

bool MappedFile::open(const std::filesystem::path &path, std::string &reason) {
  int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); // not to wait for the writer of a pipe
  struct stat state = {};
  if (file < 0 || ::fstat(file, &state) != 0) {
    reason = std::strerror(errno);
    if (file >= 0) ::close(file);
    return false;
  }
  if (!S_ISREG(state.st_mode)) {
    reason = S_ISDIR(state.st_mode) ? "it is a folder" : "it is not an ordinary file";
    ::close(file);
    return false;
  }
  size_ = static_cast<std::size_t>(state.st_size);
  if (size_ > 0) { // an empty file cannot be mapped, and need not be
    void *data = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
    if (data == MAP_FAILED) {
      reason = std::strerror(errno);
      size_ = 0;
      ::close(file);
      return false;
    }
    ::madvise(data, size_, MADV_SEQUENTIAL); // advice only: a failure changes nothing
    ::madvise(data, size_, MADV_WILLNEED);
    data_ = static_cast<const char *>(data);
  }
  ::close(file);
  return true;
}

void MappedFile::advise(const char *from, std::size_t size, int advice) const {
  static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  auto offset = static_cast<std::size_t>(from - data_);
  const std::size_t begin = offset / page * page;
  ::madvise(const_cast<char *>(data_) + begin, offset + size - begin, advice); // a failure changes nothing
}

std::optional<FileFault> FileText::load(const std::filesystem::path &path, Encoding encoding) {
  if (std::optional<FileFault> fault = open(path, encoding)) return fault;
  return check_text(text_);
}

std::optional<FileFault> FileText::open(const std::filesystem::path &path, Encoding encoding) {
  std::string reason;
  if (!file_.open(path, reason)) {
    return FileFault{ErrorCode::file_unreadable, 0,
                     fmt::format("the file cannot be read ({}); a readable CSV file is expected", reason)};
  }
  text_ = file_.bytes();
  if (std::optional<FileFault> fault = check_bytes(text_, encoding)) return fault;
  if (encoding == Encoding::gb18030) {
    DecodeResult result = decode_gb18030(text_, decoded_);
    if (result == DecodeResult::unavailable) {
      return FileFault{ErrorCode::file_unreadable, 0,
                       "this system has no GB18030 decoder (iconv); convert the file to UTF-8"};
    }
    if (result == DecodeResult::invalid) {
      return FileFault{ErrorCode::not_gb18030, line_at(decoded_, decoded_.size()),
                       "the bytes here are not GB18030 text; if the file is in UTF-8, leave out "
                       "--encoding gb18030"};
    }
    text_ = decoded_;
  }
  if (text_.starts_with(utf8_mark)) text_.remove_prefix(utf8_mark.size());
  return std::nullopt;
}

void FileText::bring(const char *from, std::size_t size) const {
  if (decoded_.empty()) file_.advise(from, size, MADV_POPULATE_READ);
}

void FileText::let_go(const char *from, std::size_t size) const {
  if (decoded_.empty()) file_.advise(from, size, MADV_DONTNEED);
}

} // namespace steelyard::data
