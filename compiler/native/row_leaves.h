// The leaves and filters of searches. See row_search.h.
#pragma once
#include "compiler/native/row_scalars.h"
#include "compiler/native/row_search.h"
#include <algorithm>

namespace steelyard::native {

inline std::vector<Word> all_rows(std::size_t rows) {
  std::vector<Word> out((rows + 63) / 64, ~Word{0});
  if (rows % 64 != 0) out.back() = (Word{1} << (rows % 64)) - 1;
  return out;
}
inline void set_bit(std::vector<Word> &set, std::size_t row) {
  set[row / 64] |= Word{1} << (row % 64);
}

/// The same for all rows of the table.
struct SameLeaf final : SearchLeaf {
  Scalar truth;
  std::vector<Word> none, all;
  const Word *get(const RowSearch &, RowContext &row, SearchState &, std::size_t,
                  std::size_t) const override {
    return truth->truth(row) ? all.data() : none.data();
  }
};

/// Whether a text is on the list of each row.
struct CodeLeaf : SearchLeaf {
  std::size_t value = 0; ///< in RowSearch::values
  const CodeSets *sets = nullptr;
  const Word *get(const RowSearch &search, RowContext &row, SearchState &state, std::size_t,
                  std::size_t) const override {
    return sets->of(*row.facts, search.code(row, state, value));
  }
};

/// Whether any, all, none of the elements of a list are on the list of each row.
struct ElementsLeaf : SearchLeaf {
  List list;
  const CodeSets *sets = nullptr;
  ListOp op = ListOp::any;
  std::vector<Word> all;
  std::size_t made = 0; ///< where in SearchState::made
  const Word *get(const RowSearch &, RowContext &row, SearchState &state, std::size_t from,
                  std::size_t to) const override {
    const Elements &elements = list->get(row);
    if (elements.count == 0) return op == ListOp::any ? sets->sets.data() : all.data();
    const Word *first = sets->of(*row.facts, elements.first->code);
    if (elements.count == 1 && op != ListOp::none) return first;
    Word *out = state.made.data() + made;
    for (std::size_t w = from; w < to; ++w) out[w] = first[w];
    for (const Element *element = elements.first + 1; element != elements.end(); ++element) {
      const Word *in = sets->of(*row.facts, element->code);
      if (op == ListOp::all) {
        for (std::size_t w = from; w < to; ++w) out[w] &= in[w];
      } else {
        for (std::size_t w = from; w < to; ++w) out[w] |= in[w];
      }
    }
    if (op == ListOp::none)
      for (std::size_t w = from; w < to; ++w) out[w] = ~out[w] & all[w];
    return out;
  }
};

/// Where each of some lists that rows of the table hold passes a test about the row that asks: its rows.
struct ListsLeaf : SearchLeaf {
  struct Group {
    Scalar test;
    std::vector<Word> rows;
  };
  std::vector<Group> groups;
  std::size_t made = 0; ///< where in SearchState::made
  const Word *get(const RowSearch &, RowContext &row, SearchState &state, std::size_t from,
                  std::size_t to) const override {
    Word *out = state.made.data() + made;
    std::fill(out + from, out + to, 0);
    for (const Group &group : groups) {
      bool wanted = false;
      for (std::size_t w = from; w < to; ++w) wanted |= group.rows[w] != 0;
      if (!wanted || !group.test->truth(row)) continue;
      for (std::size_t w = from; w < to; ++w) out[w] |= group.rows[w];
    }
    return out;
  }
};

/// Rows of the table whose value, no text, compares with one of the row that asks.
struct ValueLeaf : SearchLeaf {
  Scalar asked;
  std::int64_t factor = 1;            ///< of the asked value
  std::vector<number::Int128> values; ///< of rows, rising, each once
  /// By twice the number of values that are less, and one more where the next is equal.
  std::vector<Word> sets;
  std::size_t words = 0;
  std::size_t place(RowContext &row) const {
    const Cell &cell = asked->get(row);
    // A missing value is not looked at: the condition has asked before.
    const number::Int128 x = cell.given ? static_cast<number::Int128>(cell.number) * factor : 0;
    if (values.size() == 1) return std::size_t{x >= values[0]} + std::size_t{x > values[0]};
    const auto at = std::lower_bound(values.begin(), values.end(), x);
    const auto less = static_cast<std::size_t>(at - values.begin());
    return less * 2 + (at != values.end() && *at == x ? 1 : 0);
  }
  const Word *get(const RowSearch &, RowContext &row, SearchState &, std::size_t,
                  std::size_t) const override {
    return sets.data() + place(row) * words;
  }
};

/// By the code of a text, and by conditions that are the same for all rows.
struct CodeFilter final : SearchFilter {
  CodeFilter() { of_codes = true; }
  std::size_t value = 0;           ///< in RowSearch::values
  std::size_t fact = 0;            ///< the class of codes
  std::vector<std::size_t> leaves; ///< the conditions
  std::size_t class_of(const RowSearch &search, RowContext &row, SearchState &state) const override {
    auto out = static_cast<std::size_t>(row.facts->of(search.code(row, state, value), fact));
    for (const std::size_t leaf : leaves) out = out * 2 + (search.truth(leaf, row, state) ? 1 : 0);
    return out;
  }
};
/// By a value that is compared for equality: ValueLeaf::place.
struct ValueFilter : SearchFilter {
  const ValueLeaf *leaf = nullptr;
  std::size_t index = 0; ///< of the leaf
  std::size_t class_of(const RowSearch &, RowContext &row, SearchState &state) const override {
    const std::size_t place = leaf->place(row);
    state.sets[index] = leaf->sets.data() + place * leaf->words;
    return place;
  }
};

} // namespace steelyard::native
