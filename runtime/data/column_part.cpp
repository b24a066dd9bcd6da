// Typed reading of cells straight from the bytes.
#include "runtime/data/column_part.h"
#include <algorithm>
#include <cstring>
#include <limits>

namespace steelyard::data {
namespace {

constexpr std::uint64_t zeros = 0x3030303030303030U;

inline std::uint64_t load(const char *from) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, 8);
  return word;
}

/// The highest `bytes` bytes of a word; 1 to 8.
inline std::uint64_t top(std::size_t bytes) {
  return ~std::uint64_t{0} << (64 - 8 * bytes);
}

/// Eight digits, the first in the lowest byte, each 0 to 9.
inline std::int64_t number_of_digits(std::uint64_t digits) {
  digits = digits * 10 + (digits >> 8U);
  constexpr std::uint64_t pairs = 0x000000FF000000FFU;
  const std::uint64_t high = (digits & pairs) * 0x000F424000000064U;
  const std::uint64_t low = ((digits >> 16U) & pairs) * 0x0000271000000001U;
  return static_cast<std::int64_t>((high + low) >> 32U & 0xFFFFFFFFU);
}

/// Some byte is above 9.
inline bool has_other_than_digits(std::uint64_t digits) {
  return (((digits + 0x7676767676767676U) | digits) & 0x8080808080808080U) != 0;
}

/// A number of at most 16 characters without a sign, with all decimals of the scale (or, at scale 0, none).
/// False for any other cell, which may be right all the same.
template<bool has_point>
inline bool read_units(const char *begin, const char *end, std::size_t scale, std::int64_t &units) {
  const auto size = static_cast<std::size_t>(end - begin);
  if (size > 16 || size == 0) return false;
  std::uint64_t word = load(end - 8) ^ zeros;
  if constexpr (has_point) {
    if (size < scale + 2 || end[-1 - static_cast<std::ptrdiff_t>(scale)] != '.') return false;
    const std::uint64_t decimals = top(scale);
    word = (word & decimals) | ((word << 8U) & ~decimals); // the digits before the point move up to it
  }
  if (size <= 8) {
    word &= top(has_point ? size - 1 : size);
    units = number_of_digits(word);
    return !has_other_than_digits(word);
  }
  const std::uint64_t before = (load(end - 16) ^ zeros) & top(size - 8);
  units = number_of_digits(before) * (has_point ? 10'000'000 : 100'000'000) + number_of_digits(word);
  return !has_other_than_digits(word) && !has_other_than_digits(before);
}

/// Calls each(begin, end, row) for the cells of a column until it returns false.
template<class Each> inline bool for_cells(const PieceCells &cells, std::size_t cell, Each &&each) {
  const std::uint32_t *at = cells.ends->at.get() + cell;
  const char *text = cells.text;
  const bool strip = cells.has_carriage_returns && cell + 1 == cells.width;
  for (std::size_t row = 0; row < cells.rows; ++row, at += cells.width) {
    const char *begin = text + static_cast<std::uint32_t>(at[0] + 1);
    const char *end = text + at[1];
    if (strip && end != begin && end[-1] == '\r') --end;
    if (!each(begin, end, row)) return false;
  }
  return true;
}

template<class T, class From>
std::unique_ptr<std::byte[]> packed(const std::vector<From> &values, std::size_t rows) {
  auto memory = std::make_unique_for_overwrite<std::byte[]>(rows * sizeof(T));
  T *out = reinterpret_cast<T *>(memory.get());
  for (std::size_t row = 0; row < rows; ++row) out[row] = static_cast<T>(values[row]);
  return memory;
}

template<class From> void pack(const std::vector<From> &values, std::size_t rows, ColumnPart &part) {
  switch (part.storage) {
  case Storage::u8:
    part.values = packed<std::uint8_t>(values, rows);
    return;
  case Storage::i16:
    part.values = packed<std::int16_t>(values, rows);
    return;
  case Storage::i32:
    part.values = packed<std::int32_t>(values, rows);
    return;
  default:
    part.values = packed<std::int64_t>(values, rows);
  }
}

} // namespace

bool PartReader::read(const FileColumn &column, const PieceCells &cells, DistinctCells &distinct,
                      ColumnPart &part) {
  switch (column.form) {
  case CellForm::decimal:
    return read_decimals(column, cells, part);
  case CellForm::distinct:
    read_distinct(column, cells, distinct, part);
    return true;
  case CellForm::key_text:
    return read_key_texts(column, cells, part);
  }
  return false;
}

