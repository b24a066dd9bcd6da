// A text file written through a buffer: decimals and texts, at the speed of the disk. For generators of data.
#pragma once
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace steelyard::bench {

class TextFile {
public:
  explicit TextFile(const std::filesystem::path &path) : file_(std::fopen(path.c_str(), "wb")) {
    if (file_ == nullptr) throw std::runtime_error("cannot write " + path.string());
    buffer_.reserve(capacity + 4096);
  }
  ~TextFile() {
    flush();
    std::fclose(file_);
  }
  TextFile(const TextFile &) = delete;
  TextFile &operator=(const TextFile &) = delete;

  TextFile &operator<<(std::string_view text) {
    buffer_ += text;
    return *this;
  }
  TextFile &operator<<(std::int64_t value) { return decimal(value, 0); }
  /// units of 10^-places, not negative.
  TextFile &decimal(std::int64_t units, int places) {
    char digits[24];
    int at = sizeof digits;
    for (int written = 0; units > 0 || written <= places; ++written) {
      if (written == places && places > 0) digits[--at] = '.';
      digits[--at] = static_cast<char>('0' + units % 10);
      units /= 10;
    }
    buffer_.append(digits + at, sizeof digits - static_cast<std::size_t>(at));
    return *this;
  }
  /// units of 10^-places with at least `width` digits.
  TextFile &padded(std::int64_t value, std::size_t width) {
    const std::string digits = std::to_string(value);
    if (digits.size() < width) buffer_.append(width - digits.size(), '0');
    buffer_ += digits;
    return *this;
  }
  void end_line() {
    buffer_ += '\n';
    if (buffer_.size() > capacity) flush();
  }

private:
  static constexpr std::size_t capacity = std::size_t{1} << 18;
  void flush() {
    std::fwrite(buffer_.data(), 1, buffer_.size(), file_);
    buffer_.clear();
  }
  std::FILE *file_;
  std::string buffer_;
};

} // namespace steelyard::bench
