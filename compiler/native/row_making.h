// A search in the making: its condition as a tree, judged with what is known of its leaves. See row_search.h.
#pragma once
#include "compiler/native/row_leaves.h"
#include <algorithm>
#include <map>
#include <string>
#include <tuple>

namespace steelyard::native {

/// A condition in the making: `may` and `may_not` are the rows at which it can be true and can be false,
/// as far as is known of its leaves.
struct RowProgram::Condition {
  enum class Kind { settled, leaf, both, either, no, same };
  Kind kind = Kind::settled;
  std::size_t leaf = 0;
  std::unique_ptr<Condition> left, right;
  std::vector<Word> may, may_not;
  bool changes = true; ///< rests on leaves that are being tried

  /// `known`: by leaf its rows, null where it is not known. `implied`: by leaf rows at which it holds where
  /// they are asked at all; may be empty.
  void judge(const std::vector<const Word *> &known, const std::vector<Word> &all,
             const std::vector<std::vector<Word>> *implied = nullptr) {
    const std::size_t words = all.size();
    may.resize(words);
    may_not.resize(words);
    if (left && left->changes) left->judge(known, all, implied);
    if (right && right->changes) right->judge(known, all, implied);
    for (std::size_t w = 0; w < words; ++w) {
      switch (kind) {
      case Kind::settled:
        may_not[w] = ~may[w] & all[w];
        break;
      case Kind::leaf:
        may[w] = known[leaf] != nullptr ? known[leaf][w] : all[w];
        may_not[w] = known[leaf] != nullptr ? ~known[leaf][w] & all[w] : all[w];
        if (implied != nullptr && !(*implied)[leaf].empty()) may_not[w] &= ~(*implied)[leaf][w];
        break;
      case Kind::both:
        may[w] = left->may[w] & right->may[w];
        may_not[w] = left->may_not[w] | right->may_not[w];
        break;
      case Kind::either:
        may[w] = left->may[w] | right->may[w];
        may_not[w] = left->may_not[w] & right->may_not[w];
        break;
      case Kind::no:
        may[w] = left->may_not[w];
        may_not[w] = left->may[w];
        break;
      case Kind::same:
        may[w] = (left->may[w] & right->may[w]) | (left->may_not[w] & right->may_not[w]);
        may_not[w] = (left->may[w] & right->may_not[w]) | (left->may_not[w] & right->may[w]);
        break;
      }
    }
  }
  /// Marks what rests on these leaves.
  bool mark(const std::vector<std::size_t> &leaves) {
    const bool of_left = left && left->mark(leaves), of_right = right && right->mark(leaves);
    changes = of_left || of_right ||
              (kind == Kind::leaf && std::find(leaves.begin(), leaves.end(), leaf) != leaves.end());
    return changes;
  }
};

struct RowProgram::Making {
  int inner = 0;
  std::size_t rows = 0;
  std::vector<Word> all;
  RowSearch *search = nullptr;
  bool in_order = false; ///< leaves may fail, and are asked when the policy asks them and not otherwise
  std::map<std::string, std::size_t> leaf_of;                                  ///< by their texts
  std::map<std::string, std::size_t> value_of;                                 ///< by their texts
  std::vector<const Word *> known;                                             ///< what is assumed, by leaf
  std::vector<std::vector<std::pair<std::size_t, const CodeSets *>>> of_value; ///< leaves by value
  std::vector<std::size_t> same;                                               ///< leaves that are SameLeaf
  std::vector<std::size_t> equalities;                                         ///< leaves that are ValueLeaf

  std::unique_ptr<Condition> new_leaf(std::string name, std::unique_ptr<SearchLeaf> leaf) {
    leaf_of[std::move(name)] = search->leaves.size();
    auto out = std::make_unique<Condition>();
    out->kind = Condition::Kind::leaf;
    out->leaf = search->leaves.size();
    search->leaves.push_back(std::move(leaf));
    return out;
  }
  std::size_t room() {
    search->made += all.size();
    return search->made - all.size();
  }
  /// The tests that say whether `condition` holds at a row, given where to go on then; returns the first.
  std::int32_t tests_of(const Condition &condition, std::size_t row, std::int32_t yes, std::int32_t no) {
    const Word bit = Word{1} << (row % 64);
    if (!in_order || condition.kind == Condition::Kind::settled) {
      if (yes == no) return yes;
      if ((condition.may[row / 64] & bit) == 0) return no;
      if ((condition.may_not[row / 64] & bit) == 0) return yes;
    }
    switch (condition.kind) {
    case Condition::Kind::both:
      return tests_of(*condition.left, row, tests_of(*condition.right, row, yes, no), no);
    case Condition::Kind::either:
      return tests_of(*condition.left, row, yes, tests_of(*condition.right, row, yes, no));
    case Condition::Kind::no:
      return tests_of(*condition.left, row, no, yes);
    case Condition::Kind::same:
      return tests_of(*condition.left, row, tests_of(*condition.right, row, yes, no),
                      tests_of(*condition.right, row, no, yes));
    default:
      break;
    }
    const auto [at, is_new] =
        numbers_.try_emplace(std::tuple(static_cast<std::int32_t>(condition.leaf), yes, no),
                             static_cast<std::int32_t>(search->tests.size()));
    if (is_new) {
      const bool is_same = dynamic_cast<const SameLeaf *>(search->leaves[condition.leaf].get()) != nullptr;
      search->tests.push_back({static_cast<std::int32_t>(condition.leaf), yes, no, is_same});
    }
    return at->second;
  }

private:
  std::map<std::tuple<std::int32_t, std::int32_t, std::int32_t>, std::int32_t> numbers_;
};

} // namespace steelyard::native
