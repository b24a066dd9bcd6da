// Finds the stretch of a file that a span covers.
#include "compiler/interpret/source_text.h"
#include "compiler/semantics/check.h"
#include <algorithm>
#include <fmt/core.h>

namespace steelyard::interpret {

using syntax::Span;

namespace {

/// Where the code point `column` (from 1) of the line that begins at `at` stands, in bytes.
std::size_t byte_of(const std::string &text, std::size_t at, std::uint32_t column) {
  for (std::uint32_t passed = 1; passed < column && at < text.size(); ++passed) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
  }
  return at;
}

std::size_t line_start(const std::string &text, std::uint32_t line) {
  std::size_t at = 0;
  for (std::uint32_t passed = 1; passed < line; ++passed) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string::npos) return text.size();
    at = end + 1;
  }
  return at;
}

/// The stretch of a file on one line: comments are left out, and any run of blanks and line ends is one
/// blank.
std::string excerpt(const syntax::SourceFiles &files, const Span &span) {
  if (span.file >= files.size() || span.line == 0) return {};
  const std::string &text = files[span.file].text;
  const std::size_t from = byte_of(text, line_start(text, span.line), span.column);
  const std::size_t to = byte_of(text, line_start(text, span.end_line), span.end_column);
  std::string out;
  bool quoted = false;
  for (std::size_t i = from; i < to && i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (text.compare(i, 3, "\u201C") == 0 || text.compare(i, 3, "\u201D") == 0) quoted = !quoted;
    const bool comment = !quoted && (text[i] == '#' || text.compare(i, 3, "\uFF03") == 0);
    if (comment) i = std::min(text.find('\n', i), text.size() - 1);
    const bool blank = text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r';
    if (!blank)
      out += text[i];
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

} // namespace

std::string text_of_term(const semantics::Term &term, const semantics::Program &program) {
  std::string written = excerpt(program.files, term.span);
  return written.empty() ? semantics::canonical_text(term, program) : written;
}

std::string place_text(const Span &span, const syntax::SourceFiles &files) {
  if (span.file >= files.size() || span.line == 0) return {};
  return fmt::format("{}:{}: ", files[span.file].name, span.line);
}

} // namespace steelyard::interpret
