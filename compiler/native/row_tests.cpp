// See row_tests.h.
#include "compiler/native/row_tests.h"
#include "compiler/native/row_scalars.h"

namespace steelyard::native {

namespace {

constexpr std::int32_t came_false = -1, came_true = -2;

struct TestsNode : TruthNode {
  Scalar whole; ///< whose parts are tested
  RowTests tests;
  bool truth(RowContext &row) const override { return tests.run(row) != 0; }
};

/// The field that `operand` is, or that tells the row of a table.
bool take_operand(const ScalarNode &operand, RowTest &test) {
  if (const auto *field = dynamic_cast<const FieldNode *>(&operand)) {
    test.field = static_cast<std::uint32_t>(field->of.field);
    return true;
  }
  if (const auto *column = dynamic_cast<const ColumnNode<FieldOperand> *>(&operand)) {
    test.field = static_cast<std::uint32_t>(column->of_row.field);
    test.column = column->column->data();
    return true;
  }
  return false;
}
bool take_operand(const FieldOperand &operand, RowTest &test) {
  test.field = static_cast<std::uint32_t>(operand.field);
  return true;
}
bool take_operand(const NodeOperand &operand, RowTest &test) {
  return take_operand(*operand.node, test);
}

template<class Operand> bool take(const ScalarNode &node, RowTest &test) {
  if (const auto *of = dynamic_cast<const MissingNode<Operand> *>(&node)) {
    test.holds = of->given ? RowTest::less | RowTest::equal | RowTest::greater : RowTest::missing;
    return take_operand(of->operand, test);
  }
  if (const auto *of = dynamic_cast<const FixedComparisonNode<Operand> *>(&node)) {
    test.holds = of->signs * RowTest::less | RowTest::fails;
    test.fixed = of->fixed;
    return take_operand(of->operand, test);
  }
  if (const auto *of = dynamic_cast<const FixedTextNode<Operand> *>(&node)) {
    test.holds =
        (of->same ? RowTest::equal : RowTest::less | RowTest::greater) | RowTest::fails | RowTest::of_text;
    test.fixed = of->code;
    return take_operand(of->operand, test);
  }
  return false;
}

[[noreturn, gnu::cold, gnu::noinline]] void missing_in_comparison() {
  throw HandOver("a comparison with a missing value");
}

} // namespace

bool RowTests::add_field(const ScalarNode &node, RowTest &test) const {
  if (take<FieldOperand>(node, test) || take<NodeOperand>(node, test)) return true;
  test.holds = RowTest::less | RowTest::greater; // a truth that is not 0
  return take_operand(node, test);
}

std::int32_t RowTests::add(const ScalarNode &node, std::int32_t yes, std::int32_t no) {
  if (const auto *all = dynamic_cast<const AllNode *>(&node)) {
    for (std::size_t i = all->terms.size(); i-- > 0;) yes = add(*all->terms[i], yes, no);
    return yes;
  }
  if (const auto *any = dynamic_cast<const AnyNode *>(&node)) {
    for (std::size_t i = any->terms.size(); i-- > 0;) no = add(*any->terms[i], yes, no);
    return no;
  }
  if (const auto *negated = dynamic_cast<const NotNode *>(&node)) return add(*negated->operand, no, yes);
  RowTest test;
  if (!add_field(node, test)) {
    test = {};
    test.node = &node;
  }
  test.yes = yes;
  test.no = no;
  tests_.push_back(test);
  return static_cast<std::int32_t>(tests_.size()) - 1;
}

std::size_t RowTests::run(RowContext &row) const {
  std::int32_t at = begin_;
  while (at >= 0) {
    const RowTest &test = tests_[static_cast<std::size_t>(at)];
    if (test.node != nullptr) {
      at = test.node->truth(row) ? test.yes : test.no;
      continue;
    }
    if (row.known[test.field] == 0) [[unlikely]]
      row.program->field(row, static_cast<int>(test.field));
    const Cell *cell = &row.slots[test.field].cell;
    if (test.column != nullptr) cell = cell->given ? test.column + cell->number : &missing_cell;
    if (!cell->given) {
      if ((test.holds & RowTest::fails) != 0) missing_in_comparison();
      at = (test.holds & RowTest::missing) != 0 ? test.yes : test.no;
      continue;
    }
    std::int64_t number = cell->number;
    if (number == Cell::not_looked_up && (test.holds & RowTest::of_text) != 0) [[unlikely]]
      number = row.program->code_of(*cell);
    const unsigned sign =
        2U + static_cast<unsigned>(number > test.fixed) - static_cast<unsigned>(number < test.fixed);
    at = (test.holds >> sign & 1U) != 0 ? test.yes : test.no;
  }
  return static_cast<std::size_t>(-1 - at);
}

Scalar as_tests(Scalar node) {
  const auto is = [&]<class Node>() { return dynamic_cast<const Node *>(node.get()) != nullptr; };
  if (!is.template operator()<AllNode>() && !is.template operator()<AnyNode>() &&
      !is.template operator()<NotNode>())
    return node;
  auto out = std::make_unique<TestsNode>();
  out->tests.begin_at(out->tests.add(*node, came_true, came_false));
  out->whole = std::move(node);
  return out;
}

} // namespace steelyard::native
