// Tries out changes of a clause that does not parse: which tokens could stand at the place of the error, and
// which single repair lets the parser go on furthest. That is exact whatever the grammar is, and needs no
// tables of it.
#pragma once
#include "compiler/syntax/clause_parser.h"
#include <bitset>

namespace steelyard::syntax {

using TokenSet = std::bitset<static_cast<std::size_t>(Tok::end)>;
inline bool has(const TokenSet &set, Tok type) {
  return type != Tok::end && set[static_cast<std::size_t>(type)];
}
inline void drop(TokenSet &set, Tok type) {
  set.reset(static_cast<std::size_t>(type));
}

/// How far the parser gets: the first token of the clause that it does not take, or `end` beyond all of them.
struct Reach {
  std::size_t token = 0;
  bool end = false;
  friend auto operator<=>(const Reach &, const Reach &) = default;
};

/// Single tokens that get furthest, and how far.
struct Repair {
  TokenSet types;
  Reach reach;
};

class Trial {
public:
  /// `budget` is how many tokens may still be parsed for trials in this file; beyond it every trial fails.
  Trial(ClauseParser &parser, std::span<const Token> tokens, Rule entry, std::size_t stopped,
        std::size_t &budget);

  /// The types that can stand at the place of the error, whatever follows.
  const TokenSet &expected() const { return expected_; }
  /// True when the clause would be complete before the place of the error.
  bool could_end() const { return could_end_; }

  /// With the tokens [from, from + count) replaced by `types`: how far in terms of the clause as it is.
  Reach with(std::size_t from, std::size_t count, std::span<const Tok> types);
  /// The tokens from `from` on as a clause of their own, with `head` in place of its first `count` tokens.
  Reach as_clause(std::size_t from, std::size_t count, Tok head);
  /// True when all of `types` can stand at the place of the error, one after the other.
  bool takes(std::span<const Tok> types);
  /// True when that gets beyond the place of the error by two tokens, or over the last one.
  bool mends(Reach reach) const {
    return reach.end || reach.token > stopped_ + 1 || (reach.token > stopped_ && reach.token == window_);
  }

  /// The best tokens to put before the place of the error (replaced == 0), or in place of the token there
  /// (1).
  Repair best(std::size_t replaced);

private:
  ClauseParse parse(std::vector<Tok> types, Rule entry);
  TokenSet repairs() const; ///< the types worth trying as one

  ClauseParser &parser_;
  std::vector<Tok> types_;
  Rule entry_;
  std::size_t stopped_;
  std::size_t window_; ///< tokens beyond it are left out; a clause may be long
  bool cut_off_;
  std::size_t &budget_;
  TokenSet expected_;
  bool could_end_ = false;
};

} // namespace steelyard::syntax
