// Copies parts into columns of the narrowest storage, in parallel.
#include "runtime/data/sound_columns.h"
#include "runtime/data/tasks.h"
#include <algorithm>
#include <cstring>
#include <limits>

namespace steelyard::data {
namespace {

template<class Call> void with_type(Storage storage, Call &&call) {
  switch (storage) {
  case Storage::u8:
    return call(std::uint8_t{});
  case Storage::i16:
    return call(std::int16_t{});
  case Storage::i32:
    return call(std::int32_t{});
  default:
    return call(std::int64_t{});
  }
}

/// Calls each(piece, first row of the piece) for all pieces, in parallel.
template<class Each> void for_pieces(SoundTable &table, int threads, Each &&each) {
  std::vector<std::size_t> first(table.pieces.size());
  std::size_t rows = 0;
  for (std::size_t piece = 0; piece < first.size(); ++piece) {
    first[piece] = rows;
    rows += table.pieces[piece].rows;
  }
  for_tasks(first.size(), threads,
            [&](std::size_t piece, std::size_t) { each(table.pieces[piece], first[piece]); });
}

/// Fills in the meanings of the distinct cells; `meanings` by thread, then by number.
void fill(SoundTable &table, std::size_t column, int threads,
          const std::vector<std::vector<CellMeaning>> &meanings, Column &out) {
  for_pieces(table, threads, [&](TablePiece &piece, std::size_t first) {
    ColumnPart &part = piece.parts[column];
    const std::vector<CellMeaning> &meaning = meanings[piece.thread];
    with_type(part.storage, [&](auto from) {
      with_type(out.storage(), [&](auto to) {
        const auto *numbers = reinterpret_cast<const decltype(from) *>(part.values.get());
        auto *values = static_cast<decltype(to) *>(out.values()) + first;
        for (std::size_t row = 0; row < piece.rows; ++row)
          values[row] = static_cast<decltype(to)>(meaning[static_cast<std::size_t>(numbers[row])].value);
        if (out.given() == nullptr) return;
        std::uint8_t *given = out.given() + first;
        for (std::size_t row = 0; row < piece.rows; ++row)
          given[row] = meaning[static_cast<std::size_t>(numbers[row])].is_given ? 1 : 0;
      });
    });
    part.values.reset();
  });
}

} // namespace

Column join_decimals(SoundTable &table, std::size_t column, int threads) {
  std::int64_t low = 0;
  std::int64_t high = 0;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t most = std::numeric_limits<std::int64_t>::min();
  bool may_miss = false;
  for (const TablePiece &piece : table.pieces) {
    const ColumnPart &part = piece.parts[column];
    low = std::min(low, part.low);
    high = std::max(high, part.high);
    may_miss = may_miss || part.given;
    if (piece.rows == 0) continue;
    least = std::min(least, part.least);
    most = std::max(most, part.most);
  }
  Column out(narrowest(low, high), table.rows, may_miss);
  for_pieces(table, threads, [&](TablePiece &piece, std::size_t first) {
    ColumnPart &part = piece.parts[column];
    std::byte *to_bytes = static_cast<std::byte *>(out.values()) + first * size_of(out.storage());
    if (part.storage == out.storage()) {
      std::memcpy(to_bytes, part.values.get(), piece.rows * size_of(out.storage()));
    } else {
      with_type(part.storage, [&](auto from) {
        with_type(out.storage(), [&](auto to) {
          const auto *values = reinterpret_cast<const decltype(from) *>(part.values.get());
          auto *wider = reinterpret_cast<decltype(to) *>(to_bytes);
          for (std::size_t row = 0; row < piece.rows; ++row)
            wider[row] = static_cast<decltype(to)>(values[row]);
        });
      });
    }
    if (part.given) std::memcpy(out.given() + first, part.given.get(), piece.rows);
    part.values.reset();
    part.given.reset();
  });
  if (table.rows > 0) out.know_bounds(least, most);
  return out;
}

bool is_ascending(const SoundTable &table, std::size_t column) {
  const ColumnPart *before = nullptr;
  for (const TablePiece &piece : table.pieces) {
    if (piece.rows == 0) continue;
    const ColumnPart &part = piece.parts[column];
    if (!part.is_ascending || (before != nullptr && before->last >= part.first)) return false;
    before = &part;
  }
  return true;
}

Column join_key_texts(SoundTable &table, std::size_t column) {
  bool ascending = true;
  Dictionary texts;
  if (table.pieces.size() == 1) {
    texts = std::move(table.pieces[0].parts[column].texts);
    ascending = table.pieces[0].parts[column].is_ascending;
  } else {
    std::size_t bytes = 0;
    for (const TablePiece &piece : table.pieces) bytes += piece.parts[column].texts.bytes();
    texts.reserve(table.rows, bytes);
    for (TablePiece &piece : table.pieces) {
      ColumnPart &part = piece.parts[column];
      const std::size_t before = texts.size();
      texts.add_all(part.texts);
      ascending = ascending && part.is_ascending &&
                  (before == 0 || piece.rows == 0 || texts[before - 1] < texts[before]);
      part.texts.clear();
    }
  }
  texts.set_ascending(ascending);
  Column out(narrowest(0, std::max<Int128>(static_cast<Int128>(table.rows) - 1, 0)), table.rows, false);
  with_type(out.storage(), [&](auto to) {
    auto *values = static_cast<decltype(to) *>(out.values());
    for (std::size_t row = 0; row < table.rows; ++row) values[row] = static_cast<decltype(to)>(row);
  });
  out.dictionary = std::move(texts);
  return out;
}

Column join_texts(SoundTable &table, std::size_t column, int threads) {
  const FileColumn &of = table.columns[column];
  struct Met {
    std::uint64_t place;
    std::size_t thread;
    std::size_t number;
  };
  std::vector<Met> met;
  std::vector<std::vector<CellMeaning>> meanings(table.distinct.size());
  for (std::size_t thread = 0; thread < table.distinct.size(); ++thread) {
    const DistinctCells &cells = table.distinct[thread][column];
    meanings[thread].resize(cells.size());
    for (std::size_t number = 0; number < cells.size(); ++number)
      met.push_back({cells.first_place(number), thread, number});
  }
  std::sort(met.begin(), met.end(), [](const Met &a, const Met &b) { return a.place < b.place; });
  DistinctCells all;
  bool may_miss = false;
  std::string padded;
  for (const Met &one : met) {
    std::string_view text = table.distinct[one.thread][column].text(one.number);
    if (text.empty() && of.has_default) text = *of.reader->field().default_text;
    if (text.empty() && !of.has_default) {
      may_miss = true;
      continue;
    }
    padded.assign(text);
    padded.append(8, '\0');
    meanings[one.thread][one.number] = {true, all.number_of(padded.data(), text.size(), one.place)};
  }
  Column out(narrowest(0, std::max<Int128>(static_cast<Int128>(all.size()) - 1, 0)), table.rows, may_miss);
  fill(table, column, threads, meanings, out);
  out.dictionary = std::move(all.texts());
  return out;
}

std::optional<Column>
join_distinct(SoundTable &table, std::size_t column, int threads, bool references,
              const std::function<std::optional<CellMeaning>(std::string_view)> &meaning) {
  std::vector<std::vector<CellMeaning>> meanings(table.distinct.size());
  std::int64_t low = 0;
  std::int64_t high = 0;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t most = std::numeric_limits<std::int64_t>::min();
  bool may_miss = false;
  for (std::size_t thread = 0; thread < table.distinct.size(); ++thread) {
    const DistinctCells &cells = table.distinct[thread][column];
    for (std::size_t number = 0; number < cells.size(); ++number) {
      const std::optional<CellMeaning> one = meaning(cells.text(number));
      if (!one) return std::nullopt;
      meanings[thread].push_back(*one);
      if (!one->is_given) {
        may_miss = true;
        meanings[thread].back().value = references ? -1 : 0;
      }
      least = std::min(least, meanings[thread].back().value);
      most = std::max(most, meanings[thread].back().value);
      if (!one->is_given) continue;
      low = std::min(low, one->value);
      high = std::max(high, one->value);
    }
  }
  Column out =
      references ? Column::of_references(table.rows) : Column(narrowest(low, high), table.rows, may_miss);
  fill(table, column, threads, meanings, out);
  if (table.rows > 0) out.know_bounds(least, most);
  return out;
}

} // namespace steelyard::data
