// Making the nodes of a row program from the terms of the policy, and running them. See row_program.h.
#include "compiler/native/row_program.h"
#include "compiler/interpret/list_elements.h"
#include "compiler/interpret/term_walk.h"
#include "compiler/native/row_nodes.h"
#include "compiler/semantics/check.h"
#include "compiler/semantics/each_term.h"
#include "runtime/data/result_folder.h"
#include "runtime/number/calendar.h"
#include <algorithm>
#include <bit>
#include <chrono>
#include <exception>
#include <fmt/core.h>
#include <map>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <unordered_map>

namespace steelyard::native {

using namespace semantics;
using interpret::Frame;
using interpret::RowId;
using interpret::Run;
using interpret::Value;
using syntax::BinaryOp;
using syntax::ListOp;

namespace {

/// The policy, or a part of it, is not of this kind.
struct NotThisWay : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::int64_t power_of_ten(int exponent) {
  if (exponent < 0 || exponent > 18) throw NotThisWay("numbers of very different scales");
  std::int64_t out = 1;
  for (; exponent > 0; --exponent) out *= 10;
  return out;
}

const Term &bare(const Term &term) {
  const auto *inside = std::get_if<Parenthesized>(&term.node);
  return inside ? bare(*inside->inner) : term;
}

/// What a term in the condition of a table of rules looks at.
struct Reach {
  bool inner = false; ///< the row of the table
  bool outer = false; ///< the row that asks, or an element of one of its lists
};
Reach reach(const Term &term, int depth = 0, int binders = 0) {
  Reach out;
  const auto add = [&](const Reach &more) {
    out.inner |= more.inner;
    out.outer |= more.outer;
  };
  if (const auto *ref = std::get_if<FieldRef>(&term.node)) {
    const bool lookup = !ref->steps.empty() && ref->steps.front().field < 0;
    if (!lookup) { // a row that is looked up is that of its keys
      out.outer = ref->up > depth;
      out.inner = ref->up == depth;
    }
    for (const FieldRef::Step &step : ref->steps)
      for (const TermPtr &key : step.keys) add(reach(*key, depth - ref->up, binders));
    return out;
  }
  if (const auto *element = std::get_if<ElementRef>(&term.node)) {
    out.outer = element->level >= binders;
    return out;
  }
  if (const auto *list = std::get_if<ListTerm>(&term.node)) {
    if (list->list) add(reach(*list->list, depth, binders));
    if (list->body) add(reach(*list->body, depth, binders + (list->list ? 1 : 0)));
    return out;
  }
  if (const auto *aggregate = std::get_if<Aggregate>(&term.node)) {
    if (aggregate->operand) add(reach(*aggregate->operand, depth + 1, binders));
    if (aggregate->where) add(reach(*aggregate->where, depth + 1, binders));
    for (const Aggregate::Match &match : aggregate->matches) add(reach(*match.outer, depth, binders));
    return out;
  }
  interpret::each_part(term, [&](const Term &part) { add(reach(part, depth, binders)); });
  return out;
}

} // namespace

class RowProgram {
public:
  RowProgram(const Program &program, const data::Dataset &dataset, const interpret::RunOptions &options)
      : program_(program), dataset_(dataset), run_(program, dataset, options) {
    find_scope();
    const Scope &scope = program_.scopes[scope_];
    fields_.resize(scope.fields.size());
    for (std::size_t f = 0; f < scope.fields.size(); ++f) {
      const Field &field = scope.fields[f];
      if (field.definition >= 0)
        make_definition(static_cast<int>(f));
      else
        fields_[f].column = field.column;
    }
    facts_.finish(codes_.size());
  }

  Cell field(RowContext &row, int f) const {
    RowContext::Slot &slot = row.slots[f];
    if (row.known[f] == 0) compute(row, f, slot);
    return slot.cell;
  }
  Elements list(RowContext &row, int f) const {
    RowContext::Slot &slot = row.slots[f];
    if (row.known[f] == 0) compute(row, f, slot);
    return slot.list;
  }
  const CodeFacts &facts() const { return facts_; }
  std::int32_t code_of(const Cell &cell) const {
    return cell.number == Cell::not_looked_up ? codes_.find(cell.text)
                                              : static_cast<std::int32_t>(cell.number);
  }
  RowContext context() const {
    RowContext out;
    out.program = this;
    out.slots.resize(fields_.size());
    out.known.assign(fields_.size(), 0);
    out.made.resize(lists_made_);
    out.scratch.resize(scratch_words_);
    return out;
  }

  interpret::Settlement settle(int threads, std::size_t &rows);

private:
  // ---------- which scope ----------
  void find_scope();
  bool looks_at(const Term &term, int scope) const;

  // ---------- definitions ----------
  struct Line {
    Scalar condition; ///< null: always
    Scalar value;
    List list;
    int member = -1;
    bool none = false;
    std::int64_t factor = 1; ///< from the scale of the value to that of the definition
  };
  struct OfField {
    int column = -1;
    bool decide = false, is_list = false, is_number = false, optional = false;
    std::vector<Line> excepts, lines;
    std::optional<std::int64_t> low, high;
    bool low_exclusive = false;
  };
  void make_definition(int field);
  Line make_line(const Alternative &alternative, const Field &field, bool decide);
  void compute(RowContext &row, int f, RowContext::Slot &slot) const;
  void read_input(RowContext &row, int f, RowContext::Slot &slot) const;

  // ---------- terms ----------
  Scalar scalar(const Term &term, int base);
  Scalar comparison(const Binary &node, int base);
  Scalar in_set(const InSet &node, int base);
  Scalar list_test(const ListTerm &node, int base);
  Scalar path(const FieldRef &node, const Term &term, int base);
  Scalar aggregate(const Aggregate &node, int base);
  Scalar by_text(const TableCall &node, int base);
  List list_node(const Term &term, int base);
  Bits bits(const Term &term, int inner);
  Bits bits_of_comparison(const Binary &node, int inner);
  Bits bits_of_set(ListOp op, const InSet &set, bool negated, int inner, List list, Scalar operand);

  // ---------- values ----------
  Cell to_cell(const Value &value, const Type &type);
  Value at_row(const Term &term, int scope, int row) {
    Value value = run_.evaluate_quietly(term, Frame{scope, row, nullptr});
    if (interpret::is_failed(value)) throw NotThisWay("a condition that fails at a row of its table");
    return value;
  }
  const std::vector<Cell> &column_of(int scope, int field);
  /// A fact of codes that several terms may ask for, made once.
  template<class Make> std::size_t fact_of(const std::string &name, Make &&make) {
    const auto [at, is_new] = named_facts_.try_emplace(name, 0);
    if (is_new) at->second = facts_.add(make());
    return at->second;
  }
  static void put(std::vector<std::int32_t> &by_code, std::int32_t code, std::int32_t value) {
    const auto at = static_cast<std::size_t>(code);
    if (at >= by_code.size()) by_code.resize(at + 1, 0);
    by_code[at] = value;
  }
  /// The rows are those of its file, in its order: nothing needs to be made of them.
  bool is_file(int scope) const {
    const Scope &of = program_.scopes[scope];
    return of.table >= 0 && of.sources.size() == 1 && of.sources[0].input;
  }
  /// A key or input of such a scope, as it stands in the file.
  Cell stored(int scope, int field, std::size_t row);
  const std::vector<std::int32_t> &codes_of_texts(int table, int column);
  std::size_t rows_of(int scope) {
    return is_file(scope) ? dataset_.tables[program_.scopes[scope].table].rows : run_.rows(scope).size();
  }
  std::size_t words_of(int scope) { return (rows_of(scope) + 63) / 64; }
  /// The codes of the last key of a set, by what its other keys are.
  const std::map<std::string, std::vector<std::int32_t>> &set_by_keys(int scope);
  /// The sets of rows of `inner` that a code is in, by code; the sets one behind the other, the first empty.
  struct CodeSets {
    std::size_t fact = 0; ///< which of the sets
    std::vector<Word> sets;
    std::size_t words = 0;
    const Word *of(const CodeFacts &facts, std::int32_t code) const {
      return sets.data() + static_cast<std::size_t>(facts.of(code, fact)) * words;
    }
  };
  const CodeSets &code_sets(const InSet &set, int inner);
  std::shared_ptr<CodeSets> made_sets(std::vector<std::vector<std::int32_t>> codes_of_row, std::size_t words);

