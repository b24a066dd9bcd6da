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
// of codes that no leaf tells apart.
#pragma once
#include "compiler/native/row_nodes.h"

namespace steelyard::native {

/// The sets of rows of a table that a code is in, by code; the sets one behind the other, the first empty.
struct CodeSets {
  std::size_t fact = 0; ///< which of the sets
  std::vector<Word> sets;
  std::size_t words = 0;
  const Word *of(const CodeFacts &facts, std::int32_t code) const {
    return sets.data() + static_cast<std::size_t>(facts.of(code, fact)) * words;
  }
};

class RowSearch;
struct SearchLeaf {
  virtual ~SearchLeaf() = default;
  /// Right in the words from `from` to `to`; others may be anything.
  virtual const Word *get(const RowSearch &search, RowContext &row, SearchState &state, std::size_t from,
                          std::size_t to) const = 0;
};
/// Which rows a value leaves possible: by its class a set, and the words that are not empty.
struct SearchFilter {
  struct Range {
    std::uint32_t from = 0, to = 0;
  };
  std::vector<Word> sets;
  std::vector<Range> ranges;
  virtual ~SearchFilter() = default;
  bool of_codes = false; ///< it is a CodeFilter, which nearly all are
  virtual std::size_t class_of(const RowSearch &search, RowContext &row, SearchState &state) const = 0;
  void add(const std::vector<Word> &set);
};

class RowSearch : public ScalarNode {
public:
  static constexpr std::int32_t accept = -1, reject = -2;
  struct Test {
    std::int32_t leaf = 0, yes = 0, no = 0; ///< the next test, or what is found
  };
  std::size_t id = 0; ///< in RowContext::searches
  std::size_t words = 0;
  bool count = false; ///< how many rows there are, rather than the first
  std::vector<std::unique_ptr<SearchLeaf>> leaves;
  std::vector<Scalar> values;      ///< that are looked up, texts
  std::vector<std::size_t> guards; ///< leaves, the same for all rows, without which no row can hold
  std::vector<std::unique_ptr<SearchFilter>> filters;
  std::vector<Word> possible; ///< rows at which the condition can hold at all
  std::vector<Test> tests;
  std::vector<std::int32_t> begins; ///< by row, its first test
  std::size_t made = 0;             ///< words for sets that are put together

  SearchState state() const;
  const Cell &get(RowContext &row) const override;
  std::int32_t code(RowContext &row, SearchState &state, std::size_t value) const;
  /// Of a leaf that is the same for all rows.
  bool truth(std::size_t leaf, RowContext &row, SearchState &state) const;

private:
  const Word *set_of(std::size_t leaf, RowContext &row, SearchState &state, std::size_t from,
                     std::size_t to) const {
    const Word *&set = state.sets[leaf];
    if (set == nullptr) set = leaves[leaf]->get(*this, row, state, from, to);
    return set;
  }
};

} // namespace steelyard::native
