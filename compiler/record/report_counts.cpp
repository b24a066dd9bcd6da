// See report_counts.h.
#include "compiler/record/report_counts.h"

namespace steelyard::record {

std::vector<ColumnCount> count_columns(const Recorded &recorded, int t, std::size_t kept) {
  const log::Table &table = recorded.file().contents().tables[static_cast<std::size_t>(t)];
  std::vector<ColumnCount> out(table.columns.size());
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const log::ColumnInfo &column = table.columns[c];
    ColumnCount &count = out[c];
    const bool check = column.role == "check";
    const bool counted = check || column.kind == log::Kind::member || column.kind == log::Kind::choice;
    if (!counted && column.kind != log::Kind::decimal) continue;
    if (counted) count.taken.resize(check ? 1 : column.members.size());
    for (std::size_t k = 0; k < table.chunks.size(); ++k) {
      const log::Cells cells = recorded.file().read(t, k, c);
      log::Int128 sum = 0; // of one chunk: at most 2^15 values of 2^110
      for (std::uint32_t row = 0; row < table.chunks[k].rows; ++row) {
        if (!cells.is_given(row)) continue;
        const log::Int128 value = cells.values[row];
        if (counted) {
          if (check && value != 0) continue;
          Taken &taken = count.taken.at(static_cast<std::size_t>(value));
          ++taken.rows;
          if (taken.first.size() < kept) taken.first.push_back(table.chunks[k].first_row + row);
          continue;
        }
        if (count.given == 0 || value < count.least) count.least = value;
        if (count.given == 0 || value > count.greatest) count.greatest = value;
        ++count.given;
        sum += value;
      }
      count.sum += number::Integer(sum);
    }
  }
  return out;
}

} // namespace steelyard::record
