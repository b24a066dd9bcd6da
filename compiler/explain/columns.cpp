// See columns.h.
#include "compiler/explain/columns.h"
#include "compiler/syntax/unicode.h"
#include <algorithm>

namespace steelyard::explain {

std::string Columns::text(std::size_t indent) const {
  std::vector<std::size_t> widths;
  for (const auto &row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t c = 0; c < row.size(); ++c)
      widths[c] = std::max(widths[c], syntax::display_width(row[c]));
  }
  std::string out;
  for (const auto &row : rows_) {
    std::string line(indent, ' ');
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string padding(widths[c] - syntax::display_width(row[c]), ' ');
      if (c > 0) line += "  ";
      line += c < right_.size() && right_[c] ? padding + row[c] : row[c] + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

} // namespace steelyard::explain
