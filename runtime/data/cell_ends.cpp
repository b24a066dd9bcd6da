// Cell ends by AVX2, 64 bytes at a time, or by words of 8 bytes.
#include "runtime/data/cell_ends.h"
#include <bit>
#include <cstring>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace steelyard::data {
namespace {

/// The last bytes of a text, fewer than a block, one by one.
void find_in_rest(std::string_view text, std::size_t from, CellEnds &out) {
  for (std::size_t i = from; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == ',' || byte == '\n') {
      out.at[++out.cells] = static_cast<std::uint32_t>(i);
      out.line_feeds += byte == '\n' ? 1 : 0;
    }
    out.has_quote |= byte == '"';
    out.has_carriage_return |= byte == '\r';
    out.has_nul |= byte == 0;
    out.has_beyond_ascii |= byte >= 0x80;
  }
  if (!text.empty() && text.back() != '\n') {
    out.at[++out.cells] = static_cast<std::uint32_t>(text.size());
    ++out.line_feeds;
  }
}

#if defined(__x86_64__)

struct Block {
  __m256i low, high;
};

__attribute__((target("avx2"))) inline std::uint64_t bits_of(__m256i low, __m256i high) {
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
         static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(high))) << 32U;
}

__attribute__((target("avx2"))) inline std::uint64_t equal_to(const Block &block, char byte) {
  const __m256i wanted = _mm256_set1_epi8(byte);
  return bits_of(_mm256_cmpeq_epi8(block.low, wanted), _mm256_cmpeq_epi8(block.high, wanted));
}

__attribute__((target("avx2,bmi,popcnt"))) void find_cell_ends_avx2(std::string_view text, CellEnds &out) {
  std::uint32_t *write = out.at.get() + 1;
  std::size_t done = 0;
  std::size_t line_feeds = 0;
  // As signed bytes, all that is special is below '-': comma, line ends, quotation mark, NUL, and what is not
  // ASCII. Blanks and a few signs are too, and cost a second look.
  const __m256i bound = _mm256_set1_epi8('-');
  for (; text.size() - done >= 64; done += 64) {
    Block block;
    block.low = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(text.data() + done));
    block.high = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(text.data() + done + 32));
    const std::uint64_t below =
        bits_of(_mm256_cmpgt_epi8(bound, block.low), _mm256_cmpgt_epi8(bound, block.high));
    const std::uint64_t feeds = equal_to(block, '\n');
    std::uint64_t ends = equal_to(block, ',') | feeds;
    if (ends != below) {
      out.has_quote |= equal_to(block, '"') != 0;
      out.has_carriage_return |= equal_to(block, '\r') != 0;
      out.has_nul |= equal_to(block, '\0') != 0;
      out.has_beyond_ascii |= bits_of(block.low, block.high) != 0;
    }
    line_feeds += static_cast<std::size_t>(_mm_popcnt_u64(feeds));
    const auto count = static_cast<std::size_t>(_mm_popcnt_u64(ends));
    const auto base = static_cast<std::uint32_t>(done);
    // Eight at a time without a test between them; what is written too much is written over later.
    for (std::size_t i = 0; i < count; i += 8) {
      for (std::size_t j = 0; j < 8; ++j) {
        write[i + j] = base + static_cast<std::uint32_t>(_tzcnt_u64(ends));
        ends = _blsr_u64(ends);
      }
    }
    write += count;
  }
  out.cells = static_cast<std::size_t>(write - out.at.get()) - 1;
  out.line_feeds = line_feeds;
  find_in_rest(text, done, out);
}

#endif

} // namespace

void CellEnds::start(std::size_t count) {
  if (count + 72 > room) { // the ends of a block are written eight at a time
    room = count + 72;
    at = std::make_unique_for_overwrite<std::uint32_t[]>(room);
  }
  at[0] = 0xFFFFFFFFU;
  cells = 0;
  line_feeds = 0;
  has_quote = has_carriage_return = has_nul = has_beyond_ascii = false;
}

void find_cell_ends_portable(std::string_view text, CellEnds &out) {
  out.start(text.size() + 1);
  constexpr std::uint64_t ones = 0x0101010101010101U;
  constexpr std::uint64_t highs = ones << 7U;
  std::size_t done = 0;
  for (; text.size() - done >= 8; done += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + done, 8);
    if (((word - ones * '-') & ~word & highs) == 0 && (word & highs) == 0) continue; // none below '-'
    for (std::size_t i = done; i < done + 8; ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      if (byte == ',' || byte == '\n') {
        out.at[++out.cells] = static_cast<std::uint32_t>(i);
        out.line_feeds += byte == '\n' ? 1 : 0;
      }
      out.has_quote |= byte == '"';
      out.has_carriage_return |= byte == '\r';
      out.has_nul |= byte == 0;
      out.has_beyond_ascii |= byte >= 0x80;
    }
  }
  find_in_rest(text, done, out);
}

void find_cell_ends(std::string_view text, CellEnds &out) {
#if defined(__x86_64__)
  static const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi");
  if (has_avx2) {
    out.start(text.size() + 1);
    find_cell_ends_avx2(text, out);
    return;
  }
#endif
  find_cell_ends_portable(text, out);
}

} // namespace steelyard::data
