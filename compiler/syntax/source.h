// Source files, spans in them, and diagnostics that point at them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace steelyard::syntax {

/// One policy file. `name` is the path as the user named it (used in messages).
struct SourceFile {
  std::string name;
  std::string text; ///< UTF-8
};

/// A stretch of one file. Lines and columns start at 1; columns count code points; `end` is one past the last
/// code point. file is an index into SourceFiles.
struct Span {
  std::uint32_t file = 0;
  std::uint32_t line = 0, column = 0;
  std::uint32_t end_line = 0, end_column = 0;
};

/// From the start of `a` to the end of `b`.
inline Span join(const Span &a, const Span &b) {
  return {a.file, a.line, a.column, b.end_line, b.end_column};
}

using SourceFiles = std::vector<SourceFile>;

enum class Severity : std::uint8_t { error, warning, note };

/// Something else the message refers to: "first declared here".
struct Related {
  Span span;
  std::string message;
};

/// One message of the compiler. Codes are stable and listed in compiler/semantics/catalogue (P1xx syntax,
/// P2xx names, P3xx types and units, P4xx missing values, P5xx choices, P6xx scopes and rows, P7xx policy and
/// period).
struct Diagnostic {
  Severity severity = Severity::error;
  std::string code;
  Span span;
  std::string message; ///< one sentence: what is wrong, in the user's terms
  std::string hint;    ///< what would be right; may be empty
  std::vector<Related> related;
};

/// The message as the user reads it: file:line:column, severity and code, sentence, the source line with the
/// span marked (wide characters counted as two columns), hint, related places.
std::string to_text(const Diagnostic &diagnostic, const SourceFiles &files);

} // namespace steelyard::syntax
