// Character encodings: finds what is not UTF-8 text, and turns GB18030 into UTF-8. Not the reading of files.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace steelyard::data {

struct TextFault {
  enum class Kind : std::uint8_t { none, nul, invalid } kind = Kind::none;
  std::size_t offset = 0; ///< of the NUL byte, or of the first byte of the sequence that is not UTF-8
};

/// The first NUL byte or the first bytes that are not UTF-8 (overlong forms, surrogates and code points above
/// U+10FFFF are not).
TextFault find_text_fault(std::string_view text);

/// The line, from 1, on which the byte at `offset` stands.
std::size_t line_at(std::string_view text, std::size_t offset);

enum class DecodeResult : std::uint8_t { complete, invalid, unavailable };

/// Decodes all of `bytes` into `out`. When they are invalid, `out` holds the text before the fault.
DecodeResult decode_gb18030(std::string_view bytes, std::string &out);

} // namespace steelyard::data
