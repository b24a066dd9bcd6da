// Running a search. See row_search.h; searches are made in row_conditions.cpp.
#include "compiler/native/row_search.h"
#include "compiler/native/row_leaves.h"
#include <algorithm>

namespace steelyard::native {

void SearchFilter::add(const std::vector<Word> &set) {
  rows += rows_in(set);
  const std::string key(reinterpret_cast<const char *>(set.data()), set.size() * sizeof(Word));
  const auto [at, is_new] = places_.try_emplace(key, static_cast<std::uint32_t>(sets.size()));
  set_of.push_back(at->second);
  if (!is_new) return;
  std::size_t from = 0, to = set.size();
  while (from < to && set[from] == 0) ++from;
  while (from < to && set[to - 1] == 0) --to;
  std::size_t in_line = 0;
  const auto put = [&](Word word) {
    if (in_line == 0) sets.emplace_back();
    sets.back().words[in_line] = word;
    in_line = (in_line + 1) % sets.back().words.size();
  };
  put(Word{to} << 32U | from);
  for (const Word word : set) put(word);
}

SearchState RowSearch::state() const {
  SearchState out;
  out.same.resize(leaves.size());
  out.values.resize(values.size());
  out.sets.resize(leaves.size());
  out.asked.resize((leaves.size() + 63) / 64);
  out.made.resize(made + words);
  return out;
}

/// Where nothing but one leaf is to be asked at each row that is possible, its set is the answer.
void RowSearch::finish() {
  std::int32_t only = reject;
  for (std::size_t row = 0; row < begins.size(); ++row) {
    if ((possible[row / 64] >> (row % 64) & 1U) == 0) continue;
    if (only != reject && begins[row] != only) return;
    only = begins[row];
  }
  if (only < 0) return;
  const Test &test = tests[static_cast<std::size_t>(only)];
  if (test.yes == accept && test.no == reject) alone = test.leaf;
}

template<class Ask>
Rows RowSearch::ask_all(SearchState::Known &known, Batch &batch, Rows rows, Ask &&ask) const {
  if (!known.one_by_one) {
    const Rows all = batch.searches[id].rows;
    const std::size_t depth = batch.depth();
    try {
      ask(all);
      return all;
    } catch (const HandOver &) {
      if (all == rows) throw;
      batch.return_to(depth);
      known.one_by_one = true;
    }
  }
  ask(rows);
  return rows;
}

Rows RowSearch::ask_same(std::size_t leaf, Batch &batch, Rows rows) const {
  SearchState::Known &known = batch.searches[id].same[leaf];
  known.rows |= ask_all(known, batch, rows, [&](Rows asked) {
    const Rows holds = static_cast<const SameLeaf &>(*leaves[leaf]).truth->truth(batch, asked);
    known.holds = merged(known.holds, holds, asked);
  });
  return known.holds;
}

const Values &RowSearch::ask_value(std::size_t value, Batch &batch, Rows rows) const {
  SearchState::Known &known = batch.searches[id].values[value];
  // Of other rows it may stand elsewhere.
  known.rows =
      ask_all(known, batch, rows, [&](Rows asked) { known.values = values[value]->get(batch, asked); });
  return known.values;
}

std::int64_t RowSearch::search(Asking &asking, const Word *candidates) const {
  const unsigned bits = 64;
  const std::size_t from = asking.from, to = asking.to;
  const Rows row = bit_of(asking.row);
  std::int64_t found = 0;
  if (alone >= 0) {
    const Word *set = set_of(static_cast<std::size_t>(alone), asking);
    for (std::size_t w = from; w < to; ++w) {
      const Word holds = set[w] & candidates[w];
      if (!count && holds != 0) return static_cast<std::int64_t>(w * bits) + std::countr_zero(holds);
      found += std::popcount(holds);
    }
    return count ? found : -1;
  }
  for (std::size_t w = from; w < to; ++w) {
    for (Word left = candidates[w]; left != 0; left &= left - 1) {
      const auto bit = static_cast<unsigned>(std::countr_zero(left));
      std::int32_t test = begins[w * bits + bit];
      while (test >= 0) {
        const Test &of = tests[static_cast<std::size_t>(test)];
        const auto leaf = static_cast<std::size_t>(of.leaf);
        const bool holds =
            of.same ? (same(leaf, asking.batch, row) & row) != 0 : (set_of(leaf, asking)[w] >> bit & 1U) != 0;
        test = holds ? of.yes : of.no;
      }
      if (test != accept) continue;
      if (!count) return static_cast<std::int64_t>(w * bits + bit);
      ++found;
    }
  }
  return count ? found : -1;
}

Values RowSearch::get(Batch &batch, Rows rows) const {
  Values &out = batch.values[place];
  SearchState &state = batch.searches[id];
  Rows given = 0;
  const auto put = [&](std::size_t row, std::int64_t found) {
    out.numbers[row] = found;
    given |= static_cast<Rows>(found >= 0) << row;
  };
  Rows asking_rows = words == 0 ? 0 : rows;
  for (const std::size_t guard : guards) // no test asks it again
    asking_rows = static_cast<const SameLeaf &>(*leaves[guard]).truth->truth(batch, asking_rows);
  each_row(rows & ~asking_rows, [&](std::size_t row) { put(row, count ? 0 : -1); });
  state.rows = asking_rows;
  for (SearchState::Known &known : state.same) known.rows = 0;
  for (SearchState::Known &known : state.values) known.rows = 0;

  if (asking_rows != 0) {
    std::array<SearchFilter::Classes, most_filters> places;
    for (std::size_t f = 0; f < filters.size(); ++f) {
      const SearchFilter &filter = *filters[f];
      filter.classes_of(*this, batch, asking_rows, places[f]);
      each_row(asking_rows, [&](std::size_t row) {
        places[f][row] = filter.set_of[places[f][row]];
        __builtin_prefetch(filter.at(places[f][row]));
      });
    }
    std::array<Word, few_words * rows_together> rooms; // all rows before any is tried, so that none waits
    std::array<const Word *, rows_together> left;
    std::array<std::uint32_t, rows_together> from, to;
    const bool few = words <= few_words;
    const auto find = [&](std::size_t row, Word *room) {
      Asking asking{*this, batch, state, row, 0, words};
      left[row] = candidates(asking, places, room);
      from[row] = static_cast<std::uint32_t>(asking.from);
      to[row] = static_cast<std::uint32_t>(asking.to);
    };
    if (few) each_row(asking_rows, [&](std::size_t row) { find(row, rooms.data() + row * few_words); });
    each_row(asking_rows, [&](std::size_t row) {
      if (!few) find(row, state.made.data() + made);
      if (from[row] >= to[row]) return put(row, count ? 0 : -1);
      Asking asking{*this, batch, state, row, from[row], to[row]};
      std::fill(state.asked.begin(), state.asked.end(), 0);
      put(row, search(asking, left[row]));
    });
  }
  out.given = merged(out.given, given, rows);
  return out;
}

const Word *RowSearch::candidates(Asking &asking,
                                  const std::array<SearchFilter::Classes, most_filters> &places,
                                  Word *room) const {
  if (filters.empty()) return possible.data();
  const Word *first = filters[0]->at(places[0][asking.row]);
  std::size_t from = *first & 0xffff'ffffU, to = *first >> 32U;
  ++first;
  if (filters.size() > 1) {
    if (words <= few_words) {
      for (std::size_t w = 0; w < words; ++w) room[w] = first[w];
      for (std::size_t f = 1; f < filters.size(); ++f) {
        const Word *more = filters[f]->at(places[f][asking.row]) + 1;
        for (std::size_t w = 0; w < words; ++w) room[w] &= more[w];
      }
      unsigned some = 0; // a bit for each word
      for (std::size_t w = 0; w < words; ++w) some |= static_cast<unsigned>(room[w] != 0) << w;
      from = static_cast<std::size_t>(std::countr_zero(some));
      to = static_cast<std::size_t>(std::bit_width(some));
    } else {
      for (std::size_t f = 1; f < filters.size(); ++f) {
        const Word *more = filters[f]->at(places[f][asking.row]);
        from = std::max(from, static_cast<std::size_t>(*more & 0xffff'ffffU));
        to = std::min(to, static_cast<std::size_t>(*more >> 32U));
        ++more;
        for (std::size_t w = from; w < to; ++w) room[w] = (f == 1 ? first[w] : room[w]) & more[w];
      }
      while (from < to && room[from] == 0) ++from;
      while (from < to && room[to - 1] == 0) --to;
    }
    first = room;
  }
  asking.from = from;
  asking.to = to;
  return first;
}

} // namespace steelyard::native
