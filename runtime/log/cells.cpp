// See cells.h. Bytes are put in planes because neighbours differ in their low bytes only: zstd then finds the
// high ones at once.
#include "runtime/log/cells.h"
#include <algorithm>
#include <cstring>
#include <fmt/core.h>
#include <stdexcept>
#include <zstd.h>

namespace steelyard::log {

namespace {

__extension__ using UInt128 = unsigned __int128;

/// A level that writes at some hundred megabytes a second; higher ones gain little on planes of bytes.
constexpr int level = 1;

unsigned width_of(UInt128 most) {
  if (most == 0) return 0;
  for (const unsigned width : {1U, 2U, 4U, 8U})
    if ((most >> (8 * width)) == 0) return width;
  return 16;
}

/// Writes the distances of values from `base`: the lowest byte of all, then the next of all, and so on.
template<class Word, class Value>
char *write_planes(char *out, const std::vector<Value> &values, Word base, unsigned width) {
  const Value *from = values.data();
  const std::size_t count = values.size();
  for (unsigned plane = 0; plane < width; ++plane, out += count)
    for (std::size_t i = 0; i < count; ++i)
      out[i] =
          static_cast<char>(static_cast<std::uint8_t>((static_cast<Word>(from[i]) - base) >> (8 * plane)));
  return out;
}

/// Word: an unsigned integer that holds all distances.
template<class Word> std::vector<Word> read_planes(std::string_view bytes, unsigned width, std::size_t rows) {
  std::vector<Word> out(rows);
  for (unsigned plane = 0; plane < width; ++plane)
    for (std::size_t row = 0; row < rows; ++row)
      out[row] |= static_cast<Word>(static_cast<Word>(static_cast<std::uint8_t>(bytes[plane * rows + row]))
                                    << (8 * plane));
  return out;
}

template<class Word> char *write_varint(char *out, Word value) {
  for (; value >= 0x80; value >>= 7) *out++ = static_cast<char>(static_cast<std::uint8_t>(value) | 0x80U);
  *out++ = static_cast<char>(static_cast<std::uint8_t>(value));
  return out;
}

char *write_zigzag(char *out, Int128 value) {
  if (value >= INT64_MIN && value <= INT64_MAX) {
    const auto narrow = static_cast<std::int64_t>(value);
    return write_varint(out,
                        (static_cast<std::uint64_t>(narrow) << 1) ^ (narrow < 0 ? ~std::uint64_t{0} : 0));
  }
  return write_varint(out, (static_cast<UInt128>(value) << 1) ^ (value < 0 ? ~UInt128{0} : UInt128{0}));
}

/// `count` bytes from the front of `bytes`, which it shortens.
std::string_view take(std::string_view &bytes, std::size_t count) {
  if (bytes.size() < count) throw std::runtime_error("the bytes of a column end early");
  const std::string_view out = bytes.substr(0, count);
  bytes.remove_prefix(count);
  return out;
}

} // namespace

namespace {

void encode_given(const std::vector<std::uint8_t> &given, std::string &out) {
  out.assign((given.size() + 7) / 8, '\0');
  for (std::size_t row = 0; row < given.size(); ++row)
    if (given[row] != 0)
      out[row / 8] = static_cast<char>(static_cast<std::uint8_t>(out[row / 8]) | (1U << (row % 8)));
}

void encode_texts(const std::vector<std::string_view> &texts, std::string &out) {
  std::vector<std::uint32_t> lengths;
  lengths.reserve(texts.size());
  std::size_t size = out.size() + 4 * texts.size();
  for (const std::string_view text : texts) {
    lengths.push_back(static_cast<std::uint32_t>(text.size()));
    size += text.size();
  }
  std::size_t at = out.size();
  out.resize(size);
  write_planes(out.data() + at, lengths, std::uint32_t{0}, 4);
  at += 4 * texts.size();
  for (const std::string_view text : texts) {
    std::memcpy(out.data() + at, text.data(), text.size());
    at += text.size();
  }
}

template<class Word, class Value>
void encode_integers(const std::vector<Value> &values, Shape &shape, std::string &out) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  shape.base = *least;
  shape.width = width_of(static_cast<UInt128>(*most) - static_cast<UInt128>(*least));
  const std::size_t at = out.size();
  out.resize(at + values.size() * shape.width);
  write_planes(out.data() + at, values, static_cast<Word>(*least), shape.width);
}

} // namespace

