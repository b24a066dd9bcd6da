// The search for the first row of a table at which a condition holds, or for how many there are.
//
// A condition is made of conditions on the row of the table alone, which are settled beforehand, and of
// leaves, which look at the row that asks. Each leaf gives the set of rows at which it holds, as words of
// bits; the first row is the first bit. For each row of the table what is left of the condition is a few
// tests of leaves in the order of the policy; rows of which the same is left share their tests. A leaf is
// asked when the first row needs it, and then known.
//
// Not all rows are tried: a value that is looked up in lists of codes, or compared for equality, leads to the
// rows that it leaves possible whatever the other leaves say. Those sets are made beforehand, for each class
// of codes that no leaf tells apart. What they imply of the rows that are left is not tested again.
//
// Where a leaf may fail, whose failing nothing else would report, all rows are tried and all is tested in the
// order of the policy.
#pragma once
#include "compiler/native/row_nodes.h"
#include <string>
#include <unordered_map>

namespace steelyard::native {

/// The sets of rows of a table that a code is in, by code; the sets one behind the other, the first empty.
struct CodeSets {
  std::size_t fact = 0; ///< which of the sets
  std::vector<Word> sets;
  std::size_t words = 0;
  const Word *of(const CodeFacts &facts, std::int64_t code) const {
    return sets.data() + static_cast<std::size_t>(facts.of(static_cast<std::int32_t>(code), fact)) * words;
  }
};

inline std::size_t rows_in(const std::vector<Word> &set) {
  std::size_t out = 0;
  for (const Word word : set) out += static_cast<std::size_t>(std::popcount(word));
  return out;
}

class RowSearch;
/// The row that asks, and the words of sets that are wanted: those from `from` to `to`.
struct Asking {
  const RowSearch &search;
  Batch &batch;
  SearchState &state;
  std::size_t row = 0;
  std::size_t from = 0, to = 0;
};
struct SearchLeaf {
  virtual ~SearchLeaf() = default;
  /// Right in the words that are wanted; others may be anything.
  virtual const Word *get(const Asking &asking) const = 0;
};
/// Which rows a value leaves possible: by its class a set, in front of it the words that are not empty.
struct SearchFilter {
  using Classes = std::array<std::uint32_t, rows_together>;
  struct alignas(64) Line { ///< of the cache
    std::array<Word, 8> words;
  };
  std::vector<Line> sets;            ///< each once
  std::vector<std::uint32_t> set_of; ///< by class, where its set begins
  std::size_t rows = 0;              ///< in the sets of all classes
  virtual ~SearchFilter() = default;
  /// By row.
  virtual void classes_of(const RowSearch &search, Batch &batch, Rows asking, Classes &out) const = 0;
  void add(const std::vector<Word> &set); ///< of the next class
  /// The words that are not empty, as `to` and `from` in one, and then the set.
  const Word *at(std::uint32_t place) const { return sets[place].words.data(); }

private:
  std::unordered_map<std::string, std::uint32_t> places_;
};

class RowSearch : public ScalarNode {
public:
  static constexpr std::int32_t accept = -1, reject = -2;
  static constexpr std::size_t most_filters = 8;
  /// Sets that are as short are put together whole: how long a loop takes is then foreseen.
  static constexpr std::size_t few_words = 8;
  struct Test {
    std::int32_t leaf = 0, yes = 0, no = 0; ///< the next test, or what is found
    bool same = false;                      ///< it is one that is the same for all rows
  };
  std::size_t id = 0; ///< in Batch::searches
  std::size_t words = 0;
  bool count = false;    ///< how many rows there are, rather than the first
  std::size_t place = 0; ///< in Batch::values
  std::vector<std::unique_ptr<SearchLeaf>> leaves;
  std::vector<Scalar> values;      ///< that are looked up, texts
  std::vector<std::size_t> guards; ///< leaves, the same for all rows, without which no row can hold
  std::vector<std::unique_ptr<SearchFilter>> filters;
  std::vector<Word> possible; ///< rows at which the condition can hold at all
  std::vector<Test> tests;
  std::vector<std::int32_t> begins; ///< by row, its first test
  std::int32_t alone = -1;          ///< the leaf that is all there is to ask at each possible row
  std::size_t made = 0;             ///< words for sets that are put together

  /// All rows have their tests.
  void finish();
  SearchState state() const;
  Values get(Batch &batch, Rows rows) const override;

  /// The values at `rows` that are looked up; missing ones are not looked at.
  const Values &value(std::size_t value, Batch &batch, Rows rows) const {
    const SearchState::Known &known = batch.searches[id].values[value];
    return (rows & ~known.rows) == 0 ? known.values : ask_value(value, batch, rows);
  }
  /// The rows at which a leaf holds that is the same for the whole table, right at `rows`.
  Rows same(std::size_t leaf, Batch &batch, Rows rows) const {
    const SearchState::Known &known = batch.searches[id].same[leaf];
    return (rows & ~known.rows) == 0 ? known.holds : ask_same(leaf, batch, rows);
  }

private:
  const Values &ask_value(std::size_t value, Batch &batch, Rows rows) const;
  Rows ask_same(std::size_t leaf, Batch &batch, Rows rows) const;
  /// Asks all rows of the search at once rather than `rows` alone, as long as that does not fail: what no
  /// test asks of a row may fail there. Returns which were asked.
  template<class Ask> Rows ask_all(SearchState::Known &known, Batch &batch, Rows rows, Ask &&ask) const;
  const Word *set_of(std::size_t leaf, const Asking &asking) const {
    SearchState &state = asking.state;
    Word &asked = state.asked[leaf / 64];
    if ((asked >> (leaf % 64) & 1U) == 0) {
      state.sets[leaf] = leaves[leaf]->get(asking);
      asked |= Word{1} << (leaf % 64);
    }
    return state.sets[leaf];
  }
  /// The rows that all filters leave possible, into `room` where there are several.
  const Word *candidates(Asking &asking, const std::array<SearchFilter::Classes, most_filters> &places,
                         Word *room) const;
  /// The first row of the candidates, or how many hold; -1: no first.
  std::int64_t search(Asking &asking, const Word *candidates) const;
};

} // namespace steelyard::native
