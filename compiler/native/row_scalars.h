// The nodes of a row program that give a value or a list of the row. See row_nodes.h.
#pragma once
#include "compiler/native/row_engine.h"
#include <algorithm>

namespace steelyard::native {

using semantics::TypeKind;
using syntax::BinaryOp;
using syntax::ListOp;

// ---------- values ----------

struct ConstantNode : ScalarNode {
  Cell cell;
  explicit ConstantNode(const Cell &of) : cell(of) {}
  const Cell &get(RowContext &) const override { return cell; }
};
/// What a node looks at: a field, without a call where it is known, or any node.
struct FieldOperand {
  std::size_t field;
  const Cell &get(RowContext &row) const {
    if (row.known[field] == 0) [[unlikely]]
      row.program->field(row, static_cast<int>(field));
    return row.slots[field].cell;
  }
};
struct FieldNode : ScalarNode {
  FieldOperand of;
  explicit FieldNode(int field) : of{static_cast<std::size_t>(field)} {}
  const Cell &get(RowContext &row) const override { return of.get(row); }
  bool truth(RowContext &row) const override {
    const Cell &cell = of.get(row);
    return cell.given && cell.number != 0;
  }
};
struct NodeOperand {
  Scalar node;
  const Cell &get(RowContext &row) const { return node->get(row); }
};
/// `Node<FieldOperand>` or `Node<NodeOperand>`, which `fill` completes.
template<template<class> class Node, class Fill> Scalar node_over(Scalar operand, Fill &&fill);

struct ElementNode : ScalarNode {
  std::size_t level, place; ///< place: in RowContext::cells
  ElementNode(int of, std::size_t at) : level(static_cast<std::size_t>(of)), place(at) {}
  const Cell &get(RowContext &row) const override {
    const Element &element = row.elements[row.elements.size() - 1 - level];
    return row.cells[place] = {element.code, element.text, true};
  }
};
/// A field of a row of a table that another value tells.
template<class Operand> struct ColumnNode : ScalarNode {
  Operand of_row;
  explicit ColumnNode(Operand of) : of_row(std::move(of)) {}
  const std::vector<Cell> *column = nullptr;
  const Cell &get(RowContext &row) const override {
    const Cell &at = of_row.get(row);
    return at.given ? (*column)[static_cast<std::size_t>(at.number)] : missing_cell;
  }
};
/// The row of a table with a text as its only key.
template<class Operand> struct LookupNode : ScalarNode {
  Operand key;
  explicit LookupNode(Operand of) : key(std::move(of)) {}
  std::size_t fact = 0;  ///< the row, from 1
  std::size_t place = 0; ///< in RowContext::cells
  const Cell &get(RowContext &row) const override {
    const Cell &at = key.get(row);
    if (!at.given) return missing_cell;
    const std::int32_t found = row.facts->of(row.program->code_of(at), fact);
    if (found == 0) return missing_cell;
    return row.cells[place] = {found - 1, {}, true};
  }
};
struct OrElseNode : ScalarNode {
  Scalar left, right;
  const Cell &get(RowContext &row) const override {
    const Cell &cell = left->get(row);
    return cell.given ? cell : right->get(row);
  }
};
struct RequiredNode : ScalarNode {
  Scalar operand;
  const Cell &get(RowContext &row) const override {
    const Cell &cell = operand->get(row);
    if (!cell.given) throw HandOver("a required value that is missing");
    return cell;
  }
};
/// A table of the policy that is asked by one text.
struct ByTextNode : ScalarNode {
  Scalar argument;
  std::size_t fact = 0;     ///< which of the values
  std::vector<Cell> values; ///< the first is that of all other texts
  const Cell &get(RowContext &row) const override {
    return values[static_cast<std::size_t>(row.facts->of(row.program->code_of(argument->get(row)), fact))];
  }
};
/// A quantity of the row with one of its fields changed.
struct ChangedNode : ScalarNode {
  const RowProgram *program = nullptr;
  int operand = -1;
  std::size_t field = 0;
  Scalar value;
  List list;
  std::size_t place = 0; ///< in RowContext::cells
  const Cell &get(RowContext &row) const override {
    if (!row.changed) row.changed = std::make_unique<RowContext>(program->context());
    RowContext &other = *row.changed;
    const Cell cell = value ? value->get(row) : Cell{};
    const Elements elements = list ? list->get(row) : no_elements;
    other.place = row.place;
    other.inputs = row.inputs;
    program->begin(other);
    // What `with` outside has changed stays so.
    for (std::size_t f = 0; f < row.known.size(); ++f) {
      if (row.known[f] != 2) continue;
      other.slots[f] = row.slots[f];
      other.known[f] = 2;
    }
    other.slots[field].cell = cell;
    other.slots[field].list = elements;
    other.known[field] = 2;
    return row.cells[place] = program->field(other, operand);
  }
};

// ---------- true or false ----------

template<class Operand> struct MissingNode : TruthNode {
  Operand operand;
  explicit MissingNode(Operand of) : operand(std::move(of)) {}
  bool given = false;
  bool truth(RowContext &row) const override { return operand.get(row).given == given; }
};
struct NotNode : TruthNode {
  Scalar operand;
  bool truth(RowContext &row) const override { return !operand->truth(row); }
};
/// Of several terms all hold, or any: they are asked in order until one decides.
template<bool all> struct SeveralNode : TruthNode {
  std::vector<Scalar> terms;
  bool truth(RowContext &row) const override {
    for (const Scalar &term : terms)
      if (term->truth(row) != all) return !all;
    return all;
  }
};
using AllNode = SeveralNode<true>;
using AnyNode = SeveralNode<false>;
/// Which signs satisfy a comparison: bit 0 less, bit 1 equal, bit 2 greater.
inline unsigned signs_of(BinaryOp op) {
  switch (op) {
  case BinaryOp::less:
    return 0b001;
  case BinaryOp::less_equal:
    return 0b011;
  case BinaryOp::greater:
    return 0b100;
  case BinaryOp::greater_equal:
    return 0b110;
  case BinaryOp::equal:
    return 0b010;
  default:
    return 0b101;
  }
}
template<class Number> bool compares(unsigned signs, const Number &x, const Number &y) {
  return (signs >> (1U + static_cast<unsigned>(x > y) - static_cast<unsigned>(x < y)) & 1U) != 0;
}
struct ComparisonNode : TruthNode {
  Scalar left, right;
  unsigned signs = 0;
  std::int64_t left_factor = 1, right_factor = 1;
  bool truth(RowContext &row) const override {
    const Cell &a = left->get(row), &b = right->get(row);
    if (!a.given || !b.given) throw HandOver("a comparison with a missing value");
    const auto x = static_cast<number::Int128>(a.number) * left_factor;
    const auto y = static_cast<number::Int128>(b.number) * right_factor;
    return compares(signs, x, y);
  }
};
/// With a number that is always the same.
template<class Operand> struct FixedComparisonNode : TruthNode {
  Operand operand;
  explicit FixedComparisonNode(Operand of) : operand(std::move(of)) {}
  unsigned signs = 0;
  std::int64_t fixed = 0;
  bool truth(RowContext &row) const override {
    const Cell &cell = operand.get(row);
    if (!cell.given) throw HandOver("a comparison with a missing value");
    return compares(signs, cell.number, fixed);
  }
};
struct SameTextNode : TruthNode {
  Scalar left, right;
  bool same = true; ///< or another
  bool truth(RowContext &row) const override {
    const Cell &a = left->get(row), &b = right->get(row);
    if (!a.given || !b.given) throw HandOver("a comparison with a missing value");
    // A known text is the same as another where their codes are.
    const bool by_codes = a.number != Cell::not_looked_up && b.number != Cell::not_looked_up &&
                          (a.number != Codes::unknown || b.number != Codes::unknown);
    return (by_codes ? a.number == b.number : a.text == b.text) == same;
  }
};
/// With a text that is always the same, and has a code.
template<class Operand> struct FixedTextNode : TruthNode {
  Operand operand;
  explicit FixedTextNode(Operand of) : operand(std::move(of)) {}
  std::int64_t code = 0;
  bool same = true; ///< or another
  bool truth(RowContext &row) const override {
    const Cell &cell = operand.get(row);
    if (!cell.given) throw HandOver("a comparison with a missing value");
    return (row.program->code_of(cell) == code) == same;
  }
};
struct AmongNode : TruthNode {
  Scalar operand;
  std::vector<std::uint8_t> members; ///< by member
  bool negated = false;
  bool truth(RowContext &row) const override {
    const Cell &cell = operand->get(row);
    return (members[static_cast<std::size_t>(cell.number)] != 0) != negated;
  }
};
/// In the last key of a set with no other key.
template<class Operand> struct InCodesNode : TruthNode {
  Operand operand;
  explicit InCodesNode(Operand of) : operand(std::move(of)) {}
  std::size_t fact = 0;
  bool negated = false;
  bool truth(RowContext &row) const override {
    const std::int32_t code = row.program->code_of(operand.get(row));
    return (row.facts->of(code, fact) != 0) != negated;
  }
};
/// In the last key of a set with one more key.
struct InPairsNode : TruthNode {
  Scalar operand, key;
  bool key_is_text = false, negated = false;
  std::int64_t key_factor = 1;
  std::size_t fact = 0; ///< which of `keys`
  std::vector<std::vector<std::int64_t>>
      keys; ///< with which a code is in the set, rising; the first is empty
  bool truth(RowContext &row) const override {
    const std::int32_t code = row.program->code_of(operand->get(row));
    const std::vector<std::int64_t> &of = keys[static_cast<std::size_t>(row.facts->of(code, fact))];
    if (of.empty()) return negated;
    const Cell &at = key->get(row);
    const std::int64_t number = key_is_text ? row.program->code_of(at) : at.number * key_factor;
    return std::binary_search(of.begin(), of.end(), number) != negated;
  }
};
struct InListNode : TruthNode {
  Scalar operand;
  List list;
  bool negated = false;
  bool truth(RowContext &row) const override {
    const Cell sought = operand->get(row); // the list may ask the same node
    for (const Element &element : list->get(row))
      if (element.text == sought.text) return !negated;
    return negated;
  }
};
/// What an element of a list alone tells, which is a fact of its code: true or false.
struct ElementFactNode : TruthNode {
  static constexpr std::int32_t fails = 2;
  std::size_t level = 0;
  std::size_t fact = 0;
  Scalar term; ///< asked itself where the fact is that it fails
  bool truth(RowContext &row) const override {
    const std::int32_t known = row.facts->of(row.elements[row.elements.size() - 1 - level].code, fact);
    return known == fails ? term->truth(row) : known != 0;
  }
};
/// The same of numbers, members, rows and days. The fact is 0 where it is missing.
struct ElementNumberNode : ScalarNode {
  static constexpr std::int32_t fails = 1, first = 2; ///< `first` is 0
  std::size_t level = 0;
  std::size_t fact = 0;
  std::size_t place = 0; ///< in RowContext::cells
  Scalar term;           ///< asked itself where the fact is that it fails, or that it is too great
  const Cell &get(RowContext &row) const override {
    const std::int32_t known = row.facts->of(row.elements[row.elements.size() - 1 - level].code, fact);
    if (known == fails) return term->get(row);
    if (known == 0) return missing_cell;
    return row.cells[place] = {known - first, {}, true};
  }
};
/// any, none, all; and the first.
struct ListTestNode : ScalarNode {
  List list;
  Scalar body; ///< may be null
  ListOp op = ListOp::any;
  /// The body is this alone, or this and more.
  const ElementFactNode *fact = nullptr;
  bool more = false;
  std::size_t place = 0; ///< in RowContext::cells

