// Conditions of the row as tests that follow each other: what `and`, `or` and `not` say is in where each goes
// on, and a test of a field is done in place. A call for each part of a condition costs more than the tests.
#pragma once
#include "compiler/native/row_nodes.h"

namespace steelyard::native {

struct RowTest {
  /// In which cases it holds, and what else there is to say.
  enum : unsigned { missing = 1, less = 2, equal = 4, greater = 8, fails = 16, of_text = 32 };
  const ScalarNode *node = nullptr; ///< asked in place of a field
  const Cell *column = nullptr;     ///< of the row of a table that the field tells
  std::uint32_t field = 0;
  std::uint32_t holds = 0;      ///< `fails`: where it is missing
  std::int64_t fixed = 0;       ///< with which it is compared
  std::int32_t yes = 0, no = 0; ///< the next test; below 0 what comes of it, from -1 downwards
};

class RowTests {
public:
  /// Adds the tests that go on at `yes` where the term holds and at `no` elsewhere; returns the first. The
  /// node stays where it is.
  std::int32_t add(const ScalarNode &node, std::int32_t yes, std::int32_t no);
  void begin_at(std::int32_t first) { begin_ = first; }
  /// What comes of them, from 0.
  std::size_t run(RowContext &row) const;

private:
  bool add_field(const ScalarNode &node, RowTest &test) const;

  std::vector<RowTest> tests_;
  std::int32_t begin_ = -1;
};

/// The same condition, as tests where it has parts.
Scalar as_tests(Scalar node);

} // namespace steelyard::native
