// A line on the terminal that tells how far long work has come; nothing where standard error is no terminal.
#pragma once
#include <chrono>
#include <cstddef>
#include <string>

namespace steelyard::tools {

class ProgressLine {
public:
  explicit ProgressLine(std::string what);
  ~ProgressLine(); ///< takes the line away
  ProgressLine(const ProgressLine &) = delete;
  ProgressLine &operator=(const ProgressLine &) = delete;

  /// Shown after the first second, and at most ten times a second.
  void show(std::size_t done, std::size_t whole);

private:
  std::string what_;
  std::chrono::steady_clock::time_point next_;
  bool terminal_ = false;
  bool shown_ = false;
};

} // namespace steelyard::tools
