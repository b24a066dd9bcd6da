// Values of a run file, a column's rows at a time: what a table of a run holds, before it is compressed and
// after. Knows nothing of policies.
#pragma once
#include "runtime/log/integers.h"
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace steelyard::log {

/// What a cell means. All but texts are integers: boolean 0 or 1; decimal units of 10^-scale; date days since
/// 1970-01-01; member an index in `members`; reference a row number of the table `target`; choice the
/// alternative that a row took, an index in `members`.
enum class Kind : std::uint8_t { boolean, text, decimal, date, member, reference, choice, month };

struct ColumnInfo {
  std::string name;
  Kind kind = Kind::decimal;
  int scale = 0;
  std::vector<std::string> members;
  std::string target; ///< reference: name of the table
  /// What part it plays: "key" (the first columns of a table, in whose order its rows are), or whatever the
  /// writer says.
  std::string role;
  bool is_key() const { return role == "key"; }
};

/// Rows of one column. Either `values` or `texts` is in use.
struct Cells {
  Integers values;
  std::vector<std::string_view> texts;
  std::vector<std::uint8_t> given; ///< by row; empty: none is missing. A missing cell's value is 0 or ""
  std::shared_ptr<const std::string> memory; ///< what `texts` look at, when the cells own it

  bool is_given(std::size_t row) const { return given.empty() || given[row] != 0; }
  /// Keeps the memory of the lists.
  void clear() {
    values.clear();
    texts.clear();
    given.clear();
    memory.reset();
  }
};

/// One cell by itself, as keys are told apart and put in order.
struct Cell {
  bool text = false;
  Int128 value = 0;
  std::string characters;
  std::strong_ordering operator<=>(const Cell &other) const {
    if (text != other.text) return text <=> other.text;
    return text ? characters <=> other.characters : value <=> other.value;
  }
  bool operator==(const Cell &other) const { return std::is_eq(*this <=> other); }
};

/// How a column's rows lie in their frame.
struct Shape {
  unsigned width = 0; ///< bytes a value: 0 (all equal `base`), 1, 2, 4, 8 or 16; texts: 0
  Int128 base = 0;    ///< least value; what is stored is the distance from it
  bool missing = false;
};

/// Writes the bytes of a column, not yet compressed, over `out`. First, when `shape.missing`, a bit a row, 1
/// for given. Then integers: the lowest byte of every row's distance, then the next byte of every row, and so
/// on. Texts: the length of every row in the same manner, 4 bytes; then all characters.
void encode(const Cells &cells, Kind kind, Shape &shape, std::string &out);
/// Throws std::runtime_error where the bytes are not what the shape says.
Cells decode(std::string_view bytes, Kind kind, const Shape &shape, std::size_t rows);

/// Makes zstd frames; keeps the memory that this takes.
class Compressor {
public:
  Compressor();
  ~Compressor();
  Compressor(const Compressor &) = delete;
  Compressor &operator=(const Compressor &) = delete;
  std::string operator()(std::string_view bytes);

private:
  struct State;
  std::unique_ptr<State> state_;
};
std::string compress(std::string_view bytes);
/// Throws std::runtime_error when `frame` is no zstd frame, or holds more than `most` bytes.
std::string decompress(std::string_view frame, std::size_t most = std::size_t{1} << 32);

/// Adds the canonical bytes of one row, over which its leaf is hashed: for each cell 0 when missing, else 1
/// and the value: integers as zigzag in base 128 (lowest first, high bit: more follows), texts as their
/// length in the same notation and their characters.
void append_canonical(std::string &out, const std::vector<Cells> &columns,
                      const std::vector<ColumnInfo> &info, std::size_t row);

} // namespace steelyard::log
