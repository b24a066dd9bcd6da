// What the language needs of Unicode: checking UTF-8, stepping through it, how wide text is on a screen, and
// the full-width forms of digits.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace steelyard::syntax {

/// The code point that begins at `at`, and how many bytes it takes. A byte that begins none is U+FFFD of
/// length 1.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;
};
CodePoint code_point_at(std::string_view text, std::size_t at);

/// The offset of the first byte that is not UTF-8.
std::optional<std::size_t> invalid_utf8(std::string_view text);

std::size_t code_points(std::string_view text);

/// Columns of a terminal: wide characters (Chinese, full-width forms) count two, combining ones none.
int display_width(char32_t c);
std::size_t display_width(std::string_view text);

/// True for letters of the Chinese script, which are written without blanks between words.
bool is_chinese(char32_t c);

/// Full-width digits, point and minus as ASCII, everything else as it is.
std::string ascii_number(std::string_view text);

} // namespace steelyard::syntax
