// The scanning of CSV bytes, eight at a time.
#include "runtime/data/csv_scanner.h"
#include <bit>
#include <cstring>

namespace steelyard::data {
namespace {

static_assert(std::endian::native == std::endian::little, "the first byte of a word must be its lowest");

/// The first comma, quotation mark, CR or LF at or behind `at`, or `end`. All four are below '-', and digits,
/// letters, '-', '.' and the bytes of Chinese characters are not, so one test of eight bytes finds where to
/// look.
inline const char *find_special(const char *at, const char *end) {
  constexpr std::uint64_t ones = 0x0101010101010101U;
  while (end - at >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    // The lowest flag is exact: a borrow can only make a false one above a byte that is truly below '-'.
    std::uint64_t below = (word - ones * '-') & ~word & (ones << 7U);
    if (below == 0) {
      at += 8;
      continue;
    }
    at += std::countr_zero(below) / 8;
    if (*at == ',' || *at == '\n' || *at == '\r' || *at == '"') return at;
    ++at;
  }
  while (at != end && *at != ',' && *at != '\n' && *at != '\r' && *at != '"') ++at;
  return at;
}

} // namespace

inline void CsvScanner::store(std::string_view cell) {
  if (count_ < cells_.size()) {
    cells_[count_] = cell;
  } else if (growing_) {
    cells_.push_back(cell);
  }
  ++count_;
}

bool CsvScanner::next() {
  if (at_ == end_) return false;
  record_line_ = line_;
  count_ = 0;
  fault_ = CsvFault::none;
  const char *record = at_;
  const char *at = at_;
  for (;;) {
    if (at != end_ && *at == '"') {
      if (!read_quoted(at)) return true;
    } else {
      const char *cell = at;
      at = find_special(cell, end_);
      store(std::string_view(cell, static_cast<std::size_t>(at - cell)));
    }
    if (at == end_) {
      at_ = at;
      break;
    }
    if (*at == ',') {
      ++at;
      continue;
    }
    if (*at == '\n') {
      ++line_;
      at_ = at + 1;
      break;
    }
    if (*at == '\r' && at + 1 != end_ && at[1] == '\n') {
      ++line_;
      at_ = at + 2;
      break;
    }
    --count_; // the cell before `at` was stored and is the faulty one
    give_up_record(*at == '\r' ? CsvFault::lone_carriage_return : CsvFault::quotes_out_of_order, at);
    return true;
  }
  blank_ = at == record;
  return true;
}

/// Reads the quoted cell that begins at `at` and leaves `at` on the character behind it. False on a fault.
bool CsvScanner::read_quoted(const char *&at) {
  const char *from = at + 1;
  std::string *unescaped = nullptr;
  std::size_t lines = 0;
  for (;;) {
    const void *found =
        from == end_ ? nullptr : std::memchr(from, '"', static_cast<std::size_t>(end_ - from));
    if (found == nullptr) {
      fault_ = CsvFault::quote_not_closed;
      blank_ = false;
      at_ = end_;
      return false;
    }
    const char *quote = static_cast<const char *>(found);
    std::string_view part(from, static_cast<std::size_t>(quote - from));
    for (std::size_t feed = part.find('\n'); feed != part.npos; feed = part.find('\n', feed + 1)) ++lines;
    bool doubled = quote + 1 != end_ && quote[1] == '"';
    if (doubled && unescaped == nullptr) {
      if (unescaped_used_ == unescaped_.size()) unescaped_.emplace_back();
      unescaped = &unescaped_[unescaped_used_++];
      unescaped->clear();
    }
    if (unescaped != nullptr) unescaped->append(part);
    if (doubled) {
      unescaped->push_back('"');
      from = quote + 2;
      continue;
    }
    line_ += lines;
    at = quote + 1;
    if (at != end_ && *at != ',' && *at != '\n' && *at != '\r') {
      give_up_record(CsvFault::quotes_out_of_order, at);
      return false;
    }
    store(unescaped != nullptr ? std::string_view(*unescaped) : part);
    return true;
  }
}

void CsvScanner::give_up_record(CsvFault fault, const char *from) {
  fault_ = fault;
  blank_ = false;
  const void *feed = std::memchr(from, '\n', static_cast<std::size_t>(end_ - from));
  at_ = feed == nullptr ? end_ : static_cast<const char *>(feed) + 1;
  ++line_;
}

bool CsvScanner::rest_is_blank() {
  // The end of the look ahead is remembered, so that a long run of blank lines is looked through once.
  if (next_content_ == nullptr || next_content_ < at_) {
    next_content_ = at_;
    while (next_content_ != end_ && (*next_content_ == '\n' || *next_content_ == '\r')) ++next_content_;
  }
  return next_content_ == end_;
}

void CsvScanner::fix_width(std::size_t width) {
  cells_.resize(width);
  growing_ = false;
}

} // namespace steelyard::data