  const Program &program_;
  const data::Dataset &dataset_;
  Run run_; ///< of the tables; the rows of the scope itself are never made in it
  Codes codes_;
  CodeFacts facts_;
  std::deque<std::string> texts_;
  int scope_ = -1;
  std::vector<OfField> fields_;
  std::size_t lists_made_ = 0;
  std::size_t scratch_words_ = 64;
  std::map<std::pair<int, int>, std::vector<Cell>> columns_;
  std::map<std::string, std::size_t> named_facts_;
  std::map<std::pair<int, int>, std::vector<std::int32_t>> codes_of_texts_; ///< by table and column
  std::map<int, std::map<std::string, std::vector<std::int32_t>>> sets_by_keys_;
  std::map<std::string, std::shared_ptr<CodeSets>> code_sets_;

  friend struct ChangedNode;
};

namespace {

// ---------- nodes ----------

Cell truth_cell(bool truth) {
  return {truth ? 1 : 0, {}, true};
}

struct ConstantNode : ScalarNode {
  Cell cell;
  explicit ConstantNode(const Cell &of) : cell(of) {}
  Cell get(RowContext &) const override { return cell; }
};
struct FieldNode : ScalarNode {
  int field;
  explicit FieldNode(int of) : field(of) {}
  Cell get(RowContext &row) const override {
    return row.known[field] != 0 ? row.slots[field].cell : row.program->field(row, field);
  }
};
struct ElementNode : ScalarNode {
  int level;
  explicit ElementNode(int of) : level(of) {}
  Cell get(RowContext &row) const override {
    const Element &element = row.elements[row.elements.size() - 1 - static_cast<std::size_t>(level)];
    return {element.code, element.text, true};
  }
};
/// A field of a row of a table that another value tells.
struct ColumnNode : ScalarNode {
  Scalar of_row;
  const std::vector<Cell> *column;
  ColumnNode(Scalar row, const std::vector<Cell> *of) : of_row(std::move(row)), column(of) {}
  Cell get(RowContext &row) const override {
    const Cell at = of_row->get(row);
    return at.given ? (*column)[static_cast<std::size_t>(at.number)] : Cell{};
  }
};
/// The row of a table with a text as its only key.
struct LookupNode : ScalarNode {
  Scalar key;
  std::size_t fact = 0; ///< the row, from 1
  Cell get(RowContext &row) const override {
    const Cell at = key->get(row);
    if (!at.given) return {};
    const std::int32_t found = row.program->facts().of(row.program->code_of(at), fact);
    if (found == 0) return {};
    return {found - 1, {}, true};
  }
};
struct MissingNode : ScalarNode {
  Scalar operand;
  bool given;
  Cell get(RowContext &row) const override { return truth_cell(operand->get(row).given == given); }
};
struct NotNode : ScalarNode {
  Scalar operand;
  Cell get(RowContext &row) const override { return truth_cell(!operand->truth(row)); }
};
struct LogicalNode : ScalarNode {
  Scalar left, right;
  bool both;
  Cell get(RowContext &row) const override {
    return truth_cell(both ? left->truth(row) && right->truth(row) : left->truth(row) || right->truth(row));
  }
};
struct OrElseNode : ScalarNode {
  Scalar left, right;
  Cell get(RowContext &row) const override {
    const Cell cell = left->get(row);
    return cell.given ? cell : right->get(row);
  }
};
struct RequiredNode : ScalarNode {
  Scalar operand;
  Cell get(RowContext &row) const override {
    const Cell cell = operand->get(row);
    if (!cell.given) throw HandOver("a required value that is missing");
    return cell;
  }
};
bool compares(BinaryOp op, int sign) {
  switch (op) {
  case BinaryOp::less:
    return sign < 0;
  case BinaryOp::less_equal:
    return sign <= 0;
  case BinaryOp::greater:
    return sign > 0;
  case BinaryOp::greater_equal:
    return sign >= 0;
  case BinaryOp::equal:
    return sign == 0;
  default:
    return sign != 0;
  }
}
struct ComparisonNode : ScalarNode {
  Scalar left, right;
  BinaryOp op = BinaryOp::equal;
  bool texts = false;
  std::int64_t left_factor = 1, right_factor = 1;
  Cell get(RowContext &row) const override {
    const Cell a = left->get(row), b = right->get(row);
    if (!a.given || !b.given) throw HandOver("a comparison with a missing value");
    if (texts) return truth_cell((a.text == b.text) == (op == BinaryOp::equal));
    const auto x = static_cast<number::Int128>(a.number) * left_factor;
    const auto y = static_cast<number::Int128>(b.number) * right_factor;
    return truth_cell(compares(op, x < y ? -1 : x > y ? 1 : 0));
  }
};
struct AmongNode : ScalarNode {
  Scalar operand;
  std::vector<std::uint8_t> members; ///< by member
  bool negated = false;
  Cell get(RowContext &row) const override {
    const Cell cell = operand->get(row);
    return truth_cell((members[static_cast<std::size_t>(cell.number)] != 0) != negated);
  }
};
/// In the last key of a set with no other key.
struct InCodesNode : ScalarNode {
  Scalar operand;
  std::size_t fact = 0;
  bool negated = false;
  Cell get(RowContext &row) const override {
    const std::int32_t code = row.program->code_of(operand->get(row));
    return truth_cell((row.program->facts().of(code, fact) != 0) != negated);
  }
};
/// In the last key of a set with one more key.
struct InPairsNode : ScalarNode {
  Scalar operand, key;
  bool key_is_text = false, negated = false;
  std::int64_t key_factor = 1;
  std::size_t fact = 0; ///< which of `keys`
  std::vector<std::vector<std::int64_t>>
      keys; ///< with which a code is in the set, rising; the first is empty
  Cell get(RowContext &row) const override {
    const std::int32_t code = row.program->code_of(operand->get(row));
    const std::vector<std::int64_t> &of = keys[static_cast<std::size_t>(row.program->facts().of(code, fact))];
    if (of.empty()) return truth_cell(negated);
    const Cell at = key->get(row);
    const std::int64_t number = key_is_text ? row.program->code_of(at) : at.number * key_factor;
    return truth_cell(std::binary_search(of.begin(), of.end(), number) != negated);
  }
};
struct InListNode : ScalarNode {
  Scalar operand;
  List list;
  bool negated = false;
  Cell get(RowContext &row) const override {
    const Cell sought = operand->get(row);
    for (const Element &element : list->get(row))
      if (element.text == sought.text) return truth_cell(!negated);
    return truth_cell(negated);
  }
};
struct ListTestNode : ScalarNode {
  List list;
  Scalar body; ///< may be null
  ListOp op = ListOp::any;
  Cell get(RowContext &row) const override {
    for (const Element &element : list->get(row)) {
      if (body) {
        row.elements.push_back(element);
        const bool holds = body->truth(row);
        row.elements.pop_back();
        if (holds == (op == ListOp::all)) continue;
      }
      if (op == ListOp::first) return {element.code, element.text, true};
      return truth_cell(op == ListOp::any);
    }
    if (op == ListOp::first) return {};
    return truth_cell(op != ListOp::any);
  }
};
struct FirstBitNode : ScalarNode {
  Bits condition;
  std::size_t words = 0, rows = 0;
  bool count = false;
  Cell get(RowContext &row) const override {
    // A condition may ask for a quantity that asks a table itself.
    const std::size_t used = row.used, from = row.from, to = row.to;
    row.from = 0;
    row.to = words;
    const Word *set = condition->get(row);
    Cell out;
    if (count) {
      out.given = true;
      for (std::size_t w = 0; w < words; ++w) out.number += std::popcount(set[w]);
    } else {
      for (std::size_t w = 0; w < words && !out.given; ++w)
        if (set[w] != 0) out = {static_cast<std::int64_t>(w * 64) + std::countr_zero(set[w]), {}, true};
    }
    row.used = used;
    row.from = from;
    row.to = to;
    return out;
  }
};
struct ByTextNode : ScalarNode {
  Scalar argument;
  std::unordered_map<std::string_view, Cell> rows;
  Cell others;
  Cell get(RowContext &row) const override {
    const auto found = rows.find(argument->get(row).text);
    return found == rows.end() ? others : found->second;
  }
};

struct OwnListNode : ListNode {
  int field;
  explicit OwnListNode(int of) : field(of) {}
  Elements get(RowContext &row) const override {
    return row.known[field] != 0 ? row.slots[field].list : row.program->list(row, field);
  }
};
struct OthersNode : ListNode {
  List list;
  Elements get(RowContext &row) const override {
    const Elements of = list->get(row);
    return of.count == 0 ? of : Elements{of.first + 1, of.count - 1};
  }
};
struct MadeListNode : ListNode {
  List list; ///< null: one element
  Scalar body;
  std::size_t place = 0; ///< in RowContext::made
  char separator = 0;
  bool at_least_one = false;
  void add(RowContext &row, std::vector<Element> &out) const {
    const Cell cell = body->get(row);
    if (!cell.given || cell.text.find(separator) != std::string_view::npos)
      throw HandOver("an element that is missing or holds the separator");
    out.push_back({cell.text, row.program->code_of(cell)});
  }
  Elements get(RowContext &row) const override {
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
    if (at_least_one && out.empty()) out.push_back({});
    return {out.data(), out.size()};
  }
};
struct ConstantListNode : ListNode {
  std::vector<Element> elements;
  Elements get(RowContext &) const override { return {elements.data(), elements.size()}; }
};

struct MaskNode : BitsNode {
  std::vector<Word> mask;
  const Word *get(RowContext &) const override { return mask.data(); }
};
struct BroadcastNode : BitsNode {
  Scalar truth;
  std::vector<Word> none, all;
  const Word *get(RowContext &row) const override { return truth->truth(row) ? all.data() : none.data(); }
};
struct BothBitsNode : BitsNode {
  Bits left, right;
  BinaryOp op = BinaryOp::logical_and; ///< equal: both or none
  std::size_t words = 0;
  std::vector<Word> all;
  const Word *get(RowContext &row) const override {
    const Word *a = left->get(row);
    const std::size_t from = row.from, to = row.to;
    if (op == BinaryOp::logical_and) { // the right side is asked only where the left one holds
      while (row.from < row.to && a[row.from] == 0) ++row.from;
      while (row.from < row.to && a[row.to - 1] == 0) --row.to;
      if (row.from == row.to) {
        row.from = from;
        row.to = to;
        return a;
      }
    }
    const Word *b = right->get(row);
    Word *out = row.take(words);
    switch (op) {
    case BinaryOp::logical_and:
      std::fill(out + from, out + row.from, 0);
      for (std::size_t w = row.from; w < row.to; ++w) out[w] = a[w] & b[w];
      std::fill(out + row.to, out + to, 0);
      row.from = from;
      row.to = to;
      break;
    case BinaryOp::logical_or:
      for (std::size_t w = from; w < to; ++w) out[w] = a[w] | b[w];
      break;
    default:
      for (std::size_t w = from; w < to; ++w) out[w] = ~(a[w] ^ b[w]) & all[w];
    }
    return out;
  }
};
struct NotBitsNode : BitsNode {
  Bits operand;
  std::vector<Word> all;
  const Word *get(RowContext &row) const override {
    const Word *of = operand->get(row);
    Word *out = row.take(all.size());
    for (std::size_t w = row.from; w < row.to; ++w) out[w] = ~of[w] & all[w];
    return out;
  }
};
/// For each of some lists that rows of the table hold: where the test holds of the list, its rows.
struct ByListBitsNode : BitsNode {
  struct Group {
    Scalar test;
    std::vector<Word> rows;
  };
  std::vector<Group> groups;
  std::size_t words = 0;
  const Word *get(RowContext &row) const override {
    Word *out = row.take(words);
    std::fill(out + row.from, out + row.to, 0);
    for (const Group &group : groups)
      if (group.test->truth(row))
        for (std::size_t w = row.from; w < row.to; ++w) out[w] |= group.rows[w];
    return out;
  }
};
/// Rows of the table whose value compares with one of the row that asks.
struct ThresholdBitsNode : BitsNode {
  Scalar asked;
  bool texts = false;
  std::int64_t factor = 1;            ///< of the asked value
  BinaryOp op = BinaryOp::equal;      ///< of the row's value and the asked one
  std::vector<number::Int128> values; ///< of rows, rising, each once
  std::vector<Word>
      sets; ///< equal: by value; else by how many values are less: their rows; then, empty and all
  std::vector<Word> given, none;
  std::size_t words = 0;
  const Word *get(RowContext &row) const override {
    const Cell cell = asked->get(row);
    if (!cell.given) return none.data(); // not looked at: the condition has asked before
    const number::Int128 x =
        texts ? row.program->code_of(cell) : static_cast<number::Int128>(cell.number) * factor;
    const auto at = std::lower_bound(values.begin(), values.end(), x);
    const auto i = static_cast<std::size_t>(at - values.begin());
    const bool same = at != values.end() && *at == x;
    Word *out = nullptr;
    switch (op) {
    case BinaryOp::equal:
      return same ? sets.data() + i * words : none.data();
    case BinaryOp::not_equal:
      if (!same) return given.data();
      out = row.take(words);
      for (std::size_t w = row.from; w < row.to; ++w) out[w] = given[w] & ~sets[i * words + w];
      return out;
    default:
      break;
    }
    // sets[k]: the rows of the first k values.
    const bool with_same = op == BinaryOp::less_equal || op == BinaryOp::greater;
    const Word *less = sets.data() + (i + (same && with_same ? 1 : 0)) * words;
    if (op == BinaryOp::less || op == BinaryOp::less_equal) return less;
    out = row.take(words);
    for (std::size_t w = row.from; w < row.to; ++w) out[w] = given[w] & ~less[w];
    return out;
  }
};

} // namespace

/// A quantity of the row with one of its fields changed.
struct ChangedNode : ScalarNode {
  const RowProgram *program = nullptr;
  int operand = -1, field = -1;
  Scalar value;
  List list;
  Cell get(RowContext &row) const override {
    if (!row.changed) row.changed = std::make_unique<RowContext>(program->context());
    RowContext &other = *row.changed;
    const Cell cell = value ? value->get(row) : Cell{};
    const Elements elements = list ? list->get(row) : Elements{};
    other.row = row.row;
    std::fill(other.known.begin(), other.known.end(), 0);
    // What `with` outside has changed stays so.
    for (std::size_t f = 0; f < row.known.size(); ++f) {
      if (row.known[f] != 2) continue;
      other.slots[f].cell = row.slots[f].cell;
      other.slots[f].list = row.slots[f].list;
      other.known[f] = 2;
    }
    other.slots[field].cell = cell;
    other.slots[field].list = elements;
    other.known[field] = 2;
    return program->field(other, operand);
  }
};

namespace {

/// The sets of rows that codes are in, of one text or of the elements of a list.
template<class Sets> struct SetBitsNode : BitsNode {
  std::shared_ptr<Sets> keep;
  const Sets *sets = nullptr;
  List list;
  Scalar operand;
  ListOp op = ListOp::any;
  bool negated = false;
  std::vector<Word> all;
  const Word *get(RowContext &row) const override {
    const std::size_t words = all.size();
    if (operand && !negated) return sets->of(row.program->facts(), row.program->code_of(operand->get(row)));
    Word *out = row.take(words);
    if (operand) {
      const Word *in = sets->of(row.program->facts(), row.program->code_of(operand->get(row)));
      for (std::size_t w = row.from; w < row.to; ++w) out[w] = ~in[w] & all[w];
      return out;
    }
    const bool conjunction = op == ListOp::all;
    for (std::size_t w = row.from; w < row.to; ++w) out[w] = conjunction ? all[w] : 0;
    for (const Element &element : list->get(row)) {
      const Word *in = sets->of(row.program->facts(), element.code);
      for (std::size_t w = row.from; w < row.to; ++w) out[w] = conjunction ? out[w] & in[w] : out[w] | in[w];
    }
    if (op == ListOp::none)
      for (std::size_t w = row.from; w < row.to; ++w) out[w] = ~out[w] & all[w];
    return out;
  }
};

std::vector<Word> all_rows(std::size_t rows) {
  std::vector<Word> out((rows + 63) / 64, ~Word{0});
  if (rows % 64 != 0) out.back() = (Word{1} << (rows % 64)) - 1;
  return out;
}

void set_bit(Word *set, std::size_t row) {
  set[row / 64] |= Word{1} << (row % 64);
}

} // namespace

// ---------- which scope ----------

bool RowProgram::looks_at(const Term &term, int scope) const {
  bool found = false;
  each_term(term, [&](const Term &part) {
    if (const auto *ref = std::get_if<FieldRef>(&part.node)) {
      found = found || ref->scope == scope;
      for (const FieldRef::Step &step : ref->steps)
        found = found || step.scope == scope || step.from == scope;
    }
    if (const auto *a = std::get_if<Aggregate>(&part.node)) found = found || a->scope == scope;
    if (const auto *in = std::get_if<InSet>(&part.node)) found = found || in->scope == scope;
  });
  return found;
}

void RowProgram::find_scope() {
  for (const Definition &definition : program_.definitions) {
    bool lists = false;
    each_term(definition, [&](const Term &part) {
      const auto *a = std::get_if<Aggregate>(&part.node);
      lists = lists || std::holds_alternative<With>(part.node) || std::holds_alternative<InSet>(part.node) ||
              (a && a->op == syntax::AggregateOp::first);
    });
    const Scope &scope = program_.scopes[definition.scope];
    const bool of_tables = scope.table >= 0 && program_.schema.tables[scope.table].of_tables;
    if (!lists || of_tables) continue;
    if (scope_ >= 0 && scope_ != definition.scope) throw NotThisWay("lists on rows of several scopes");
    scope_ = definition.scope;
  }
  if (scope_ < 0) throw NotThisWay(""); // no lists at all
  const Scope &scope = program_.scopes[scope_];
  if (scope.table < 0 || scope.key_count != 1 || scope.fields[0].type.kind != TypeKind::text ||
      scope.sources.size() != 1 || !scope.sources[0].input)
    throw NotThisWay("rows that are not those of a file with one text as their key");
  for (const Check &check : program_.checks)
    if (check.scope == scope_) throw NotThisWay("checks of the rows themselves");
  for (const Definition &definition : program_.definitions) {
    if (definition.scope == scope_) continue;
    bool found = false;
    each_term(definition, [&](const Term &part) { found = found || looks_at(part, scope_); });
    if (found) throw NotThisWay("quantities of other scopes that rest on the rows");
  }
  for (std::size_t s = 0; s < program_.scopes.size(); ++s)
    for (const RowSource &source : program_.scopes[s].sources)
      if (source.scope == scope_) throw NotThisWay("rows of other scopes that are made from the rows");
}

// ---------- values ----------

Cell RowProgram::to_cell(const Value &value, const Type &type) {
  Cell out;
  if (interpret::is_failed(value)) throw NotThisWay("a value of a table that cannot be had");
  if (interpret::is_missing(value)) return out;
  out.given = true;
  if (const bool *truth = std::get_if<bool>(&value)) out.number = *truth ? 1 : 0;
  if (const Member *member = std::get_if<Member>(&value)) out.number = member->index;
  if (const Day *day = std::get_if<Day>(&value)) out.number = day->days;
  if (const Month *month = std::get_if<Month>(&value)) out.number = month->months;
  if (const RowId *row = std::get_if<RowId>(&value)) out.number = row->row;
  if (const interpret::Text *text = std::get_if<interpret::Text>(&value)) {
    out.text = text->text;
    if (type.kind == TypeKind::text) out.number = codes_.add(text->text);
  }
  if (const Exact *exact = std::get_if<Exact>(&value)) {
    if (type.scale < 0 || !number::fits_scale(*exact, type.scale))
      throw NotThisWay("numbers without fixed decimals");
    const number::Integer units = number::round(*exact, type.scale, number::Rounding::half_up).units;
    if (units > number::Integer(std::numeric_limits<std::int64_t>::max()) ||
        units < number::Integer(std::numeric_limits<std::int64_t>::min()))
      throw NotThisWay("large numbers");
    out.number = static_cast<std::int64_t>(static_cast<number::Int128>(units));
  }
  return out;
}

const std::vector<Cell> &RowProgram::column_of(int scope, int field) {
  const auto [at, is_new] = columns_.try_emplace({scope, field});
  if (!is_new) return at->second;
  if (scope == scope_) throw NotThisWay("other rows of the scope");
  const Type &type = program_.scopes[scope].fields[field].type;
  const std::size_t rows = rows_of(scope);
  at->second.reserve(rows);
  const Field &of = program_.scopes[scope].fields[field];
  const bool in_file = is_file(scope) && of.definition < 0 &&
                       (type.kind != TypeKind::row || is_file(type.domain)) && !of.default_value;
  for (std::size_t row = 0; row < rows; ++row)
    at->second.push_back(in_file ? stored(scope, field, row)
                                 : to_cell(run_.value(scope, static_cast<int>(row), field), type));
  return at->second;
}

const std::vector<std::int32_t> &RowProgram::codes_of_texts(int table, int column) {
  const auto [at, is_new] = codes_of_texts_.try_emplace({table, column});
  if (!is_new) return at->second;
  const data::Dictionary &texts = dataset_.tables[table].columns[column].dictionary;
  at->second.reserve(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) at->second.push_back(codes_.add(texts[i]));
  return at->second;
}

Cell RowProgram::stored(int scope, int field, std::size_t row) {
  const Scope &of = program_.scopes[scope];
  const int place = of.fields[field].column;
  const data::Column &column = dataset_.tables[of.table].columns[place];
  Cell out;
  if (!column.is_given(row)) return out;
  out.given = true;
  if (program_.schema.tables[of.table].fields[place].kind == data::FieldKind::text) {
    const auto text = static_cast<std::size_t>(column.narrow(row));
    out.text = column.dictionary[text];
    if (of.fields[field].type.kind == TypeKind::text) out.number = codes_of_texts(of.table, place)[text];
    return out;
  }
  const data::Int128 value = column.get(row);
  if (value > std::numeric_limits<std::int64_t>::max() || value < std::numeric_limits<std::int64_t>::min())
    throw NotThisWay("large numbers");
  out.number = static_cast<std::int64_t>(value);
  return out;
}

namespace {
void append_key(std::string &out, std::int64_t number) {
  out.append(reinterpret_cast<const char *>(&number), sizeof number);
}
} // namespace

const std::map<std::string, std::vector<std::int32_t>> &RowProgram::set_by_keys(int scope) {
  const auto [at, is_new] = sets_by_keys_.try_emplace(scope);
  if (!is_new) return at->second;
  if (scope == scope_) throw NotThisWay("sets of the rows themselves");
  const Scope &of = program_.scopes[scope];
  const int last = of.key_count - 1;
  if (of.fields[last].type.kind != TypeKind::text) throw NotThisWay("sets of other values than texts");
  std::string keys;
  if (is_file(scope)) {
    std::vector<std::int32_t> *codes = nullptr;
    std::string before;
    for (std::size_t row = 0; row < rows_of(scope); ++row) {
      keys.clear();
      for (int k = 0; k < last; ++k) append_key(keys, stored(scope, k, row).number);
      if (codes == nullptr || keys != before) codes = &at->second[keys]; // rows of one list stand together
      before = keys;
      codes->push_back(static_cast<std::int32_t>(stored(scope, last, row).number));
    }
    return at->second;
  }
  for (const interpret::Key &key : run_.rows(scope).keys) {
    keys.clear();
    for (int k = 0; k < last; ++k) append_key(keys, to_cell(key[k], of.fields[k].type).number);
    at->second[keys].push_back(codes_.add(std::get<interpret::Text>(key[last]).text));
  }
  return at->second;
}

std::shared_ptr<RowProgram::CodeSets>
RowProgram::made_sets(std::vector<std::vector<std::int32_t>> codes_of_row, std::size_t words) {
  auto out = std::make_shared<CodeSets>();
  out->words = words;
  std::vector<std::int32_t> set_of_code(codes_.size(), 0);
  // Rows by code, then each set of rows once.
  std::vector<std::vector<std::int32_t>> rows_of_code(codes_.size());
  for (std::size_t row = 0; row < codes_of_row.size(); ++row)
    for (const std::int32_t code : codes_of_row[row])
      rows_of_code[static_cast<std::size_t>(code)].push_back(static_cast<std::int32_t>(row));
  std::map<std::vector<std::int32_t>, std::int32_t> numbers{{{}, 0}};
  out->sets.assign(words, 0);
  for (std::size_t code = 0; code < rows_of_code.size(); ++code) {
    const auto [at, is_new] =
        numbers.try_emplace(rows_of_code[code], static_cast<std::int32_t>(numbers.size()));
    set_of_code[code] = at->second;
    if (!is_new) continue;
    out->sets.resize(out->sets.size() + words, 0);
    for (const std::int32_t row : at->first)
      set_bit(out->sets.data() + out->sets.size() - words, static_cast<std::size_t>(row));
  }
  out->fact = facts_.add(std::move(set_of_code));
  return out;
}

/// By the keys that stand in the rows of `inner`, or by the lists there.
const RowProgram::CodeSets &RowProgram::code_sets(const InSet &set, int inner) {
  std::string name = fmt::format("{}:", inner);
  if (set.scope >= 0) {
    name += program_.scopes[set.scope].names.ident;
    for (const TermPtr &key : set.keys) name += "|" + canonical_text(*key, program_);
  } else {
    name += canonical_text(*set.list, program_);
  }
  std::shared_ptr<CodeSets> &made = code_sets_[name];
  if (made) return *made;
  const std::size_t rows = rows_of(inner);
  std::vector<std::vector<std::int32_t>> codes_of_row(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    if (set.scope < 0) {
      const Value list = at_row(*set.list, inner, static_cast<int>(row));
      for (const std::string_view element :
           interpret::ListElements(std::get<interpret::Text>(list).text, set.list->type))
        codes_of_row[row].push_back(codes_.add(element));
      continue;
    }
    std::string keys;
    bool given = true;
    for (std::size_t k = 0; k < set.keys.size() && given; ++k) {
      const Cell cell = to_cell(at_row(*set.keys[k], inner, static_cast<int>(row)),
                                program_.scopes[set.scope].fields[k].type);
      given = cell.given; // else the condition has asked before
      append_key(keys, cell.number);
    }
    if (!given) continue;
    const auto &by_keys = set_by_keys(set.scope);
    if (const auto found = by_keys.find(keys); found != by_keys.end()) codes_of_row[row] = found->second;
  }
  made = made_sets(std::move(codes_of_row), words_of(inner));
  return *made;
}

// ---------- terms at the row ----------

Scalar RowProgram::scalar(const Term &term, int base) {
  if (const auto *inside = std::get_if<Parenthesized>(&term.node)) return scalar(*inside->inner, base);
  if (const auto *constant = std::get_if<Constant>(&term.node))
    return std::make_unique<ConstantNode>(to_cell(run_.constant(*constant, term.type), term.type));
  if (const auto *parameter = std::get_if<ParameterRef>(&term.node))
    return std::make_unique<ConstantNode>(to_cell(run_.parameter(parameter->parameter), term.type));
  if (const auto *ref = std::get_if<FieldRef>(&term.node)) return path(*ref, term, base);
  if (const auto *element = std::get_if<ElementRef>(&term.node))
    return std::make_unique<ElementNode>(element->level);
  if (const auto *test = std::get_if<MissingTest>(&term.node)) {
    auto out = std::make_unique<MissingNode>();
    out->operand = scalar(*test->operand, base);
    out->given = test->given;
    return out;
  }
  if (const auto *unary = std::get_if<Unary>(&term.node)) {
    if (unary->op == syntax::UnaryOp::negate) throw NotThisWay("arithmetic");
    if (unary->op == syntax::UnaryOp::required) {
      auto out = std::make_unique<RequiredNode>();
      out->operand = scalar(*unary->operand, base);
      return out;
    }
    auto out = std::make_unique<NotNode>();
    out->operand = scalar(*unary->operand, base);
    return out;
  }
  if (const auto *binary = std::get_if<Binary>(&term.node)) {
    if (binary->op == BinaryOp::logical_and || binary->op == BinaryOp::logical_or) {
      auto out = std::make_unique<LogicalNode>();
      out->left = scalar(*binary->left, base);
      out->right = scalar(*binary->right, base);
      out->both = binary->op == BinaryOp::logical_and;
      return out;
    }
    if (binary->op == BinaryOp::or_else) {
      if (binary->left->type.kind == TypeKind::number &&
          binary->left->type.scale != binary->right->type.scale)
        throw NotThisWay("numbers of different scales");
      auto out = std::make_unique<OrElseNode>();
      out->left = scalar(*binary->left, base);
      out->right = scalar(*binary->right, base);
      return out;
    }
    return comparison(*binary, base);
  }
  if (const auto *among = std::get_if<Membership>(&term.node)) {
    auto out = std::make_unique<AmongNode>();
    out->operand = scalar(*among->operand, base);
    out->members.assign(program_.enums[among->operand->type.domain].members.size(), 0);
    for (const int member : among->members) out->members[static_cast<std::size_t>(member)] = 1;
    out->negated = among->negated;
    return out;
  }
  if (const auto *in = std::get_if<InSet>(&term.node)) return in_set(*in, base);
  if (const auto *list = std::get_if<ListTerm>(&term.node)) return list_test(*list, base);
  if (const auto *node = std::get_if<Aggregate>(&term.node)) return aggregate(*node, base);
  if (const auto *call = std::get_if<TableCall>(&term.node)) return by_text(*call, base);
  if (const auto *with = std::get_if<With>(&term.node)) {
    auto out = std::make_unique<ChangedNode>();
    if (base != 0 || with->scope != scope_) throw NotThisWay("`with` inside a condition of a table");
    out->program = this;
    out->operand = std::get<FieldRef>(bare(*with->operand).node).field;
    out->field = with->field;
    if (with->value->type.kind == TypeKind::list)
      out->list = list_node(*with->value, base);
    else
      out->value = scalar(*with->value, base);
    if (program_.scopes[scope_].fields[out->operand].type.kind == TypeKind::list)
      throw NotThisWay("`with` of a list");
    return out;
  }
  throw NotThisWay("a formula of a kind that is not done row by row");
}

Scalar RowProgram::comparison(const Binary &node, int base) {
  const Type &a = node.left->type;
  const Type &b = node.right->type;
  if (node.op < BinaryOp::less || node.op > BinaryOp::not_equal) throw NotThisWay("arithmetic");
  auto out = std::make_unique<ComparisonNode>();
  out->op = node.op;
  if (a.kind == TypeKind::list) throw NotThisWay("comparisons of lists");
  out->texts = a.kind == TypeKind::text;
  if (a.kind == TypeKind::number) {
    if (a.scale < 0 || b.scale < 0) throw NotThisWay("numbers without fixed decimals");
    const int scale = std::max(a.scale, b.scale);
    out->left_factor = power_of_ten(scale - a.scale);
    out->right_factor = power_of_ten(scale - b.scale);
  }
  out->left = scalar(*node.left, base);
  out->right = scalar(*node.right, base);
  return out;
}

Scalar RowProgram::in_set(const InSet &node, int base) {
  if (node.list) {
    auto out = std::make_unique<InListNode>();
    out->operand = scalar(*node.operand, base);
    out->list = list_node(*node.list, base);
    out->negated = node.negated;
    return out;
  }
  const auto &sets = set_by_keys(node.scope);
  if (node.keys.empty()) {
    auto out = std::make_unique<InCodesNode>();
    out->operand = scalar(*node.operand, base);
    out->negated = node.negated;
    out->fact = fact_of("in:" + program_.scopes[node.scope].names.ident, [&] {
      std::vector<std::int32_t> in;
      for (const auto &[keys, codes] : sets)
        for (const std::int32_t code : codes) put(in, code, 1);
      return in;
    });
    return out;
  }
  if (node.keys.size() > 1) throw NotThisWay("sets with several keys that the row tells");
  auto out = std::make_unique<InPairsNode>();
  const Type &type = program_.scopes[node.scope].fields[0].type;
  out->operand = scalar(*node.operand, base);
  out->key = scalar(*node.keys[0], base);
  out->key_is_text = type.kind == TypeKind::text;
  if (type.kind == TypeKind::number) {
    if (node.keys[0]->type.scale > type.scale) throw NotThisWay("numbers of different scales");
    out->key_factor = power_of_ten(type.scale - node.keys[0]->type.scale);
  }
  out->negated = node.negated;
  std::vector<std::vector<std::int64_t>> keys_of_code(codes_.size());
  for (const auto &[keys, codes] : sets) {
    std::int64_t key = 0;
    std::memcpy(&key, keys.data(), sizeof key);
    for (const std::int32_t code : codes) keys_of_code[static_cast<std::size_t>(code)].push_back(key);
  }
  std::map<std::vector<std::int64_t>, std::int32_t> numbers{{{}, 0}};
  out->keys.emplace_back();
  std::vector<std::int32_t> by_code(keys_of_code.size(), 0);
  for (std::size_t code = 0; code < keys_of_code.size(); ++code) {
    std::sort(keys_of_code[code].begin(), keys_of_code[code].end());
    const auto [at, is_new] =
        numbers.try_emplace(keys_of_code[code], static_cast<std::int32_t>(numbers.size()));
    by_code[code] = at->second;
    if (is_new) out->keys.push_back(at->first);
  }
  out->fact = facts_.add(std::move(by_code));
  return out;
}

Scalar RowProgram::list_test(const ListTerm &node, int base) {
  if (node.op == ListOp::others || node.op == ListOp::list)
    throw NotThisWay("a list where a value is wanted");
  auto out = std::make_unique<ListTestNode>();
  out->op = node.op;
  out->list = list_node(*node.list, base);
  if (node.body) out->body = scalar(*node.body, base);
  return out;
}

Scalar RowProgram::path(const FieldRef &node, const Term &, int base) {
  Scalar at;
  int scope = scope_;
  std::size_t step = 0;
  const auto lookup = [&](const FieldRef::Step &of) {
    const Scope &target = program_.scopes[of.scope];
    if (of.scope == scope_ || target.key_count != 1 || target.fields[0].type.kind != TypeKind::text)
      throw NotThisWay("rows looked up by other keys than one text");
    auto out = std::make_unique<LookupNode>();
    out->key = scalar(*of.keys[0], base - node.up);
    out->fact = fact_of("row:" + target.names.ident, [&] {
      std::vector<std::int32_t> rows;
      for (std::size_t row = 0; row < rows_of(of.scope); ++row) {
        const std::int32_t code =
            is_file(of.scope) ? static_cast<std::int32_t>(stored(of.scope, 0, row).number)
                              : codes_.add(std::get<interpret::Text>(run_.rows(of.scope).keys[row][0]).text);
        put(rows, code, static_cast<std::int32_t>(row) + 1);
      }
      return rows;
    });
    scope = of.scope;
    return out;
  };
  if (!node.steps.empty() && node.steps[0].field < 0) {
    if (node.steps[0].scope == 0) throw NotThisWay("quantities of the run as a whole");
    at = lookup(node.steps[0]);
    step = 1;
  } else {
    if (node.up != base) throw NotThisWay("a row between");
    if (node.steps.empty()) {
      if (node.scope != scope_) throw NotThisWay("a field of another scope");
      return std::make_unique<FieldNode>(node.field);
    }
    at = std::make_unique<FieldNode>(node.steps[0].field);
    scope = node.steps[0].scope;
    step = 1;
  }
  for (; step < node.steps.size(); ++step) {
    if (node.steps[step].field < 0) throw NotThisWay("rows looked up from other rows");
    at = std::make_unique<ColumnNode>(std::move(at), &column_of(scope, node.steps[step].field));
    scope = node.steps[step].scope;
  }
  if (node.field < 0) return at;
  return std::make_unique<ColumnNode>(std::move(at), &column_of(scope, node.field));
}

/// A table that is asked by one text.
Scalar RowProgram::by_text(const TableCall &node, int base) {
  const Table &table = program_.tables[node.table];
  if (table.inputs.size() != 1 || table.inputs[0].type.kind != TypeKind::text)
    throw NotThisWay("tables with other inputs than one text");
  auto out = std::make_unique<ByTextNode>();
  out->argument = scalar(*node.arguments[0], base);
  for (const Table::Row &row : table.rows) {
    const Cell value = to_cell(run_.constant(row.value, table.type), table.type);
    if (const auto *of = std::get_if<OneOf>(&row.tests[0]); of && !of->others) {
      for (const Constant &text : of->values) out->rows[std::get<std::string>(text)] = value;
    } else {
      out->others = value;
    }
  }
  return out;
}

Scalar RowProgram::aggregate(const Aggregate &node, int base) {
  const bool first = node.op == syntax::AggregateOp::first;
  if (!first && (node.op != syntax::AggregateOp::count || node.operand))
    throw NotThisWay("aggregates other than counts of rows");
  if (base != 0 || !node.matches.empty() || node.scope == scope_)
    throw NotThisWay("aggregates whose rows are told by the row");
  const auto &sources = program_.scopes[node.scope].sources;
  if (first && !std::all_of(sources.begin(), sources.end(), [](const RowSource &s) { return s.input; }))
    throw NotThisWay("the first of rows that no file puts in order");
  auto out = std::make_unique<FirstBitNode>();
  out->count = !first;
  out->rows = rows_of(node.scope);
  out->words = words_of(node.scope);
  if (node.where) {
    out->condition = bits(*node.where, node.scope);
  } else {
    auto all = std::make_unique<MaskNode>();
    all->mask = all_rows(out->rows);
    out->condition = std::move(all);
  }
  return out;
}

List RowProgram::list_node(const Term &given, int base) {
  const Term &term = bare(given);
  if (const auto *ref = std::get_if<FieldRef>(&term.node)) {
    if (ref->up != base || !ref->steps.empty() || ref->scope != scope_)
      throw NotThisWay("lists of other rows");
    return std::make_unique<OwnListNode>(ref->field);
  }
  const auto *node = std::get_if<ListTerm>(&term.node);
  if (!node) throw NotThisWay("a list of a kind that is not done row by row");
  if (node->op == ListOp::others) {
    auto out = std::make_unique<OthersNode>();
    out->list = list_node(*node->list, base);
    return out;
  }
  if (node->op != ListOp::list) throw NotThisWay("a list of no kind");
  auto out = std::make_unique<MadeListNode>();
  if (node->list) out->list = list_node(*node->list, base);
  out->body = scalar(*node->body, base);
  out->place = lists_made_++;
  out->separator = term.type.separator;
  out->at_least_one = term.type.at_least_one;
  return out;
}

// ---------- conditions of tables ----------

Bits RowProgram::bits(const Term &given, int inner) {
  const Term &term = bare(given);
  const std::size_t rows = rows_of(inner), words = words_of(inner);
  scratch_words_ += words * 2;
  const Reach of = reach(term);
  if (!of.outer) {
    auto out = std::make_unique<MaskNode>();
    out->mask.assign(words, 0);
    for (std::size_t row = 0; row < rows; ++row)
      if (interpret::is_true(at_row(term, inner, static_cast<int>(row)))) set_bit(out->mask.data(), row);
    return out;
  }
  if (!of.inner) {
    auto out = std::make_unique<BroadcastNode>();
    out->truth = scalar(term, 1);
    out->all = all_rows(rows);
    out->none.assign(words, 0);
    return out;
  }
  if (const auto *unary = std::get_if<Unary>(&term.node);
      unary && unary->op == syntax::UnaryOp::logical_not) {
    auto out = std::make_unique<NotBitsNode>();
    out->operand = bits(*unary->operand, inner);
    out->all = all_rows(rows);
    return out;
  }
  if (const auto *binary = std::get_if<Binary>(&term.node)) {
    const bool logical = binary->op == BinaryOp::logical_and || binary->op == BinaryOp::logical_or;
    if (!logical && !(binary->op == BinaryOp::equal && binary->left->type.kind == TypeKind::boolean))
      return bits_of_comparison(*binary, inner);
    auto out = std::make_unique<BothBitsNode>();
    out->left = bits(*binary->left, inner);
    out->right = bits(*binary->right, inner);
    out->op = binary->op;
    out->words = words;
    out->all = all_rows(rows);
    return out;
  }
  if (const auto *in = std::get_if<InSet>(&term.node)) {
    const bool sets_of_rows = in->list ? !reach(*in->list).outer
                                       : std::none_of(in->keys.begin(), in->keys.end(),
                                                      [](const TermPtr &k) { return reach(*k).outer; });
    if (!reach(*in->operand).inner && sets_of_rows)
      return bits_of_set(ListOp::any, *in, in->negated, inner, nullptr, scalar(*in->operand, 1));
  }
  if (const auto *list = std::get_if<ListTerm>(&term.node); list && list->list && list->body) {
    const Term &body = bare(*list->body);
    const auto *in = std::get_if<InSet>(&body.node);
    const bool of_row = !reach(*list->list).inner;
    if (of_row && in && !in->negated) {
      const auto *element = std::get_if<ElementRef>(&bare(*in->operand).node);
      const bool sets_of_rows = in->list ? !reach(*in->list).outer
                                         : std::none_of(in->keys.begin(), in->keys.end(),
                                                        [](const TermPtr &k) { return reach(*k).outer; });
      if (element && element->level == 0 && sets_of_rows)
        return bits_of_set(list->op, *in, false, inner, list_node(*list->list, 1), nullptr);
    }
    // A list in the table, asked about the row: each different list is asked once.
    if (!reach(*list->list).outer && !reach(*list->body, 0, 1).inner) {
      auto out = std::make_unique<ByListBitsNode>();
      out->words = words;
      std::map<std::string_view, std::vector<Word>> by_text;
      for (std::size_t row = 0; row < rows; ++row) {
        const Value text = at_row(*list->list, inner, static_cast<int>(row));
        std::vector<Word> &set = by_text[std::get<interpret::Text>(text).text];
        set.resize(words);
        set_bit(set.data(), row);
      }
      for (auto &[text, set] : by_text) {
        auto elements = std::make_unique<ConstantListNode>();
        for (const std::string_view one : interpret::ListElements(text, list->list->type))
          elements->elements.push_back({one, codes_.add(one)});
        auto test = std::make_unique<ListTestNode>();
        test->op = list->op;
        test->list = std::move(elements);
        test->body = scalar(*list->body, 1);
        out->groups.push_back({std::move(test), std::move(set)});
      }
      return out;
    }
  }
  throw NotThisWay("a condition that the row of the table and the row that asks tell together");
}

Bits RowProgram::bits_of_set(ListOp op, const InSet &set, bool negated, int inner, List list,
                             Scalar operand) {
  auto out = std::make_unique<SetBitsNode<CodeSets>>();
  out->sets = &code_sets(set, inner);
  out->list = std::move(list);
  out->operand = std::move(operand);
  out->op = op;
  out->negated = negated;
  out->all = all_rows(rows_of(inner));
  return out;
}

Bits RowProgram::bits_of_comparison(const Binary &node, int inner) {
  if (node.op < BinaryOp::less || node.op > BinaryOp::not_equal) throw NotThisWay("arithmetic");
  const Reach left = reach(*node.left), right = reach(*node.right);
  const bool asked_left = !left.inner && !right.outer;
  if (!asked_left && !(!right.inner && !left.outer))
    throw NotThisWay("a comparison that the row of the table and the row that asks tell together");
  const Term &asked = asked_left ? *node.left : *node.right;
  const Term &own = asked_left ? *node.right : *node.left;
  if (own.type.kind == TypeKind::list) throw NotThisWay("comparisons of lists");
  auto out = std::make_unique<ThresholdBitsNode>();
  out->asked = scalar(asked, 1);
  out->texts = own.type.kind == TypeKind::text;
  out->words = words_of(inner);
  out->op = node.op;
  if (asked_left) { // x OP own is own MIRRORED x
    if (node.op == BinaryOp::less) out->op = BinaryOp::greater;
    if (node.op == BinaryOp::less_equal) out->op = BinaryOp::greater_equal;
    if (node.op == BinaryOp::greater) out->op = BinaryOp::less;
    if (node.op == BinaryOp::greater_equal) out->op = BinaryOp::less_equal;
  }
  std::int64_t own_factor = 1;
  if (own.type.kind == TypeKind::number) {
    if (own.type.scale < 0 || asked.type.scale < 0) throw NotThisWay("numbers without fixed decimals");
    const int scale = std::max(own.type.scale, asked.type.scale);
    own_factor = power_of_ten(scale - own.type.scale);
    out->factor = power_of_ten(scale - asked.type.scale);
  }
  const std::size_t rows = rows_of(inner);
  out->given.assign(out->words, 0);
  out->none.assign(out->words, 0);
  std::map<number::Int128, std::vector<Word>> by_value;
  for (std::size_t row = 0; row < rows; ++row) {
    const Cell cell = to_cell(at_row(own, inner, static_cast<int>(row)), own.type);
    if (!cell.given) continue;
    set_bit(out->given.data(), row);
    std::vector<Word> &set = by_value[static_cast<number::Int128>(cell.number) * own_factor];
    set.resize(out->words);
    set_bit(set.data(), row);
  }
  const bool order = node.op != BinaryOp::equal && node.op != BinaryOp::not_equal;
  std::vector<Word> so_far(out->words, 0);
  if (order) out->sets = so_far;
  for (const auto &[value, set] : by_value) {
    out->values.push_back(value);
    for (std::size_t w = 0; w < out->words; ++w) so_far[w] |= set[w];
    const std::vector<Word> &added = order ? so_far : set;
    out->sets.insert(out->sets.end(), added.begin(), added.end());
  }
  return out;
}

// ---------- definitions ----------

RowProgram::Line RowProgram::make_line(const Alternative &alternative, const Field &field, bool decide) {
  Line out;
  if (alternative.condition) out.condition = scalar(*alternative.condition, 0);
  if (decide) {
    out.member = alternative.member;
    out.none = alternative.member < 0;
    return out;
  }
  out.none = alternative.value == nullptr;
  if (out.none) return out;
  const Term &value = *alternative.value;
  if (field.type.kind == TypeKind::list) {
    out.list = list_node(value, 0);
    return out;
  }
  out.value = scalar(value, 0);
  if (field.type.kind == TypeKind::number && value.type.scale != field.type.scale) {
    if (value.type.scale < 0 || value.type.scale > field.type.scale) throw NotThisWay("rounding");
    out.factor = power_of_ten(field.type.scale - value.type.scale);
  }
  return out;
}

void RowProgram::make_definition(int f) {
  const Field &field = program_.scopes[scope_].fields[f];
  const Definition &definition = program_.definitions[field.definition];
  OfField &out = fields_[f];
  out.is_list = field.type.kind == TypeKind::list;
  out.is_number = field.type.kind == TypeKind::number && !definition.let;
  out.optional = field.type.optional || definition.let;
  if (out.is_number) {
    const auto units = [&](const Exact &bound) {
      return to_cell(Value(Exact(number::round(bound, field.type.scale, number::Rounding::half_up))),
                     field.type)
          .number;
    };
    if (field.bounds.low) out.low = units(*field.bounds.low);
    if (field.bounds.high) out.high = units(*field.bounds.high);
    out.low_exclusive = field.bounds.low_exclusive;
  }
  if (const auto *decide = std::get_if<Decide>(&definition.body)) {
    out.decide = true;
    for (const Alternative &alternative : decide->alternatives)
      out.lines.push_back(make_line(alternative, field, true));
    return;
  }
  const auto *formula = std::get_if<Formula>(&definition.body);
  if (!formula) throw NotThisWay("deductions and allocations");
  if (formula->excepts.size() > 1) throw NotThisWay("several exceptions");
  for (const Alternative &alternative : formula->excepts)
    out.excepts.push_back(make_line(alternative, field, false));
  for (const Alternative &alternative : formula->lines)
    out.lines.push_back(make_line(alternative, field, false));
}

void RowProgram::read_input(RowContext &row, int f, RowContext::Slot &slot) const {
  const Scope &scope = program_.scopes[scope_];
  const Field &field = scope.fields[f];
  const data::Column &column = dataset_.tables[scope.table].columns[fields_[f].column];
  const data::FieldSchema &schema = program_.schema.tables[scope.table].fields[fields_[f].column];
  const bool given = column.is_given(row.row);
  if (field.type.kind == TypeKind::list) {
    const std::string_view text =
        given ? column.dictionary[static_cast<std::size_t>(column.narrow(row.row))] : std::string_view();
    slot.own.clear();
    for (const std::string_view element : interpret::ListElements(text, field.type))
      slot.own.push_back({element, codes_.find(element)});
    slot.list = {slot.own.data(), slot.own.size()};
    return;
  }
  slot.cell = Cell{};
  if (!given) return;
  slot.cell.given = true;
  if (schema.kind == data::FieldKind::text) {
    slot.cell.text = column.dictionary[static_cast<std::size_t>(column.narrow(row.row))];
    slot.cell.number = Cell::not_looked_up;
    return;
  }
  const data::Int128 value = column.get(row.row);
  if (value > std::numeric_limits<std::int64_t>::max() || value <= std::numeric_limits<std::int64_t>::min())
    throw HandOver("a large number");
  slot.cell.number = static_cast<std::int64_t>(value);
}

void RowProgram::compute(RowContext &row, int f, RowContext::Slot &slot) const {
  const OfField &of = fields_[f];
  if (of.column >= 0) {
    read_input(row, f, slot);
    row.known[f] = 1;
    return;
  }
  const Line *taken = nullptr;
  for (const auto *lines : {&of.excepts, &of.lines}) {
    for (const Line &line : *lines) {
      if (taken || (line.condition && !line.condition->truth(row))) continue;
      taken = &line;
    }
    if (taken) break;
  }
  if (!taken) throw HandOver("a row that no alternative covers");
  if (of.is_list) {
    slot.list = taken->list->get(row);
  } else if (of.decide) {
    slot.cell = {taken->member, {}, !taken->none};
  } else {
    slot.cell = taken->none ? Cell{} : taken->value->get(row);
    if (of.is_number && slot.cell.given) {
      const auto value = static_cast<number::Int128>(slot.cell.number) * taken->factor;
      if ((of.low && (value < *of.low || (of.low_exclusive && value == *of.low))) ||
          (of.high && value > *of.high))
        throw HandOver("a value outside its bounds");
      slot.cell.number = static_cast<std::int64_t>(value);
    }
    if (!slot.cell.given && !of.optional) throw HandOver("a result that is missing");
  }
  row.known[f] = 1;
}

// ---------- the run ----------

interpret::Settlement RowProgram::settle(int threads, std::size_t &row_count) {
  const Scope &scope = program_.scopes[scope_];
  const data::Table &table = dataset_.tables[scope.table];
  const data::Column &keys = table.columns[scope.fields[0].column];
  row_count = table.rows;
  std::vector<std::uint32_t> order(table.rows);
  std::iota(order.begin(), order.end(), 0U);
  const auto key_of = [&](std::uint32_t row) {
    return keys.dictionary[static_cast<std::size_t>(keys.narrow(row))];
  };
  bool rising = true;
  for (std::uint32_t row = 1; row < table.rows && rising; ++row) rising = key_of(row - 1) < key_of(row);
  if (!rising)
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return key_of(a) < key_of(b); });

  // The results: definitions in the order of the policy.
  struct Column {
    int field;
    const Type *type;
    std::vector<std::string> names; ///< of members, or of rows by their keys
  };
  std::vector<Column> columns;
  for (std::size_t f = 0; f < scope.fields.size(); ++f) {
    const Field &field = scope.fields[f];
    if (field.kind != FieldKind::definition) continue;
    Column column{static_cast<int>(f), &field.type, {}};
    if (field.type.kind == TypeKind::member)
      for (const Names &member : program_.enums[field.type.domain].members)
        column.names.push_back(member.canonical());
    if (field.type.kind == TypeKind::row)
      for (std::size_t row = 0; row < rows_of(field.type.domain); ++row)
        column.names.push_back(run_.value_text(RowId{field.type.domain, static_cast<int>(row)}, field.type));
    columns.push_back(std::move(column));
  }
  std::stable_sort(columns.begin(), columns.end(), [&](const Column &a, const Column &b) {
    return program_.definitions[scope.fields[a.field].definition].order <
           program_.definitions[scope.fields[b.field].definition].order;
  });
  const auto write = [&](std::string &out, RowContext &row, const Column &column) {
    if (column.type->kind == TypeKind::list) {
      const Elements elements = list(row, column.field);
      if (elements.count == 1) {
        data::append_cell(out, elements.first->text);
        return;
      }
      std::string joined;
      for (const Element &element : elements) {
        if (!joined.empty() || &element != elements.begin()) joined += column.type->separator;
        joined += element.text;
      }
      data::append_cell(out, joined);
      return;
    }
    const Cell cell = field(row, column.field);
    if (!cell.given) return;
    switch (column.type->kind) {
    case TypeKind::boolean:
      out += cell.number != 0 ? "true" : "false";
      break;
    case TypeKind::number:
      out += number::to_text(number::Decimal{number::Integer(cell.number), std::max(0, column.type->scale)});
      break;
    case TypeKind::date:
      out += calendar::day_text(cell.number);
      break;
    case TypeKind::month:
      out += calendar::month_text(cell.number);
      break;
    case TypeKind::text:
    case TypeKind::list:
      data::append_cell(out, cell.text);
      break;
    case TypeKind::member:
    case TypeKind::row:
      data::append_cell(out, column.names[static_cast<std::size_t>(cell.number)]);
      break;
    }
  };
  const auto parts = static_cast<std::size_t>(std::max(1, threads));
  std::vector<std::string> texts(parts);
  std::vector<std::exception_ptr> failures(parts);
  const auto work = [&](std::size_t part) {
    try {
      RowContext row = context();
      std::string &out = texts[part];
      const std::size_t from = order.size() * part / parts, to = order.size() * (part + 1) / parts;
      out.reserve((to - from) * 64);
      for (std::size_t at = from; at < to; ++at) {
        row.row = order[at];
        std::fill(row.known.begin(), row.known.end(), 0);
        data::append_cell(out, key_of(order[at]));
        for (const Column &column : columns) {
          out += ',';
          write(out, row, column);
        }
        out += '\n';
      }
    } catch (...) {
      failures[part] = std::current_exception();
    }
  };
  {
    std::vector<std::thread> others;
    for (std::size_t part = 1; part < parts; ++part) others.emplace_back(work, part);
    work(0);
    for (std::thread &other : others) other.join();
  }
  for (const std::exception_ptr &failure : failures)
    if (failure) std::rethrow_exception(failure);

  // All else is the interpreter's: definitions and checks of the tables.
  interpret::Settlement out;
  for (const Definition &definition : program_.definitions)
    if (definition.scope != scope_ && !definition.let)
      for (const int row : run_.ordered_rows(definition.scope))
        run_.value(definition.scope, row, definition.field);
  for (std::size_t check = 0; check < program_.checks.size(); ++check) {
    if (!program_.checks[check].required) throw HandOver("checks that are reported");
    for (const int row : run_.ordered_rows(program_.checks[check].scope))
      run_.holds(static_cast<int>(check), row);
  }
  if (run_.error_count() > 0) throw HandOver("an error in the tables");
  for (std::size_t s = 0; s < program_.scopes.size(); ++s) {
    if (static_cast<int>(s) != scope_) {
      interpret::ResultFile file = interpret::result_file(run_, static_cast<int>(s));
      if (!file.content.empty()) out.files.push_back(std::move(file));
      if (is_file(static_cast<int>(s))) continue; // its keys are never missing
      const std::vector<std::size_t> &dropped = run_.rows(static_cast<int>(s)).dropped;
      for (std::size_t i = 0; i < dropped.size(); ++i)
        if (dropped[i] > 0) out.dropped.push_back({static_cast<int>(s), static_cast<int>(i), dropped[i]});
      continue;
    }
    if (columns.empty()) continue;
    interpret::ResultFile file{scope.names.canonical() + ".csv", {}};
    data::append_cell(file.content, scope.fields[0].names.canonical());
    for (const Column &column : columns) {
      file.content += ',';
      data::append_cell(file.content, scope.fields[column.field].names.canonical());
    }
    file.content += '\n';
    std::size_t size = file.content.size();
    for (const std::string &text : texts) size += text.size();
    file.content.reserve(size);
    for (const std::string &text : texts) file.content += text;
    out.files.push_back(std::move(file));
  }
  return out;
}

RowRun settle_row_by_row(const Program &program, const data::Dataset &dataset,
                         const interpret::RunOptions &options, int threads) {
  using Clock = std::chrono::steady_clock;
  const auto ms = [](Clock::time_point from, Clock::time_point to) {
    return std::chrono::duration<double, std::milli>(to - from).count();
  };
  RowRun out;
  try {
    const auto begin = Clock::now();
    RowProgram rows(program, dataset, options);
    const auto prepared = Clock::now();
    out.settlement = rows.settle(threads, out.rows);
    out.prepare_ms = ms(begin, prepared);
    out.run_ms = ms(prepared, Clock::now());
  } catch (const NotThisWay &reason) {
    out.reason = reason.what();
  }
  return out;
}

} // namespace steelyard::native
