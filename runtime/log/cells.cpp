// See cells.h. Bytes are put in planes because neighbours differ in their low bytes only: zstd then finds the
// high ones at once.
#include "runtime/log/cells.h"
#include <algorithm>
#include <fmt/format.h>
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

template<class Word> void append_planes(std::string &out, const std::vector<Word> &values, unsigned width) {
  const std::size_t begin = out.size();
  out.resize(begin + values.size() * width);
  for (unsigned plane = 0; plane < width; ++plane) {
    char *to = out.data() + begin + plane * values.size();
    for (const Word value : values)
      *to++ = static_cast<char>(static_cast<std::uint8_t>(value >> (8 * plane)));
  }
}

std::vector<UInt128> planes(std::string_view bytes, unsigned width, std::size_t rows) {
  std::vector<UInt128> out(rows);
  for (unsigned plane = 0; plane < width; ++plane)
    for (std::size_t row = 0; row < rows; ++row)
      out[row] |= static_cast<UInt128>(static_cast<std::uint8_t>(bytes[plane * rows + row])) << (8 * plane);
  return out;
}

void append_varint(std::string &out, UInt128 value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(static_cast<std::uint8_t>(value) | 0x80U);
  out += static_cast<char>(static_cast<std::uint8_t>(value));
}

UInt128 zigzag(Int128 value) {
  return (static_cast<UInt128>(value) << 1) ^ (value < 0 ? ~UInt128{0} : UInt128{0});
}

/// `count` bytes from the front of `bytes`, which it shortens.
std::string_view take(std::string_view &bytes, std::size_t count) {
  if (bytes.size() < count) throw std::runtime_error("the bytes of a column end early");
  const std::string_view out = bytes.substr(0, count);
  bytes.remove_prefix(count);
  return out;
}

} // namespace

std::string encode(const Cells &cells, Kind kind, Shape &shape) {
  const std::size_t rows = kind == Kind::text ? cells.texts.size() : cells.values.size();
  std::string out;
  shape = {};
  shape.missing =
      std::any_of(cells.given.begin(), cells.given.end(), [](std::uint8_t given) { return given == 0; });
  if (shape.missing) {
    out.assign((rows + 7) / 8, '\0');
    for (std::size_t row = 0; row < rows; ++row)
      if (cells.given[row] != 0)
        out[row / 8] = static_cast<char>(static_cast<std::uint8_t>(out[row / 8]) | (1U << (row % 8)));
  }
  if (kind == Kind::text) {
    std::vector<std::uint32_t> lengths;
    lengths.reserve(rows);
    for (const std::string_view text : cells.texts)
      lengths.push_back(static_cast<std::uint32_t>(text.size()));
    append_planes(out, lengths, 4);
    for (const std::string_view text : cells.texts) out += text;
    return out;
  }
  if (rows == 0) return out;
  const auto [least, most] = std::minmax_element(cells.values.begin(), cells.values.end());
  shape.base = *least;
  shape.width = width_of(static_cast<UInt128>(*most) - static_cast<UInt128>(*least));
  const auto distances = [&](auto word) {
    std::vector<decltype(word)> stored(rows);
    for (std::size_t row = 0; row < rows; ++row)
      stored[row] = static_cast<decltype(word)>(static_cast<UInt128>(cells.values[row]) -
                                                static_cast<UInt128>(shape.base));
    append_planes(out, stored, shape.width);
  };
  if (shape.width <= 4)
    distances(std::uint32_t{});
  else if (shape.width <= 8)
    distances(std::uint64_t{});
  else
    distances(UInt128{});
  return out;
}

Cells decode(std::string_view bytes, Kind kind, const Shape &shape, std::size_t rows) {
  Cells out;
  if (shape.missing) {
    const std::string_view bits = take(bytes, (rows + 7) / 8);
    out.given.resize(rows);
    for (std::size_t row = 0; row < rows; ++row)
      out.given[row] = (static_cast<std::uint8_t>(bits[row / 8]) >> (row % 8)) & 1U;
  }
  if (kind == Kind::text) {
    const std::vector<UInt128> lengths = planes(take(bytes, rows * 4), 4, rows);
    const auto memory = std::make_shared<const std::string>(bytes);
    std::string_view rest = *memory;
    for (const UInt128 length : lengths) out.texts.push_back(take(rest, static_cast<std::size_t>(length)));
    if (!rest.empty()) throw std::runtime_error("the bytes of a column go on after its last row");
    out.memory = memory;
    return out;
  }
  for (const UInt128 distance : planes(take(bytes, rows * shape.width), shape.width, rows))
    out.values.push_back(static_cast<Int128>(static_cast<UInt128>(shape.base) + distance));
  if (!bytes.empty()) throw std::runtime_error("the bytes of a column go on after its last row");
  return out;
}

std::string compress(std::string_view bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), level);
  if (ZSTD_isError(size) != 0) throw std::runtime_error(fmt::format("zstd: {}", ZSTD_getErrorName(size)));
  out.resize(size);
  return out;
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
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (!columns[c].is_given(row)) {
      out += '\0';
      continue;
    }
    out += '\1';
    if (info[c].kind == Kind::text) {
      append_varint(out, columns[c].texts[row].size());
      out += columns[c].texts[row];
    } else {
      append_varint(out, zigzag(columns[c].values[row]));
    }
  }
}

} // namespace steelyard::log
