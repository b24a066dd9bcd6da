// The nodes of a row program that give a value or a list of each row. See row_nodes.h.
#pragma once
#include "compiler/native/row_engine.h"
#include <algorithm>

namespace steelyard::native {

using semantics::TypeKind;
using syntax::BinaryOp;
using syntax::ListOp;

/// Throws where one of `rows` has no value.
inline void expect_given(const Values &values, Rows rows, const char *why) {
  if ((rows & ~values.given) != 0) throw HandOver(why);
}
/// Copies what is known of `rows`, but for `given` and `yes`.
inline void copy_values(const Values &from, Rows rows, const Values &to) {
  if (to.numbers != nullptr) each_row(rows, [&](std::size_t row) { to.numbers[row] = from.numbers[row]; });
  if (to.texts != nullptr) each_row(rows, [&](std::size_t row) { to.texts[row] = from.texts[row]; });
}

/// Puts `cell_of(row)` where each of `rows` stands.
template<class CellOf> void put_cells(Rows rows, Values &out, CellOf &&cell_of) {
  Rows given = 0, yes = 0;
  each_row(rows, [&](std::size_t row) {
    const Cell &cell = cell_of(row);
    given |= static_cast<Rows>(cell.given) << row;
    yes |= static_cast<Rows>(cell.number != 0) << row;
    if (out.numbers != nullptr) out.numbers[row] = cell.number;
    if (out.texts != nullptr) out.texts[row] = cell.text;
  });
  out.given = merged(out.given, given, rows);
  out.yes = merged(out.yes, yes, rows);
}

// ---------- values ----------

struct ConstantNode : ScalarNode {
  Cell cell;
  ConstantNode(const Cell &of, Shape shape) : cell(of) {
    values_.given = of.given ? all_together : 0;
    if (shape == Shape::truth) values_.yes = of.number != 0 ? all_together : 0;
    numbers_.fill(of.number);
    texts_.fill(of.text);
    if (shape != Shape::truth) values_.numbers = numbers_.data();
    if (shape == Shape::text) values_.texts = texts_.data();
  }
  Values get(Batch &, Rows) const override { return values_; }

private:
  std::array<std::int64_t, rows_together> numbers_;
  std::array<std::string_view, rows_together> texts_;
  Values values_; // nobody writes through it
};
struct FieldNode : ScalarNode {
  std::size_t field;
  explicit FieldNode(int of) : field(static_cast<std::size_t>(of)) {}
  Values get(Batch &batch, Rows rows) const override {
    return batch.program.field(batch, field, rows).values;
  }
};
struct ElementNode : ScalarNode {
  std::size_t level;
  explicit ElementNode(int of) : level(static_cast<std::size_t>(of)) {}
  Values get(Batch &batch, Rows) const override {
    Batch::Current &current = batch.element(level);
    return {all_together, 0, current.codes.data(), current.texts.data()};
  }
};
/// A field of a row of a table that another value tells.
struct ColumnNode : ScalarNode {
  Scalar of_row;
  const std::vector<Cell> *column = nullptr;
  std::size_t place = 0; ///< in Batch::values
  Values get(Batch &batch, Rows rows) const override {
    const Values at = of_row->get(batch, rows);
    Values &out = batch.values[place];
    out.given &= ~rows;
    put_cells(rows & at.given, out, [&](std::size_t row) -> const Cell & {
      return (*column)[static_cast<std::size_t>(at.numbers[row])];
    });
    return out;
  }
};
/// The row of a table with a text as its only key.
struct LookupNode : ScalarNode {
  Scalar key;
  std::size_t fact = 0;  ///< the row, from 1
  std::size_t place = 0; ///< in Batch::values
  Values get(Batch &batch, Rows rows) const override {
    const Values at = key->get(batch, rows);
    Values &out = batch.values[place];
    Rows given = 0;
    each_row(rows & at.given, [&](std::size_t row) {
      const std::int32_t found = batch.facts.of(static_cast<std::int32_t>(at.numbers[row]), fact);
      given |= static_cast<Rows>(found != 0) << row;
      out.numbers[row] = found - 1;
    });
    out.given = merged(out.given, given, rows);
    return out;
  }
};
struct OrElseNode : ScalarNode {
  Scalar left, right;
  std::size_t place = 0; ///< in Batch::values
  Values get(Batch &batch, Rows rows) const override {
    const Values a = left->get(batch, rows);
    const Rows rest = rows & ~a.given;
    if (rest == 0) return a;
    const Values b = right->get(batch, rest);
    Values &out = batch.values[place];
    copy_values(a, rows & a.given, out);
    copy_values(b, rest & b.given, out);
    out.given = merged(out.given, a.given | (b.given & rest), rows);
    out.yes = merged(out.yes, merged(a.yes, b.yes, rest), rows);
    return out;
  }
};
struct RequiredNode : ScalarNode {
  Scalar operand;
  Values get(Batch &batch, Rows rows) const override {
    const Values values = operand->get(batch, rows);
    expect_given(values, rows, "a required value that is missing");
    return values;
  }
};
/// A table of the policy that is asked by one text.
struct ByTextNode : ScalarNode {
  Scalar argument;
  std::size_t fact = 0;     ///< which of the values
  std::vector<Cell> values; ///< the first is that of all other texts
  std::size_t place = 0;    ///< in Batch::values
  Values get(Batch &batch, Rows rows) const override {
    const Values at = argument->get(batch, rows);
    expect_given(at, rows, "a table that is asked for a missing value");
    Values &out = batch.values[place];
    put_cells(rows, out, [&](std::size_t row) -> const Cell & {
      const std::int32_t value = batch.facts.of(static_cast<std::int32_t>(at.numbers[row]), fact);
      return values[static_cast<std::size_t>(value)];
    });
    return out;
  }
};
/// A quantity of the rows with one of their fields changed.
struct ChangedNode : ScalarNode {
  std::size_t operand = 0;
  std::size_t field = 0;
  Scalar value;
  std::int64_t factor = 1; ///< from the scale of the value to that of the field
  List list;
  std::size_t place = 0; ///< in Batch::changed
  Values get(Batch &batch, Rows rows) const override {
    const Values values = value ? value->get(batch, rows) : Values{};
    const Elements *lists = list ? list->get(batch, rows) : nullptr;
    std::unique_ptr<Batch> &other = batch.changed[place];
    if (!other) other = batch.program.changed_batch(batch, field);
    for (Batch::Slot &slot : other->slots) slot.known &= ~rows;
    Batch::Slot &slot = other->slots[field];
    copy_values(values, rows, slot.values);
    if (factor != 1)
      each_row(rows & values.given, [&](std::size_t row) {
        const auto units = static_cast<number::Int128>(values.numbers[row]) * factor;
        slot.values.numbers[row] = static_cast<std::int64_t>(units);
        if (units != slot.values.numbers[row]) throw HandOver("a large number");
      });
    slot.values.given = merged(slot.values.given, list ? all_together : values.given, rows);
    slot.values.yes = merged(slot.values.yes, values.yes, rows);
    if (lists != nullptr) each_row(rows, [&](std::size_t row) { slot.lists[row] = lists[row]; });
    slot.known |= rows;
    return batch.program.field(*other, operand, rows).values;
  }
};

// ---------- true or false ----------

struct MissingNode : TruthNode {
  Scalar operand;
  bool given = false;
  Rows truth(Batch &batch, Rows rows) const override {
    const Rows values = operand->get(batch, rows).given;
    return (given ? values : ~values) & rows;
  }
};
struct NotNode : TruthNode {
  Scalar operand;
  Rows truth(Batch &batch, Rows rows) const override { return rows & ~operand->truth(batch, rows); }
};
/// Of several terms all hold, or any: they are asked in order, each at the rows that are not decided.
template<bool all> struct SeveralNode : TruthNode {
  std::vector<Scalar> terms;
  Rows truth(Batch &batch, Rows rows) const override {
    Rows left = rows;
    for (const Scalar &term : terms) {
      if (left == 0) break;
      const Rows holds = term->truth(batch, left);
      left = all ? holds : left & ~holds;
    }
    return all ? left : rows & ~left;
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
  Rows truth(Batch &batch, Rows rows) const override {
    const Values a = left->get(batch, rows), b = right->get(batch, rows);
    expect_given(a, rows, "a comparison with a missing value");
    expect_given(b, rows, "a comparison with a missing value");
    if (a.numbers == nullptr) return (signs & 0b010U) != 0 ? rows & ~(a.yes ^ b.yes) : rows & (a.yes ^ b.yes);
    return rows_where(rows, [&](std::size_t row) {
      const auto x = static_cast<number::Int128>(a.numbers[row]) * left_factor;
      const auto y = static_cast<number::Int128>(b.numbers[row]) * right_factor;
      return compares(signs, x, y);
    });
  }
};
/// With a number that is always the same.
struct FixedComparisonNode : TruthNode {
  Scalar operand;
  unsigned signs = 0;
  std::int64_t fixed = 0;
  Rows truth(Batch &batch, Rows rows) const override {
    const Values values = operand->get(batch, rows);
    expect_given(values, rows, "a comparison with a missing value");
    if (signs == 0b010U)
      return rows_where(rows, [&](std::size_t row) { return values.numbers[row] == fixed; });
    return rows_where(rows, [&](std::size_t row) { return compares(signs, values.numbers[row], fixed); });
  }
};
/// A text that some table knows is the same as another where their codes are.
struct SameTextNode : TruthNode {
  Scalar left, right;
  bool same = true; ///< or another
  Rows truth(Batch &batch, Rows rows) const override {
    const Values a = left->get(batch, rows), b = right->get(batch, rows);
    expect_given(a, rows, "a comparison with a missing value");
    expect_given(b, rows, "a comparison with a missing value");
    const Rows equal = rows_where(rows, [&](std::size_t row) {
      if (a.numbers[row] != b.numbers[row]) return false;
      return a.numbers[row] != Codes::unknown || a.texts[row] == b.texts[row];
    });
    return same ? equal : rows & ~equal;
  }
};
struct AmongNode : TruthNode {
  Scalar operand;
  std::vector<std::uint8_t> members; ///< by member
  bool negated = false;
  Rows truth(Batch &batch, Rows rows) const override {
    const Values values = operand->get(batch, rows);
    expect_given(values, rows, "a missing value among others");
    const Rows among = rows_where(
        rows, [&](std::size_t row) { return members[static_cast<std::size_t>(values.numbers[row])] != 0; });
    return negated ? rows & ~among : among;
  }
};
/// In the last key of a set with no other key.
struct InCodesNode : TruthNode {
  Scalar operand;
  std::size_t fact = 0;
  bool negated = false;
  Rows truth(Batch &batch, Rows rows) const override {
    const Values values = operand->get(batch, rows);
    expect_given(values, rows, "a missing value in a set");
    const Rows in = rows_where(rows, [&](std::size_t row) {
      return batch.facts.of(static_cast<std::int32_t>(values.numbers[row]), fact) != 0;
    });
    return negated ? rows & ~in : in;
  }
};
/// In the last key of a set with one more key.
struct InPairsNode : TruthNode {
  Scalar operand, key;
  bool negated = false;
  std::int64_t key_factor = 1;
  std::size_t fact = 0; ///< which of `keys`
  std::vector<std::vector<std::int64_t>>
      keys; ///< with which a code is in the set, rising; the first is empty
  Rows truth(Batch &batch, Rows rows) const override {
    const Values values = operand->get(batch, rows);
    expect_given(values, rows, "a missing value in a set");
    const auto keys_of = [&](std::size_t row) -> const std::vector<std::int64_t> & {
      return keys[static_cast<std::size_t>(
          batch.facts.of(static_cast<std::int32_t>(values.numbers[row]), fact))];
    };
    const Rows some = rows_where(rows, [&](std::size_t row) { return !keys_of(row).empty(); });
    Rows in = 0;
    if (some != 0) {
      const Values at = key->get(batch, some);
      expect_given(at, some, "a missing value in a set");
      in = rows_where(some, [&](std::size_t row) {
        const std::vector<std::int64_t> &of = keys_of(row);
        return std::binary_search(of.begin(), of.end(), at.numbers[row] * key_factor);
      });
    }
    return negated ? rows & ~in : in;
  }
};
struct InListNode : TruthNode {
  Scalar operand;
  List list;
  bool negated = false;
  Rows truth(Batch &batch, Rows rows) const override {
    const Values sought = operand->get(batch, rows);
    expect_given(sought, rows, "a missing value in a list");
    const Elements *lists = list->get(batch, rows);
    const Rows in = rows_where(rows, [&](std::size_t row) {
      return std::any_of(lists[row].begin(), lists[row].end(), [&](const Element &element) {
        if (element.code != sought.numbers[row]) return false;
        return element.code != Codes::unknown || element.text == sought.texts[row];
      });
    });
    return negated ? rows & ~in : in;
  }
};
/// What an element of a list alone tells, which is a fact of its code: true or false.
struct ElementFactNode : TruthNode {
  static constexpr std::int32_t fails = 2;
  std::size_t level = 0;
  std::size_t fact = 0;
  Scalar term; ///< asked itself where the fact is that it fails
  Rows truth(Batch &batch, Rows rows) const override {
    const Batch::Current &current = batch.element(level);
    Rows failing = 0;
    const Rows known = rows_where(rows, [&](std::size_t row) {
      const std::int32_t of = batch.facts.of(static_cast<std::int32_t>(current.codes[row]), fact);
      failing |= static_cast<Rows>(of == fails) << row;
      return of != 0;
    });
    return failing == 0 ? known : merged(known, term->truth(batch, failing), failing);
  }
};
/// The same of numbers, members, rows and days. The fact is 0 where it is missing.
struct ElementNumberNode : ScalarNode {
  static constexpr std::int32_t fails = 1, first = 2; ///< `first` is 0
  std::size_t level = 0;
  std::size_t fact = 0;
  std::size_t place = 0; ///< in Batch::values
  Scalar term;           ///< asked itself where the fact is that it fails, or that it is too great
  Values get(Batch &batch, Rows rows) const override {
    const Batch::Current &current = batch.element(level);
    Values &out = batch.values[place];
    Rows failing = 0;
    Rows given = rows_where(rows, [&](std::size_t row) {
      const std::int32_t of = batch.facts.of(static_cast<std::int32_t>(current.codes[row]), fact);
      failing |= static_cast<Rows>(of == fails) << row;
      out.numbers[row] = of - first;
      return of != 0;
    });
    if (failing != 0) {
      const Values values = term->get(batch, failing);
      copy_values(values, failing & values.given, out);
      given = merged(given, values.given, failing);
    }
    out.given = merged(out.given, given, rows);
    return out;
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
  std::size_t place = 0; ///< in Batch::values, of the first

  Values get(Batch &batch, Rows rows) const override;
  Rows truth(Batch &batch, Rows rows) const override;

private:
  using Places = std::array<const Element *, rows_together>;
  /// Those of `rows` that have an element that decides: the first for which the body holds, or of `all` does
  /// not. Where it is goes into `at`.
  Rows decided(Batch &batch, Rows rows, const Elements *lists, Places &at) const;
  Rows decided_by_facts(const CodeFacts &facts, Rows rows, const Elements *lists, Places &at) const;
};

// ---------- lists ----------

struct OwnListNode : ListNode {
  std::size_t field;
  explicit OwnListNode(int of) : field(static_cast<std::size_t>(of)) {}
  const Elements *get(Batch &batch, Rows rows) const override {
    return batch.program.field(batch, field, rows).lists;
  }
};
/// As its cell would say: one empty text is no element, or no element is one empty text.
inline void read_as_cell(Batch &batch, bool at_least_one, Elements &list) {
  if (!at_least_one && list.count == 1 && list.first->text.empty()) list = {};
  if (!at_least_one || list.count != 0) return;
  Element *empty = batch.make_elements(1);
  *empty = {{}, batch.program.code_of({})};
  list = {empty, 1, {}, false};
}
/// A list as the value of a field, which may have to have an element, or not.
struct CellListNode : ListNode {
  List list;
  bool at_least_one = false; ///< of the field
  std::size_t place = 0;     ///< in Batch::lists
  const Elements *get(Batch &batch, Rows rows) const override {
    const Elements *lists = list->get(batch, rows);
    Elements *out = batch.lists[place];
    each_row(rows, [&](std::size_t row) {
      out[row] = lists[row];
      read_as_cell(batch, at_least_one, out[row]);
    });
    return out;
  }
};
struct OthersNode : ListNode {
  List list;
  std::size_t place = 0; ///< in Batch::lists
  const Elements *get(Batch &batch, Rows rows) const override {
    const Elements *lists = list->get(batch, rows);
    Elements *out = batch.lists[place];
    each_row(rows, [&](std::size_t row) {
      const Elements &of = lists[row];
      out[row] = of.count < 2 ? Elements{} : Elements{of.first + 1, of.count - 1, {}, false};
    });
    return out;
  }
};
struct MadeListNode : ListNode {
  List list; ///< null: one element
  Scalar body;
  std::size_t place = 0; ///< in Batch::lists
  char separator = 0;
  bool at_least_one = false;
  const Elements *get(Batch &batch, Rows rows) const override;

private:
  /// The body at these rows becomes the element number `at` of each.
  void add(Batch &batch, Rows rows, std::size_t at, const std::array<Element *, rows_together> &out) const;
};
struct ConstantListNode : ListNode {
  std::vector<Element> elements;
  Batch::Lists all; ///< `elements` for each row
  const Elements *get(Batch &, Rows) const override { return all.data(); }
};

} // namespace steelyard::native
