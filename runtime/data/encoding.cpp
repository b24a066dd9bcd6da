// UTF-8 checking at the speed of memory for ASCII, and GB18030 by the C library's iconv.
#include "runtime/data/encoding.h"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iconv.h>

namespace steelyard::data {
namespace {

constexpr std::uint64_t ones = 0x0101010101010101U;
constexpr std::uint64_t highs = ones << 7U;

/// The length of the well-formed UTF-8 sequence at `at` (which begins with a byte >= 0x80), or 0. The bounds
/// of the second byte exclude overlong forms, surrogates and what is above U+10FFFF (Unicode, table 3-7).
std::size_t sequence_length(const unsigned char *at, const unsigned char *end) {
  unsigned char lead = *at;
  std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || static_cast<std::size_t>(end - at) < length) return 0;
  unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (at[1] < low || at[1] > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((at[i] & 0xC0U) != 0x80U) return 0;
  }
  return length;
}

} // namespace

TextFault find_text_fault(std::string_view text) {
  const auto *begin = reinterpret_cast<const unsigned char *>(text.data());
  const unsigned char *end = begin + text.size();
  const unsigned char *at = begin;
  while (at != end) {
    // 32 bytes of ASCII without NUL at a time; a NUL is a byte that borrows when 1 is taken from it.
    while (end - at >= 32) {
      std::uint64_t word[4];
      std::memcpy(word, at, 32);
      std::uint64_t suspect = 0;
      for (std::uint64_t w : word) suspect |= w | (w - ones);
      if ((suspect & highs) != 0) break;
      at += 32;
    }
    const unsigned char *block = end - at >= 32 ? at + 32 : end;
    while (at < block) {
      if (*at == 0) return {TextFault::Kind::nul, static_cast<std::size_t>(at - begin)};
      if (*at < 0x80) {
        ++at;
        continue;
      }
      std::size_t length = sequence_length(at, end);
      if (length == 0) return {TextFault::Kind::invalid, static_cast<std::size_t>(at - begin)};
      at += length;
    }
  }
  return {};
}

std::size_t line_at(std::string_view text, std::size_t offset) {
  auto stop = text.begin() + static_cast<std::ptrdiff_t>(std::min(offset, text.size()));
  return 1 + static_cast<std::size_t>(std::count(text.begin(), stop, '\n'));
}

DecodeResult decode_gb18030(std::string_view bytes, std::string &out) {
  iconv_t decoder = ::iconv_open("UTF-8", "GB18030");
  if (decoder == reinterpret_cast<iconv_t>(-1)) return DecodeResult::unavailable;
  // Two bytes of GB18030 become at most three of UTF-8 and four at most four.
  out.resize(bytes.size() + bytes.size() / 2 + 16);
  char *from = const_cast<char *>(bytes.data()); // iconv does not write there; its type is older than const
  std::size_t from_left = bytes.size();
  std::size_t written = 0;
  DecodeResult result = DecodeResult::complete;
  while (from_left > 0) {
    char *to = out.data() + written;
    std::size_t to_left = out.size() - written;
    std::size_t done = ::iconv(decoder, &from, &from_left, &to, &to_left);
    written = static_cast<std::size_t>(to - out.data());
    if (done != static_cast<std::size_t>(-1)) break;
    if (errno != E2BIG) { // EILSEQ, or EINVAL: the file ends inside a character
      result = DecodeResult::invalid;
      break;
    }
    out.resize(2 * out.size());
  }
  ::iconv_close(decoder);
  out.resize(written);
  return result;
}

} // namespace steelyard::data
