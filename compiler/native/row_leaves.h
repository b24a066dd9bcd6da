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
  std::size_t leaf = 0; ///< its own place in RowSearch::leaves
  Scalar truth;
  std::vector<Word> none, all;
  const Word *get(const Asking &asking) const override {
    const Rows row = bit_of(asking.row);
    return (asking.search.same(leaf, asking.batch, row) & row) != 0 ? all.data() : none.data();
  }
};

/// Whether a text is on the list of each row.
struct CodeLeaf : SearchLeaf {
  std::size_t value = 0; ///< in RowSearch::values
  const CodeSets *sets = nullptr;
  const Word *get(const Asking &asking) const override {
    const Rows row = bit_of(asking.row);
    const Values &values = asking.search.value(value, asking.batch, row);
    // A missing value is not looked at: the condition has asked before.
    const std::int64_t code = (values.given & row) != 0 ? values.numbers[asking.row] : Codes::unknown;
    return sets->of(asking.batch.facts, code);
  }
};

/// Whether any, all, none of the elements of a list are on the list of each row.
struct ElementsLeaf : SearchLeaf {
  List list;
  const CodeSets *sets = nullptr;
  ListOp op = ListOp::any;
  std::vector<Word> all;
  std::size_t made = 0; ///< where in SearchState::made
  const Word *get(const Asking &asking) const override {
    const CodeFacts &facts = asking.batch.facts;
    const Elements &elements = list->get(asking.batch, bit_of(asking.row))[asking.row];
    if (elements.count == 0) return op == ListOp::any ? sets->sets.data() : all.data();
    const Word *first = sets->of(facts, elements.first->code);
    if (elements.count == 1 && op != ListOp::none) return first;
    Word *out = asking.state.made.data() + made;
    const bool few = sets->words <= RowSearch::few_words;
    const std::size_t from = few ? 0 : asking.from, to = few ? sets->words : asking.to;
    for (std::size_t w = from; w < to; ++w) out[w] = first[w];
    for (const Element *element = elements.first + 1; element != elements.end(); ++element) {
      const Word *in = sets->of(facts, element->code);
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
  const Word *get(const Asking &asking) const override {
    Word *out = asking.state.made.data() + made;
    std::fill(out + asking.from, out + asking.to, 0);
    for (const Group &group : groups) {
      bool wanted = false;
      for (std::size_t w = asking.from; w < asking.to; ++w) wanted |= group.rows[w] != 0;
      if (!wanted || group.test->truth(asking.batch, bit_of(asking.row)) == 0) continue;
      for (std::size_t w = asking.from; w < asking.to; ++w) out[w] |= group.rows[w];
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
  /// Of a row, given the asked values.
  std::size_t place(const Values &of, std::size_t row) const {
    // A missing value is not looked at: the condition has asked before.
    const bool given = (of.given & bit_of(row)) != 0;
    const number::Int128 x = given ? static_cast<number::Int128>(of.numbers[row]) * factor : 0;
    if (values.size() == 1) return std::size_t{x >= values[0]} + std::size_t{x > values[0]};
    const auto at = std::lower_bound(values.begin(), values.end(), x);
    const auto less = static_cast<std::size_t>(at - values.begin());
    return less * 2 + (at != values.end() && *at == x ? 1 : 0);
  }
  const Word *get(const Asking &asking) const override {
    return sets.data() + place(asked->get(asking.batch, bit_of(asking.row)), asking.row) * words;
  }
};

/// By the code of a text, and by conditions that are the same for all rows.
struct CodeFilter final : SearchFilter {
  std::size_t value = 0;           ///< in RowSearch::values
  std::size_t fact = 0;            ///< the class of codes
  std::vector<std::size_t> leaves; ///< the conditions
  void classes_of(const RowSearch &search, Batch &batch, Rows asking, Classes &out) const override {
    const Values &values = search.value(value, batch, asking);
    each_row(asking, [&](std::size_t row) {
      const bool given = (values.given & bit_of(row)) != 0;
      const std::int64_t code = given ? values.numbers[row] : Codes::unknown;
      out[row] = static_cast<std::uint32_t>(batch.facts.of(static_cast<std::int32_t>(code), fact));
    });
    for (const std::size_t leaf : leaves) {
      const Rows holds = search.same(leaf, batch, asking);
      each_row(asking, [&](std::size_t row) {
        out[row] = out[row] * 2 + static_cast<std::uint32_t>(holds >> row & 1U);
      });
    }
  }
};
/// By a value that is compared for equality: ValueLeaf::place.
struct ValueFilter : SearchFilter {
  const ValueLeaf *leaf = nullptr;
  void classes_of(const RowSearch &, Batch &batch, Rows asking, Classes &out) const override {
    const Values values = leaf->asked->get(batch, asking);
    each_row(asking,
             [&](std::size_t row) { out[row] = static_cast<std::uint32_t>(leaf->place(values, row)); });
  }
};

} // namespace steelyard::native