void encode(const Cells &cells, Kind kind, Shape &shape, std::string &out) {
  out.clear();
  shape = {};
  shape.missing = std::find(cells.given.begin(), cells.given.end(), 0) != cells.given.end();
  if (shape.missing) encode_given(cells.given, out);
  if (kind == Kind::text) return encode_texts(cells.texts, out);
  if (cells.values.empty()) return;
  if (cells.values.is_wide())
    encode_integers<UInt128>(cells.values.wide(), shape, out);
  else
    encode_integers<std::uint64_t>(cells.values.narrow(), shape, out);
}

namespace {

/// Where base and distances leave 64 bits nothing is too wide for them.
void decode_integers(std::string_view bytes, const Shape &shape, std::size_t rows, Integers &out) {
  constexpr Int128 room = Int128{1} << 62;
  if (shape.width <= 4 && shape.base > -room && shape.base < room) {
    const std::vector<std::uint32_t> distances = read_planes<std::uint32_t>(bytes, shape.width, rows);
    std::int64_t *to = out.make(rows);
    for (std::size_t row = 0; row < rows; ++row)
      to[row] = static_cast<std::int64_t>(shape.base) + distances[row];
    return;
  }
  out.reserve(rows);
  for (const UInt128 distance : read_planes<UInt128>(bytes, shape.width, rows))
    out.push_back(static_cast<Int128>(static_cast<UInt128>(shape.base) + distance));
}

} // namespace

Cells decode(std::string_view bytes, Kind kind, const Shape &shape, std::size_t rows) {
  Cells out;
  if (shape.missing) {
    const std::string_view bits = take(bytes, (rows + 7) / 8);
    out.given.resize(rows);
    for (std::size_t row = 0; row < rows; ++row)
      out.given[row] = (static_cast<std::uint8_t>(bits[row / 8]) >> (row % 8)) & 1U;
  }
  if (kind == Kind::text) {
    const std::vector<std::uint32_t> lengths = read_planes<std::uint32_t>(take(bytes, rows * 4), 4, rows);
    const auto memory = std::make_shared<const std::string>(bytes);
    std::string_view rest = *memory;
    out.texts.reserve(rows);
    for (const std::uint32_t length : lengths) out.texts.push_back(take(rest, length));
    if (!rest.empty()) throw std::runtime_error("the bytes of a column go on after its last row");
    out.memory = memory;
    return out;
  }
  decode_integers(take(bytes, rows * shape.width), shape, rows, out.values);
  if (!bytes.empty()) throw std::runtime_error("the bytes of a column go on after its last row");
  return out;
}

struct Compressor::State {
  ZSTD_CCtx *context = ZSTD_createCCtx();
  std::string frame;
};

Compressor::Compressor() : state_(std::make_unique<State>()) {
  if (state_->context == nullptr) throw std::runtime_error("zstd: no memory");
}

Compressor::~Compressor() {
  ZSTD_freeCCtx(state_->context);
}

std::string Compressor::operator()(std::string_view bytes) {
  std::string &frame = state_->frame;
  if (frame.size() < ZSTD_compressBound(bytes.size())) frame.resize(ZSTD_compressBound(bytes.size()));
  const std::size_t size =
      ZSTD_compressCCtx(state_->context, frame.data(), frame.size(), bytes.data(), bytes.size(), level);
  if (ZSTD_isError(size) != 0) throw std::runtime_error(fmt::format("zstd: {}", ZSTD_getErrorName(size)));
  return frame.substr(0, size);
}

std::string compress(std::string_view bytes) {
  return Compressor()(bytes);
}

std::string decompress(std::string_view frame, std::size_t most) {
  const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > most)
    throw std::runtime_error("not a zstd frame of a known size");
  std::string out(size, '\0');
  const std::size_t read = ZSTD_decompress(out.data(), out.size(), frame.data(), frame.size());
  if (ZSTD_isError(read) != 0 || read != size) throw std::runtime_error("a damaged zstd frame");
  return out;
}

void append_canonical(std::string &out, const std::vector<Cells> &columns,
                      const std::vector<ColumnInfo> &info, std::size_t row) {
  constexpr std::size_t longest_number = 20; // 128 bits and a mark
  std::size_t at = out.size(), most = at + columns.size() * longest_number;
  for (std::size_t c = 0; c < columns.size(); ++c)
    if (info[c].kind == Kind::text && columns[c].is_given(row)) most += columns[c].texts[row].size();
  out.resize(most);
  char *to = out.data() + at;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const bool given = columns[c].is_given(row);
    *to++ = given ? '\1' : '\0';
    if (!given) continue;
    if (info[c].kind == Kind::text) {
      const std::string_view text = columns[c].texts[row];
      to = write_varint(to, std::uint64_t{text.size()});
      std::memcpy(to, text.data(), text.size());
      to += text.size();
    } else {
      to = write_zigzag(to, columns[c].values[row]);
    }
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
}

} // namespace steelyard::log
