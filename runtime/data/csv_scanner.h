// Cuts the bytes of a CSV file into records and cells (RFC 4180, LF or CRLF). Knows nothing of columns, types
// or encodings: the text is UTF-8 that was checked before.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace steelyard::data {

enum class CsvFault : std::uint8_t { none, quotes_out_of_order, quote_not_closed, lone_carriage_return };

/// Cells are views into the text, or, for quoted cells with doubled quotation marks, into buffers that live
/// until `release`. A quoted empty cell is as an empty cell.
class CsvScanner {
public:
  explicit CsvScanner(std::string_view text)
      : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}

  /// Reads one record; false at the end of the text. After a fault the scanner goes on behind the next line
  /// feed.
  bool next();

  /// The cells of the record, the first `cell_count` or, after `fix_width`, the first `width` of them.
  const std::vector<std::string_view> &cells() const { return cells_; }
  /// How many cells the record has; after a fault, how many stand before the faulty one.
  std::size_t cell_count() const { return count_; }
  /// The line on which the record begins, from 1.
  std::size_t line() const { return record_line_; }
  CsvFault fault() const { return fault_; }
  /// The record is a line without any character.
  bool is_blank() const { return blank_; }
  /// True when nothing but line ends follows the record.
  bool rest_is_blank();
  /// From here on cells beyond the first `width` are counted and not kept: one bad row must not take much
  /// memory.
  void fix_width(std::size_t width);
  /// Lets go of the buffers of the records so far.
  void release() { unescaped_used_ = 0; }
  /// Bytes read so far.
  std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }

private:
  void store(std::string_view cell);
  bool read_quoted(const char *&at);
  void give_up_record(CsvFault fault, const char *from);

  const char *begin_;
  const char *at_;
  const char *end_;
  std::size_t line_ = 1;
  std::size_t record_line_ = 1;
  std::vector<std::string_view> cells_;
  std::size_t count_ = 0;
  bool growing_ = true;
  bool blank_ = false;
  CsvFault fault_ = CsvFault::none;
  std::deque<std::string> unescaped_; ///< a deque, because cells view into its strings while it grows
  std::size_t unescaped_used_ = 0;
  const char *next_content_ = nullptr; ///< where the last look ahead of `rest_is_blank` ended
};

} // namespace steelyard::data