  const Cell &get(RowContext &row) const override {
    const Elements &elements = list->get(row);
    const Element *found = find(row, elements);
    if (op != ListOp::first) return (found == elements.end()) != (op == ListOp::any) ? yes_cell : no_cell;
    if (found == elements.end()) return missing_cell;
    return row.cells[place] = {found->code, found->text, true};
  }
  bool truth(RowContext &row) const override {
    if (op == ListOp::first) return false;
    const Elements &elements = list->get(row);
    return (find(row, elements) == elements.end()) != (op == ListOp::any);
  }

private:
  /// The element that decides: the first for which the body holds, or of `all` does not.
  const Element *find(RowContext &row, const Elements &elements) const {
    if (!body) return elements.begin();
    for (const Element &element : elements)
      if (holds(row, element) != (op == ListOp::all)) return &element;
    return elements.end();
  }
  bool holds(RowContext &row, const Element &element) const {
    if (fact != nullptr) {
      const std::int32_t known = row.facts->of(element.code, fact->fact);
      if (known == 0) return false;
      if (known == 1 && !more) return true;
    }
    row.elements.push_back(element);
    const bool out = body->truth(row);
    row.elements.pop_back();
    return out;
  }
};

template<template<class> class Node, class Fill> Scalar node_over(Scalar operand, Fill &&fill) {
  if (const auto *field = dynamic_cast<const FieldNode *>(operand.get())) {
    auto out = std::make_unique<Node<FieldOperand>>(field->of);
    fill(*out);
    return out;
  }
  auto out = std::make_unique<Node<NodeOperand>>(NodeOperand{std::move(operand)});
  fill(*out);
  return out;
}

// ---------- lists ----------

struct OwnListNode : ListNode {
  std::size_t field;
  explicit OwnListNode(int of) : field(static_cast<std::size_t>(of)) {}
  const Elements &get(RowContext &row) const override {
    return row.known[field] != 0 ? row.slots[field].list : row.program->list(row, static_cast<int>(field));
  }
};
struct OthersNode : ListNode {
  List list;
  bool as_cell = false;  ///< it becomes the value of a field, where one empty text is no element
  std::size_t place = 0; ///< in RowContext::parts
  const Elements &get(RowContext &row) const override {
    const Elements &of = list->get(row);
    if (of.count < 2 || (as_cell && of.count == 2 && of.first[1].text.empty())) return no_elements;
    return row.parts[place] = {of.first + 1, of.count - 1, {}, false};
  }
};
struct MadeListNode : ListNode {
  List list; ///< null: one element
  Scalar body;
  std::size_t place = 0; ///< in RowContext::made and ::parts
  char separator = 0;
  bool at_least_one = false;
  void add(RowContext &row, std::vector<Element> &out) const {
    const Cell &cell = body->get(row);
    if (!cell.given || cell.text.find(separator) != std::string_view::npos)
      throw HandOver("an element that is missing or holds the separator");
    out.push_back({cell.text, row.program->code_of(cell)});
  }
  const Elements &get(RowContext &row) const override {
    std::vector<Element> &out = row.made[place];
    out.clear();
    if (!list) {
      add(row, out);
    } else {
      for (const Element &element : list->get(row)) {
        row.elements.push_back(element);
        add(row, out);
        row.elements.pop_back();
      }
    }
    // As its cell would say: one empty text is no element, or no element one empty text.
    if (!at_least_one && out.size() == 1 && out[0].text.empty()) out.clear();
    if (at_least_one && out.empty())
      out.push_back({{}, row.program->code_of({Cell::not_looked_up, {}, true})});
    return row.parts[place] = {out.data(), out.size(), {}, false};
  }
};
struct ConstantListNode : ListNode {
  std::vector<Element> elements;
  Elements all; ///< of `elements`
  const Elements &get(RowContext &) const override { return all; }
};

} // namespace steelyard::native
