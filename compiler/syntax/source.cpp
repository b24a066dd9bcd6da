// Diagnostics as text; see source.h.
#include "compiler/syntax/source.h"
#include "compiler/syntax/unicode.h"
#include <fmt/core.h>

namespace steelyard::syntax {
namespace {

constexpr std::size_t tab_stop = 8;

std::string_view line_of(std::string_view text, std::uint32_t number) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3); // columns do not count it
  for (std::uint32_t line = 1; line < number; ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

/// The line with tabs as blanks, and the marks under it from `column` up to `end_column` (at least one).
struct Marked {
  std::string line, marks;
};
Marked mark(std::string_view text, std::uint32_t column, std::uint32_t end_column) {
  Marked out;
  std::uint32_t at_column = 1;
  std::size_t width = 0;
  bool any = false;
  for (std::size_t at = 0; at < text.size(); ++at_column) {
    const CodePoint c = code_point_at(text, at);
    const std::size_t own =
        c.value == '\t' ? tab_stop - width % tab_stop : static_cast<std::size_t>(display_width(c.value));
    if (c.value == '\t')
      out.line.append(own, ' ');
    else if (c.value < ' ' || (c.value == 0xFFFD && c.length == 1))
      out.line += '?';
    else
      out.line += text.substr(at, c.length);
    const bool marked = at_column >= column && at_column < end_column;
    if (marked || at_column < column) out.marks.append(own, marked ? '^' : ' ');
    any |= marked && own > 0;
    width += own;
    at += c.length;
  }
  if (!any) out.marks += '^'; // just after the line
  return out;
}

std::string place(const Span &span, const SourceFiles &files) {
  const std::string name = span.file < files.size() ? files[span.file].name : std::string("?");
  return fmt::format("{}:{}:{}", name, span.line, span.column);
}

} // namespace

std::string to_text(const Diagnostic &diagnostic, const SourceFiles &files) {
  const Span &span = diagnostic.span;
  const char *severity = diagnostic.severity == Severity::error     ? "error"
                         : diagnostic.severity == Severity::warning ? "warning"
                                                                    : "note";
  std::string out = fmt::format("{}: {}{}{}: {}\n", place(span, files), severity,
                                diagnostic.code.empty() ? "" : " ", diagnostic.code, diagnostic.message);
  if (span.file < files.size() && span.line > 0) {
    const std::string_view text = line_of(files[span.file].text, span.line);
    const bool one_line = span.end_line <= span.line;
    const auto to_end = static_cast<std::uint32_t>(code_points(text)) + 1;
    const Marked marked = mark(text, span.column, one_line ? span.end_column : to_end);
    out += fmt::format("{:>5} | {}\n      | {}\n", span.line, marked.line, marked.marks);
  }
  if (!diagnostic.hint.empty()) out += fmt::format("      = {}\n", diagnostic.hint);
  for (const Related &related : diagnostic.related)
    out += fmt::format("      note {}: {}\n", place(related.span, files), related.message);
  return out;
}

} // namespace steelyard::syntax
