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
  sets.push_back(Word{to} << 32U | from);
  sets.insert(sets.end(), set.begin(), set.end());
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

const Word *RowSearch::without_lists(Asking &asking, const Word *candidates) const {
  SearchState &state = asking.state;
  const std::size_t depth = asking.batch.depth();
  for (const Needed &needed : lists) {
    Word seen = 0, more = 0; // rows of the words before; two rows
    for (std::size_t w = asking.from; w < asking.to; ++w) {
      const Word asked = candidates[w] & needed.rows[w];
      more |= (asked & (asked - 1)) | (asked != 0 ? seen : 0);
      seen |= asked;
    }
    if (more == 0) continue;
    const Word *set = nullptr;
    try {
      set = set_of(needed.leaf, asking);
    } catch (const HandOver &) {
      asking.batch.return_to(depth);
      state.lists_fail = true;
      return candidates;
    }
    Word *left = state.made.data() + made;
    for (std::size_t w = asking.from; w < asking.to; ++w)
      left[w] = candidates[w] & (set[w] | ~needed.rows[w]);
    candidates = left;
  }
  return candidates;
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

  std::array<SearchFilter::Classes, most_filters> classes;
  if (asking_rows != 0)
    for (std::size_t f = 0; f < filters.size(); ++f) {
      filters[f]->classes_of(*this, batch, asking_rows, classes[f]);
      const SearchFilter &filter = *filters[f];
      each_row(asking_rows, [&](std::size_t row) {
        classes[f][row] = filter.set_of[classes[f][row]];
        __builtin_prefetch(filter.sets.data() + classes[f][row]);
      });
    }
  for (Rows left = asking_rows; left != 0; left &= left - 1) {
    const auto row = static_cast<std::size_t>(std::countr_zero(left));
    Asking asking{*this, batch, state, row, 0, words};
    std::fill(state.asked.begin(), state.asked.end(), 0);
    const Word *candidates = possible.data();
    for (std::size_t f = 0; f < filters.size(); ++f) {
      const Word *more = filters[f]->sets.data() + classes[f][row];
      asking.from = std::max(asking.from, static_cast<std::size_t>(*more & 0xffff'ffffU));
      asking.to = std::min(asking.to, static_cast<std::size_t>(*more >> 32U));
      if (asking.from >= asking.to) break;
      ++more;
      if (f == 0) {
        candidates = more;
        continue;
      }
      Word *both = state.made.data() + made;
      for (std::size_t w = asking.from; w < asking.to; ++w) both[w] = candidates[w] & more[w];
      candidates = both;
      while (asking.from < asking.to && both[asking.from] == 0) ++asking.from;
      while (asking.from < asking.to && both[asking.to - 1] == 0) --asking.to;
    }
    if (asking.from >= asking.to) {
      put(row, count ? 0 : -1);
      continue;
    }
    if (!state.lists_fail) candidates = without_lists(asking, candidates);
    put(row, search(asking, candidates));
  }
  out.given = merged(out.given, given, rows);
  return out;
}

} // namespace steelyard::native