bool PartReader::read_decimals(const FileColumn &column, const PieceCells &cells, ColumnPart &part) {
  const auto scale = static_cast<std::size_t>(std::max(0, column.reader->field().scale));
  units_.resize(cells.rows);
  std::int64_t *units = units_.data();
  std::int64_t low = std::numeric_limits<std::int64_t>::max();
  std::int64_t high = std::numeric_limits<std::int64_t>::min();
  bool has_missing = false;
  const auto unusual = [&](const char *begin, const char *end, std::size_t row) {
    if (begin == end) {
      if (!column.may_be_empty) return false;
      if (column.has_default) {
        units[row] = column.default_units;
        low = std::min(low, units[row]);
        high = std::max(high, units[row]);
      } else {
        if (!has_missing) given_.assign(cells.rows, 1);
        has_missing = true;
        given_[row] = 0;
        units[row] = 0;
      }
      return true;
    }
    const std::string_view cell(begin, static_cast<std::size_t>(end - begin));
    if (!parse_short_decimal(cell, static_cast<int>(scale), units[row])) {
      const std::optional<Int128> value = column.reader->find(cell);
      if (!value || *value < column.least || *value > column.most) return false;
      units[row] = static_cast<std::int64_t>(*value);
    }
    low = std::min(low, units[row]);
    high = std::max(high, units[row]);
    return true;
  };
  const auto with = [&](auto usual) {
    return for_cells(cells, column.cell, [&](const char *begin, const char *end, std::size_t row) {
      std::int64_t value = 0;
      if (!usual(begin, end, value)) [[unlikely]]
        return unusual(begin, end, row);
      units[row] = value;
      low = std::min(low, value);
      high = std::max(high, value);
      return true;
    });
  };
  bool sound = false;
  if (scale == 0) {
    sound = with([](const char *begin, const char *end, std::int64_t &value) {
      return read_units<false>(begin, end, 0, value);
    });
  } else if (scale == 2) {
    sound = with([](const char *begin, const char *end, std::int64_t &value) {
      return read_units<true>(begin, end, 2, value);
    });
  } else if (scale < 8) {
    sound = with([scale](const char *begin, const char *end, std::int64_t &value) {
      return read_units<true>(begin, end, scale, value);
    });
  } else {
    sound = with([](const char *, const char *, std::int64_t &) { return false; });
  }
  if (!sound || (low <= high && (low < column.least || high > column.most))) return false;
  if (column.reader->field().is_key) {
    for (std::size_t row = 1; row < cells.rows; ++row) part.is_ascending &= units[row - 1] < units[row];
    if (cells.rows > 0) {
      part.first = units[0];
      part.last = units[cells.rows - 1];
    }
  }
  part.low = std::min<std::int64_t>(0, low);
  part.high = std::max<std::int64_t>(0, high);
  part.least = has_missing ? part.low : low;
  part.most = has_missing ? part.high : high;
  part.storage = narrowest(part.low, part.high);
  pack(units_, cells.rows, part);
  if (has_missing) {
    part.given = std::make_unique_for_overwrite<std::uint8_t[]>(cells.rows);
    std::memcpy(part.given.get(), given_.data(), cells.rows);
  }
  return true;
}

void PartReader::read_distinct(const FileColumn &column, const PieceCells &cells, DistinctCells &distinct,
                               ColumnPart &part) {
  numbers_.resize(cells.rows);
  std::uint32_t *numbers = numbers_.data();
  for_cells(cells, column.cell, [&](const char *begin, const char *end, std::size_t row) {
    numbers[row] = distinct.number_of(begin, static_cast<std::size_t>(end - begin), cells.first_place + row);
    return true;
  });
  part.storage = narrowest(0, static_cast<std::int64_t>(distinct.size()));
  pack(numbers_, cells.rows, part);
}

bool PartReader::read_key_texts(const FileColumn &column, const PieceCells &cells, ColumnPart &part) {
  std::string_view before;
  bool ascending = true;
  const bool sound = for_cells(cells, column.cell, [&](const char *begin, const char *end, std::size_t row) {
    if (begin == end) return false;
    const std::string_view text(begin, static_cast<std::size_t>(end - begin));
    ascending = ascending && (row == 0 || before < text);
    part.texts.add(text);
    before = text;
    return true;
  });
  part.is_ascending = ascending;
  return sound;
}

} // namespace steelyard::data
