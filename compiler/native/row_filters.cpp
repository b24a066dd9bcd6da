// What each value leaves possible in a search: guards and filters. See row_search.h.
#include "compiler/native/row_making.h"

namespace steelyard::native {

/// The condition is judged as it is where all guards hold.
void RowProgram::find_guards(Making &making, Condition &whole) {
  RowSearch &search = *making.search;
  const std::vector<Word> none(making.all.size(), 0);
  making.known.assign(search.leaves.size(), nullptr);
  whole.judge(making.known, making.all);
  for (const std::size_t leaf : making.same) {
    whole.mark({leaf});
    making.known[leaf] = none.data();
    whole.judge(making.known, making.all);
    const bool guard = whole.may == none;
    if (guard) search.guards.push_back(leaf);
    making.known[leaf] = guard ? making.all.data() : nullptr;
    whole.judge(making.known, making.all);
  }
  std::erase_if(making.same, [&](std::size_t leaf) { return making.known[leaf] != nullptr; });
}

/// A filter for each value that alone excludes rows.
void RowProgram::add_filters(Making &making, Condition &whole) {
  RowSearch &search = *making.search;
  const std::size_t words = search.words;
  if (words == 0) return; // the table has no rows
  // One that excludes less than every eighth row is not worth asking.
  const std::size_t possible = rows_in(search.possible);
  const auto usable = [&](const SearchFilter &filter) {
    return search.filters.size() < RowSearch::most_filters &&
           filter.rows * 8 <= possible * filter.set_of.size() * 7;
  };
  std::vector<std::size_t> settled; // leaves that filters have asked
  for (std::size_t value = 0; value < making.of_value.size(); ++value) {
    std::unique_ptr<CodeFilter> filter = filter_of_codes(making, whole, value);
    if (!usable(*filter)) continue;
    for (const auto &leaf : making.of_value[value]) settled.push_back(leaf.first);
    settled.insert(settled.end(), filter->leaves.begin(), filter->leaves.end());
    search.filters.push_back(std::move(filter));
  }
  for (const std::size_t index : making.equalities) {
    const auto &leaf = static_cast<const ValueLeaf &>(*search.leaves[index]);
    whole.mark({index});
    auto filter = std::make_unique<ValueFilter>();
    for (std::size_t place = 0; place < leaf.sets.size() / words; ++place) {
      making.known[index] = leaf.sets.data() + place * words;
      whole.judge(making.known, making.all);
      filter->add(whole.may);
    }
    making.known[index] = nullptr;
    whole.judge(making.known, making.all);
    if (!usable(*filter)) continue;
    filter->leaf = &leaf;
    settled.push_back(index);
    search.filters.push_back(std::move(filter));
  }
  // Rows that need a leaf which a filter has asked are left only where it holds.
  std::vector<std::vector<Word>> implied(search.leaves.size());
  for (const std::size_t leaf : settled) implied[leaf] = rows_that_need(making, whole, leaf);
  whole.mark(settled);
  whole.judge(making.known, making.all, &implied);
}

/// Rows at which the condition cannot hold where a leaf does not.
std::vector<Word> RowProgram::rows_that_need(Making &making, Condition &whole, std::size_t leaf) {
  const std::vector<Word> none(making.all.size(), 0);
  const Word *before = making.known[leaf];
  whole.mark({leaf});
  making.known[leaf] = none.data();
  whole.judge(making.known, making.all);
  std::vector<Word> out = making.search->possible;
  for (std::size_t w = 0; w < out.size(); ++w) out[w] &= ~whole.may[w];
  making.known[leaf] = before;
  whole.judge(making.known, making.all);
  return out;
}

std::unique_ptr<CodeFilter> RowProgram::filter_of_codes(Making &making, Condition &whole, std::size_t value) {
  const std::size_t words = making.all.size();
  // Codes that are in the same sets are of one class.
  const auto &leaves = making.of_value[value];
  std::vector<std::int32_t> class_of_code(codes_.size(), 0);
  std::map<std::vector<std::int32_t>, std::int32_t> classes{{std::vector<std::int32_t>(leaves.size(), 0), 0}};
  std::vector<std::vector<std::int32_t>> in_order{classes.begin()->first};
  std::vector<std::int32_t> of_code(leaves.size());
  for (std::size_t code = 0; code < codes_.size(); ++code) {
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      const std::vector<std::int32_t> &sets = facts_.column(leaves[i].second->fact);
      of_code[i] = code < sets.size() ? sets[code] : 0;
    }
    if (of_code == in_order[0]) continue;
    const auto [at, is_new] = classes.try_emplace(of_code, static_cast<std::int32_t>(classes.size()));
    if (is_new) in_order.push_back(of_code);
    class_of_code[code] = at->second;
  }
  std::vector<std::size_t> tried;
  for (const auto &leaf : leaves) tried.push_back(leaf.first);
  /// Tries each class, or each `step`th, and returns how many rows are left on average.
  const auto rows_left = [&](CodeFilter &filter, std::size_t step, bool keep) {
    std::vector<std::size_t> all = tried;
    all.insert(all.end(), filter.leaves.begin(), filter.leaves.end());
    whole.mark(all);
    const std::vector<Word> none(words, 0);
    std::size_t rows = 0, sets = 0;
    for (std::size_t of = 0; of < in_order.size(); of += step) {
      for (std::size_t i = 0; i < leaves.size(); ++i)
        making.known[leaves[i].first] =
            leaves[i].second->sets.data() + static_cast<std::size_t>(in_order[of][i]) * words;
      for (std::size_t truths = 0; truths < std::size_t{1} << filter.leaves.size(); ++truths) {
        for (std::size_t i = 0; i < filter.leaves.size(); ++i)
          making.known[filter.leaves[i]] =
              (truths >> (filter.leaves.size() - 1 - i) & 1U) != 0 ? making.all.data() : none.data();
        whole.judge(making.known, making.all);
        if (keep) filter.add(whole.may);
        for (const Word word : whole.may) rows += static_cast<std::size_t>(std::popcount(word));
        ++sets;
      }
    }
    for (const std::size_t leaf : all) making.known[leaf] = nullptr;
    whole.judge(making.known, making.all);
    return rows * 16 / sets; // in sixteenths
  };
  auto best = std::make_unique<CodeFilter>();
  const std::size_t step = in_order.size() / 64 + 1;
  std::size_t rows = rows_left(*best, step, false);
  // Conditions that leave two rows fewer, where there are many: at most two, the best first.
  while (in_order.size() > 1 && rows >= 4 * 16 && best->leaves.size() < 2) {
    std::size_t better = making.search->leaves.size();
    for (const std::size_t leaf : making.same) {
      if (std::find(best->leaves.begin(), best->leaves.end(), leaf) != best->leaves.end()) continue;
      best->leaves.push_back(leaf);
      const std::size_t left = rows_left(*best, step, false);
      best->leaves.pop_back();
      if (left + 2 * 16 > rows) continue;
      better = leaf;
      rows = left;
    }
    if (better == making.search->leaves.size()) break;
    best->leaves.push_back(better);
  }
  rows_left(*best, 1, true);
  best->value = value;
  best->fact = facts_.add(std::move(class_of_code));
  return best;
}

} // namespace steelyard::native
