// Digits eight at a time.
#include "runtime/data/cell_writer.h"
#if defined(__SSE2__)
#include <array>
#include <emmintrin.h>
#endif
#include "runtime/data/text_index.h"

namespace steelyard::data {
namespace {

constexpr std::array<char, 200> make_pairs() {
  std::array<char, 200> out{};
  for (int i = 0; i < 100; ++i) {
    out[static_cast<std::size_t>(2 * i)] = static_cast<char>('0' + i / 10);
    out[static_cast<std::size_t>(2 * i + 1)] = static_cast<char>('0' + i % 10);
  }
  return out;
}
constexpr std::array<char, 200> pairs = make_pairs();

inline void put_pair(char *out, std::uint64_t below_100) {
  std::memcpy(out, &pairs[2 * below_100], 2);
}

inline char *put_eight(char *out, std::uint64_t value) {
  put_word(out, eight_digits(value) + zeros);
  return out + 8;
}

/// Writes eight bytes at least.
inline char *put_whole(char *out, std::uint64_t value) {
  constexpr std::uint64_t next = 100'000'000;
  if (value >= next) {
    out = put_whole(out, value / next);
    return put_eight(out, value % next);
  }
  const std::uint64_t digits = eight_digits(value);
  const unsigned leading = leading_zeros(digits);
  put_word(out, (digits + zeros) >> 8 * leading);
  return out + 8 - leading;
}

/// Digit by digit, for what is long or has unusual decimals.
char *put_any(char *out, UInt128 rest, int scale) {
  char digits[2 * longest_number];
  std::size_t at = sizeof digits;
  for (int written = 0; rest > 0 || written <= scale; ++written) {
    if (written == scale && scale > 0) digits[--at] = '.';
    digits[--at] = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  std::memcpy(out, digits + at, sizeof digits - at);
  return out + sizeof digits - at;
}

} // namespace

char *write_number(char *out, Int128 units, int scale) {
  if (units < 0) *out++ = '-';
  const UInt128 size = units < 0 ? -static_cast<UInt128>(units) : static_cast<UInt128>(units);
  if (size >> 64U != 0) return put_any(out, size, scale);
  const auto small = static_cast<std::uint64_t>(size);
  switch (scale) {
  case 0:
    return put_whole(out, small);
  case 2:
    out = put_whole(out, small / 100);
    *out = '.';
    put_pair(out + 1, small % 100);
    return out + 3;
  case 4: {
    out = put_whole(out, small / 10'000);
    *out = '.';
    const std::uint64_t decimals = small % 10'000;
    put_pair(out + 1, decimals / 100);
    put_pair(out + 3, decimals % 100);
    return out + 5;
  }
  case 8:
    out = put_whole(out, small / 100'000'000);
    *out = '.';
    return put_eight(out + 1, small % 100'000'000);
  default:
    return put_any(out, size, scale);
  }
}

namespace {

/// The bytes of a text of 1 to 15, some of them twice, in two words: read so, since what was just written byte
/// by byte is slow to read at once.
struct ShortText {
  std::uint64_t first = 0, second = 0;
};
ShortText short_text(std::string_view text) {
  ShortText out;
  const char *end = text.data() + text.size();
  if (text.size() >= 8) {
    std::memcpy(&out.first, text.data(), 8);
    std::memcpy(&out.second, end - 8, 8);
  } else if (text.size() >= 4) {
    std::uint32_t first = 0, second = 0;
    std::memcpy(&first, text.data(), 4);
    std::memcpy(&second, end - 4, 4);
    out = {first, second};
  } else {
    const auto byte = [](char c) { return static_cast<std::uint64_t>(static_cast<unsigned char>(c)); };
    out.first = byte(text[0]) << 8U | byte(text[text.size() / 2]);
    out.second = byte(end[-1]);
  }
  return out;
}

#if defined(__SSE2__)
/// Whether any of 16 bytes must stand in quotation marks.
bool special(__m128i bytes) {
  const auto is = [&](char byte) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte)); };
  return _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(is(','), is('"')), _mm_or_si128(is('\r'), is('\n')))) !=
         0;
}
bool special(const char *at) {
  return special(_mm_loadu_si128(reinterpret_cast<const __m128i *>(at)));
}
bool special(const ShortText &text) {
  return special(_mm_set_epi64x(static_cast<long long>(text.second), static_cast<long long>(text.first)));
}
#else
bool special(const char *at) {
  bool out = false;
  for (std::size_t i = 0; i < 16; ++i) out |= at[i] == ',' || at[i] == '"' || at[i] == '\r' || at[i] == '\n';
  return out;
}
bool special(const ShortText &text) {
  char bytes[16];
  std::memcpy(bytes, &text, sizeof bytes);
  return special(bytes);
}
#endif

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

} // namespace

bool needs_quotes(std::string_view text) {
  if (text.empty()) return false;
  if (is_blank(text.front()) || is_blank(text.back())) return true;
  if (text.size() < 16) return special(short_text(text));
  for (std::size_t at = 0; at + 16 <= text.size(); at += 16)
    if (special(text.data() + at)) return true;
  return special(text.data() + text.size() - 16);
}

char *write_cell(char *out, std::string_view text) {
  if (!needs_quotes(text)) {
    if (!text.empty()) std::memcpy(out, text.data(), text.size());
    return out + text.size();
  }
  *out++ = '"';
  for (const char c : text) {
    if (c == '"') *out++ = '"';
    *out++ = c;
  }
  *out++ = '"';
  return out;
}

bool never_needs_quotes(std::string_view bytes) {
  unsigned found = 0;
  for (const char byte : bytes)
    found |= static_cast<unsigned>(byte == ',') | static_cast<unsigned>(byte == '"') |
             static_cast<unsigned>(byte == '\r') | static_cast<unsigned>(byte == '\n') |
             static_cast<unsigned>(byte == ' ') | static_cast<unsigned>(byte == '\t');
  return found == 0;
}

} // namespace steelyard::data
