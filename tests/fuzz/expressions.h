// Random expressions of wanted types at a place of a draft. All are well typed by the rules of the language
// as this folder understands them; the checker has the last word.
#pragma once
#include "tests/fuzz/draft.h"
#include <optional>

namespace steelyard::fuzz {

class Expressions {
public:
  Expressions(Random &random, Draft &draft) : random_(random), draft_(draft) {}

  /// A number that is given, of that dimension. `fixed`: it must have a decimal scale (operands of sums).
  Written number(const Place &place, Dimension dimension, int depth, bool fixed = false);
  /// A number that may be missing: an optional path, a mean, least or greatest, a neighbour, a look-up.
  std::optional<Written> optional_number(const Place &place, Dimension dimension);
  Written condition(const Place &place, int depth);
  /// A literal above 0 with its unit.
  Written literal(Dimension dimension);
  /// A value that is given of a type that is no number: a path, a member, a comparison.
  std::optional<Written> value(const Place &place, const Type &type, int depth);
  /// The same value, or half of it, by way of a number of more bits. `scale` >= 0: half a unit of so many
  /// decimals for each unit of the value.
  Written widened(Written value, int scale = -1);
  Written moved(const Type &type, const Place &place);
  /// Aggregate over `inner` from the place: "sum of (a + b) over t by (x) where c", in parentheses if needed.
  std::optional<Written> aggregate(const Place &place, Dimension dimension, int depth);
  /// " by (...)" for an aggregate over the rows of `inner`; empty when no paths match the keys.
  std::optional<std::string> matching(int inner, int outer);
  /// `path` where an operand must be given: bare, with a value in its place, or required.
  Written given(const Place &place, const Reach &reach);
  /// Kept between -limit and limit, so that the definition stays in its type's range.
  Written within(Written value, double limit);
  /// A number at a row of another scope, found by its keys: "s[a, b].x" or "s.x". May be missing.
  std::optional<Written> look_up(const Place &place, Dimension dimension);
  std::optional<Written> neighbour(const Place &place, Dimension dimension);
  /// "s[a, b]", by values of the place that are keys there.
  std::optional<std::string> row_of(const Place &place, int target);

  Dimension any_dimension();
  static Written grouped(Written written, int level);
  static Written written_of(const Reach &reach) { return {reach.text, reach.type, reach.extent, 0}; }

private:
  Written sum_or_difference(const Place &place, Dimension dimension, int depth, bool fixed);
  Written product(const Place &place, Dimension dimension, int depth, bool fixed);
  Written quotient(const Place &place, Dimension dimension, int depth);
  Written greatest_or_least(const Place &place, Dimension dimension, int depth, bool fixed);
  Written at_bound(Written value, Dimension dimension, const std::vector<std::string> &bounds);
  std::optional<Written> table_call(const Place &place, Dimension dimension, int depth);
  std::optional<Written> leaf(const Place &place, Dimension dimension, bool fixed);
  Written divisor(const Place &place, Dimension dimension, int depth);
  Written comparison(const Place &place, int depth);
  std::optional<Written> test_of_kind(const Place &place);
  std::optional<std::string> key_path(const Place &place, const Type &key);
  std::vector<Reach> of_dimension(const Place &place, Dimension dimension, bool fixed);

  Random &random_;
  Draft &draft_;
};

} // namespace steelyard::fuzz
