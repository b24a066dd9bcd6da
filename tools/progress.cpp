// A line on the terminal that tells how far long work has come.
#include "tools/progress.h"
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

namespace steelyard::tools {

using namespace std::chrono_literals;

ProgressLine::ProgressLine(std::string what)
    : what_(std::move(what)), next_(std::chrono::steady_clock::now() + 1s),
      terminal_(isatty(STDERR_FILENO) != 0) {}

ProgressLine::~ProgressLine() {
  if (!shown_) return;
  fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
}

void ProgressLine::show(std::size_t done, std::size_t whole) {
  if (!terminal_ || whole == 0) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + 100ms;
  shown_ = true;
  fmt::print(stderr, "\r\033[K{} {} %", what_, done * 100 / whole);
  std::fflush(stderr);
}

} // namespace steelyard::tools
