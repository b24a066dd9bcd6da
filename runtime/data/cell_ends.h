// Finds where the cells of a piece of CSV text end, many bytes at a time, and what else is in it that needs
// more care. Not for cells in quotation marks: those go through CsvScanner.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace steelyard::data {

/// Cell i of the piece is text[at[i] + 1, at[i + 1]), in 32 bits that may wrap around: at[0] + 1 is 0.
struct CellEnds {
  std::unique_ptr<std::uint32_t[]> at;
  std::size_t room = 0;
  std::size_t cells = 0;
  std::size_t line_feeds = 0;
  bool has_quote = false;
  bool has_carriage_return = false;
  bool has_nul = false;
  bool has_beyond_ascii = false;

  /// Makes room for `count` cells and forgets what was found.
  void start(std::size_t count);
};

/// Every comma and every line feed ends a cell, and so does the end of a text without a last line feed. The
/// text has less than 4 GB.
void find_cell_ends(std::string_view text, CellEnds &out);
/// The same without instructions that not every processor has.
void find_cell_ends_portable(std::string_view text, CellEnds &out);

} // namespace steelyard::data
