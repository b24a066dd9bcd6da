// See replay.h.
#include "compiler/record/replay.h"
#include <fmt/core.h>

namespace steelyard::record {

namespace {

bool same(const log::Cells &a, const log::Cells &b, bool text, std::size_t row) {
  if (a.is_given(row) != b.is_given(row)) return false;
  if (!a.is_given(row)) return true;
  return text ? a.texts[row] == b.texts[row] : a.values[row] == b.values[row];
}

void compute(interpret::Results &results, const Table &table, const Column &column, std::size_t begin,
             std::size_t end, log::Cells &out) {
  if (column.part == Part::choice)
    results.choices(column.definition, begin, end, out);
  else if (column.part == Part::check)
    results.checks(column.check, begin, end, out);
  else if (column.part == Part::count || column.part == Part::sum)
    results.aggregates(column.aggregate, column.part == Part::sum, begin, end, out);
  else
    results.values(table.scope, column.field, begin, end, out);
}

} // namespace

Replayed replay(const Recorded &recorded, interpret::Results &results, std::size_t kept,
                std::optional<std::pair<int, std::uint64_t>> only) {
  Replayed out;
  log::Cells now;
  const auto differs = [&](Difference difference) {
    ++out.different;
    if (out.first.size() < kept) out.first.push_back(std::move(difference));
  };
  for (std::size_t t = 0; t < recorded.tables().size(); ++t) {
    const Table &table = recorded.tables()[t];
    const log::Table &written = recorded.file().contents().tables[t];
    if (table.unused || (only && only->first != static_cast<int>(t))) continue;
    const std::size_t rows = results.rows(table.scope);
    if (rows != written.rows) {
      differs({table.name, "", fmt::format("{} rows", written.rows), fmt::format("{} rows", rows)});
      continue;
    }
    for (std::size_t k = 0; k < written.chunks.size(); ++k) {
      const log::Chunk &chunk = written.chunks[k];
      if (only && recorded.file().chunk_of(only->first, only->second) != k) continue;
      for (std::size_t c = 0; c < table.columns.size(); ++c) {
        const Column &column = table.columns[c];
        if (column.part == Part::input || column.part == Part::present || column.part == Part::order)
          continue;
        const log::Cells before = recorded.file().read(static_cast<int>(t), k, c);
        const auto begin = static_cast<std::size_t>(chunk.first_row);
        now.clear();
        compute(results, table, column, begin, begin + chunk.rows, now);
        for (std::uint32_t row = 0; row < chunk.rows; ++row) {
          if (only && only->second != chunk.first_row + row) continue;
          ++out.cells;
          if (same(before, now, column.info.kind == log::Kind::text, row)) continue;
          differs({recorded.row_name(static_cast<int>(t), chunk.first_row + row), title_of(column.info),
                   recorded.cell_text(column.info, before, row), recorded.cell_text(column.info, now, row)});
        }
      }
    }
  }
  return out;
}

std::string to_text(const Difference &difference) {
  const auto shown = [](const std::string &text) { return text.empty() ? std::string("nothing") : text; };
  return fmt::format("{}{}{}: recorded {}, recomputed {}", difference.row,
                     difference.column.empty() ? "" : ": ", difference.column, shown(difference.recorded),
                     shown(difference.recomputed));
}

} // namespace steelyard::record
