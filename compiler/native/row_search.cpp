// Running a search. See row_search.h; searches are made in row_conditions.cpp.
#include "compiler/native/row_search.h"
#include "compiler/native/row_leaves.h"
#include <algorithm>
#include <bit>

namespace steelyard::native {

namespace {
constexpr std::int32_t not_asked = std::numeric_limits<std::int32_t>::min();
}

void SearchFilter::add(const std::vector<Word> &set) {
  sets.insert(sets.end(), set.begin(), set.end());
  Range range{0, static_cast<std::uint32_t>(set.size())};
  while (range.from < range.to && set[range.from] == 0) ++range.from;
  while (range.from < range.to && set[range.to - 1] == 0) --range.to;
  ranges.push_back(range);
}

SearchState RowSearch::state() const {
  SearchState out;
  out.sets.resize(leaves.size());
  out.codes.resize(values.size());
  out.made.resize(made + words);
  return out;
}

std::int32_t RowSearch::code(RowContext &row, SearchState &state, std::size_t value) const {
  std::int32_t &code = state.codes[value];
  if (code == not_asked) {
    const Cell &cell = values[value]->get(row);
    // A missing value is not looked at: the condition has asked before.
    code = cell.given ? row.program->code_of(cell) : Codes::unknown;
  }
  return code;
}

bool RowSearch::truth(std::size_t leaf, RowContext &row, SearchState &state) const {
  const auto &same = static_cast<const SameLeaf &>(*leaves[leaf]);
  const Word *&set = state.sets[leaf];
  if (set == nullptr) set = same.truth->truth(row) ? same.all.data() : same.none.data();
  return set == same.all.data();
}

const Cell &RowSearch::get(RowContext &row) const {
  SearchState &state = row.searches[id];
  if (words == 0) return count ? (state.found = {0, {}, true}) : missing_cell;
  for (const std::size_t guard : guards) // no test asks it again
    if (!static_cast<const SameLeaf &>(*leaves[guard]).truth->truth(row))
      return count ? (state.found = {0, {}, true}) : missing_cell;
  std::fill(state.sets.begin(), state.sets.end(), nullptr);
  std::fill(state.codes.begin(), state.codes.end(), not_asked);
  const Word *candidates = possible.data();
  std::size_t from = 0, to = words;
  for (const auto &filter : filters) {
    const std::size_t of = filter->of_codes
                               ? static_cast<const CodeFilter &>(*filter).class_of(*this, row, state)
                               : filter->class_of(*this, row, state);
    const SearchFilter::Range range = filter->ranges[of];
    from = std::max(from, std::size_t{range.from});
    to = std::min(to, std::size_t{range.to});
    if (from >= to) break;
    const Word *more = filter->sets.data() + of * words;
    if (candidates == possible.data()) {
      candidates = more;
      continue;
    }
    Word *both = state.made.data() + made;
    for (std::size_t w = from; w < to; ++w) both[w] = candidates[w] & more[w];
    candidates = both;
    while (from < to && both[from] == 0) ++from;
    while (from < to && both[to - 1] == 0) --to;
  }
  std::int64_t found = 0;
  for (std::size_t w = from; w < to; ++w) {
    for (Word left = candidates[w]; left != 0; left &= left - 1) {
      const auto bit = static_cast<unsigned>(std::countr_zero(left));
      std::int32_t test = begins[w * 64 + bit];
      while (test >= 0) {
        const Test &of = tests[static_cast<std::size_t>(test)];
        const Word *set = set_of(static_cast<std::size_t>(of.leaf), row, state, from, to);
        test = (set[w] >> bit & 1U) != 0 ? of.yes : of.no;
      }
      if (test != accept) continue;
      if (!count) return state.found = {static_cast<std::int64_t>(w * 64 + bit), {}, true};
      ++found;
    }
  }
  if (!count) return missing_cell;
  return state.found = {found, {}, true};
}

} // namespace steelyard::native
