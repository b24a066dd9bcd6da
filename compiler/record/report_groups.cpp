// See report_groups.h.
#include "compiler/record/report_groups.h"
#include <map>

namespace steelyard::record {

namespace {

using Key = std::pair<bool, log::Int128>; ///< missing, value: those without one come last

/// Adds the rows of a chunk; false when there are too many values.
bool add_chunk(std::map<Key, Grouped::Group> &groups, const log::Cells &by,
               const std::vector<log::Cells> &summed, std::uint32_t rows, std::size_t most) {
  std::map<Key, std::vector<log::Int128>> sums; // of one chunk: at most 2^15 values of 2^110
  for (std::uint32_t row = 0; row < rows; ++row) {
    const bool given = by.is_given(row);
    const Key key{!given, given ? by.values[row] : 0};
    Grouped::Group &group = groups[key];
    ++group.rows;
    std::vector<log::Int128> &own = sums[key];
    own.resize(summed.size());
    for (std::size_t c = 0; c < summed.size(); ++c)
      if (summed[c].is_given(row)) own[c] += summed[c].values[row];
    if (groups.size() > most) return false;
  }
  for (const auto &[key, own] : sums) {
    Grouped::Group &group = groups[key];
    group.sums.resize(summed.size());
    for (std::size_t c = 0; c < own.size(); ++c) group.sums[c] += number::Integer(own[c]);
  }
  return true;
}

} // namespace

std::optional<Grouped> group_rows(const Recorded &recorded, int t, std::size_t by,
                                  const std::vector<std::size_t> &summed, std::size_t most) {
  const log::Table &table = recorded.file().contents().tables[static_cast<std::size_t>(t)];
  std::map<Key, Grouped::Group> groups;
  for (std::size_t k = 0; k < table.chunks.size(); ++k) {
    std::vector<log::Cells> cells;
    for (const std::size_t c : summed) cells.push_back(recorded.file().read(t, k, c));
    if (!add_chunk(groups, recorded.file().read(t, k, by), cells, table.chunks[k].rows, most))
      return std::nullopt;
  }
  Grouped out;
  for (auto &[key, group] : groups) {
    group.given = !key.first;
    group.value = key.second;
    out.groups.push_back(std::move(group));
  }
  return out;
}

} // namespace steelyard::record
