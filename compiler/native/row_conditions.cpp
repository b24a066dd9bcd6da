// Making searches from the conditions of tables of rules: what is settled beforehand and what asks the row.
// See row_search.h; what each value leaves possible is in row_filters.cpp.
#include "compiler/interpret/list_elements.h"
#include "compiler/interpret/term_walk.h"
#include "compiler/native/row_making.h"
#include "compiler/semantics/check.h"
#include <algorithm>

namespace steelyard::native {

using namespace semantics;
using interpret::Value;

namespace {

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

Scalar RowProgram::aggregate(const Aggregate &node, int base) {
  const bool first = node.op == syntax::AggregateOp::first;
  if (!first && (node.op != syntax::AggregateOp::count || node.operand))
    throw NotThisWay("aggregates other than counts of rows");
  if (base != 0 || !node.matches.empty() || node.scope == scope_)
    throw NotThisWay("aggregates whose rows are told by the row");
  const auto &sources = program_.scopes[node.scope].sources;
  if (first && !std::all_of(sources.begin(), sources.end(), [](const RowSource &s) { return s.input; }))
    throw NotThisWay("the first of rows that no file puts in order");
  auto out = std::make_unique<RowSearch>();
  Making making;
  making.inner = node.scope;
  making.rows = rows_of(node.scope);
  making.all = all_rows(making.rows);
  making.search = out.get();
  out->count = !first;
  out->words = making.all.size();
  std::unique_ptr<Condition> whole;
  if (node.where) {
    whole = condition(*node.where, making);
  } else {
    whole = std::make_unique<Condition>();
    whole->may = making.all;
    whole->may_not.assign(making.all.size(), 0);
  }
  making.in_order = node.where && may_fail(*node.where);
  out->possible = making.all;
  if (!making.in_order) {
    find_guards(making, *whole);
    out->possible = whole->may;
    add_filters(making, *whole);
  }
  for (std::size_t row = 0; row < making.rows; ++row)
    out->begins.push_back(making.tests_of(*whole, row, RowSearch::accept, RowSearch::reject));
  out->finish();
  out->place = keep(Shape::number);
  out->id = searches_.size();
  searches_.push_back(out.get());
  return out;
}

std::unique_ptr<RowProgram::Condition> RowProgram::condition(const Term &given, Making &making) {
  const Term &term = bare(given);
  auto out = std::make_unique<Condition>();
  const Reach of = reach(term);
  if (!of.outer) {
    out->may.assign(making.all.size(), 0);
    for (std::size_t row = 0; row < making.rows; ++row)
      if (interpret::is_true(at_row(term, making.inner, static_cast<int>(row)))) set_bit(out->may, row);
    out->may_not = making.all;
    for (std::size_t w = 0; w < out->may.size(); ++w) out->may_not[w] &= ~out->may[w];
    return out;
  }
  if (of.inner) {
    if (const auto *unary = std::get_if<Unary>(&term.node);
        unary && unary->op == syntax::UnaryOp::logical_not) {
      out->kind = Condition::Kind::no;
      out->left = condition(*unary->operand, making);
      return out;
    }
    if (const auto *binary = std::get_if<Binary>(&term.node)) {
      const bool same = binary->op == BinaryOp::equal && binary->left->type.kind == TypeKind::boolean;
      if (same || binary->op == BinaryOp::logical_and || binary->op == BinaryOp::logical_or) {
        out->kind = same                                  ? Condition::Kind::same
                    : binary->op == BinaryOp::logical_and ? Condition::Kind::both
                                                          : Condition::Kind::either;
        out->left = condition(*binary->left, making);
        out->right = condition(*binary->right, making);
        return out;
      }
    }
  }
  return leaf_of(term, making);
}

std::unique_ptr<RowProgram::Condition> RowProgram::leaf_of(const Term &term, Making &making) {
  const std::string name = canonical_text(term, program_);
  if (const auto found = making.leaf_of.find(name); found != making.leaf_of.end()) {
    auto out = std::make_unique<Condition>();
    out->kind = Condition::Kind::leaf;
    out->leaf = found->second;
    return out;
  }
  if (!reach(term).inner) {
    auto leaf = std::make_unique<SameLeaf>();
    leaf->leaf = making.search->leaves.size();
    leaf->truth = scalar(term, 1);
    leaf->all = making.all;
    leaf->none.assign(making.all.size(), 0);
    making.same.push_back(making.search->leaves.size());
    return making.new_leaf(name, std::move(leaf));
  }
  if (const auto *binary = std::get_if<Binary>(&term.node)) return of_comparison(*binary, term, making);
  if (const auto *in = std::get_if<InSet>(&term.node)) {
    const bool of_rows = in->list ? !reach(*in->list).outer
                                  : std::none_of(in->keys.begin(), in->keys.end(),
                                                 [](const TermPtr &key) { return reach(*key).outer; });
    if (!reach(*in->operand).inner && of_rows) {
      auto held =
          of_code(*in->operand, code_sets(*in, making.inner), in->negated ? "not " + name : name, making);
      if (!in->negated) return held;
      auto out = std::make_unique<Condition>();
      out->kind = Condition::Kind::no;
      out->left = std::move(held);
      return out;
    }
  }
  if (const auto *list = std::get_if<ListTerm>(&term.node); list && list->list && list->body)
    return of_list(*list, term, making);
  throw NotThisWay("a condition that the row of the table and the row that asks tell together");
}

/// `operand` of the row that asks is on the list of each row.
std::unique_ptr<RowProgram::Condition> RowProgram::of_code(const Term &operand, const CodeSets &sets,
                                                           const std::string &name, Making &making) {
  const auto [value, is_new] =
      making.value_of.try_emplace(canonical_text(operand, program_), making.search->values.size());
  if (is_new) {
    making.search->values.push_back(scalar(operand, 1));
    making.of_value.emplace_back();
  }
  auto leaf = std::make_unique<CodeLeaf>();
  leaf->value = value->second;
  leaf->sets = &sets;
  making.of_value[value->second].emplace_back(making.search->leaves.size(), &sets);
  return making.new_leaf(name, std::move(leaf));
}

std::unique_ptr<RowProgram::Condition> RowProgram::of_list(const ListTerm &list, const Term &term,
                                                           Making &making) {
  const std::string name = canonical_text(term, program_);
  const Term &body = bare(*list.body);
  const auto *in = std::get_if<InSet>(&body.node);
  if (!reach(*list.list).inner && in && !in->negated && list.op != ListOp::first) {
    const auto *element = std::get_if<ElementRef>(&bare(*in->operand).node);
    const bool of_rows = in->list ? !reach(*in->list).outer
                                  : std::none_of(in->keys.begin(), in->keys.end(),
                                                 [](const TermPtr &key) { return reach(*key).outer; });
    if (element && element->level == 0 && of_rows) {
      auto leaf = std::make_unique<ElementsLeaf>();
      leaf->list = list_node(*list.list, 1);
      leaf->sets = &code_sets(*in, making.inner);
      leaf->op = list.op;
      leaf->all = making.all;
      leaf->made = making.room();
      return making.new_leaf(name, std::move(leaf));
    }
  }
  if (reach(*list.list).outer || reach(*list.body, 0, 1).inner)
    throw NotThisWay("a condition that the row of the table and the row that asks tell together");
  // A list in the table, asked about the row: each different list is asked once.
  auto leaf = std::make_unique<ListsLeaf>();
  leaf->made = making.room();
  std::map<std::string_view, std::vector<Word>> by_text;
  for (std::size_t row = 0; row < making.rows; ++row) {
    const Value text = at_row(*list.list, making.inner, static_cast<int>(row));
    std::vector<Word> &set = by_text[std::get<interpret::Text>(text).text];
    set.resize(making.all.size());
    set_bit(set, row);
  }
  for (auto &[text, set] : by_text) {
    auto elements = std::make_unique<ConstantListNode>();
    for (const std::string_view one : interpret::ListElements(text, list.list->type))
      elements->elements.push_back({one, codes_.add(one)});
    elements->all.fill({elements->elements.data(), elements->elements.size(), {}, false});
    auto test = std::make_unique<ListTestNode>();
    test->op = list.op;
    test->list = std::move(elements);
    test->body = scalar(*list.body, 1);
    leaf->groups.push_back({std::move(test), std::move(set)});
  }
  return making.new_leaf(name, std::move(leaf));
}

std::unique_ptr<RowProgram::Condition> RowProgram::of_comparison(const Binary &node, const Term &term,
                                                                 Making &making) {
  if (node.op < BinaryOp::less || node.op > BinaryOp::not_equal) throw NotThisWay("arithmetic");
  const Reach left = reach(*node.left), right = reach(*node.right);
  const bool asked_left = !left.inner && !right.outer;
  if (!asked_left && !(!right.inner && !left.outer))
    throw NotThisWay("a comparison that the row of the table and the row that asks tell together");
  const Term &asked = asked_left ? *node.left : *node.right;
  const Term &own = asked_left ? *node.right : *node.left;
  if (own.type.kind == TypeKind::list) throw NotThisWay("comparisons of lists");
  if (own.type.kind == TypeKind::text) {
    const std::string name = canonical_text(term, program_);
    auto equal = of_code(asked, text_sets(own, making.inner),
                         node.op == BinaryOp::equal ? name : "not " + name, making);
    if (node.op == BinaryOp::equal) return equal;
    auto out = std::make_unique<Condition>();
    out->kind = Condition::Kind::no;
    out->left = std::move(equal);
    return out;
  }
  auto leaf = std::make_unique<ValueLeaf>();
  leaf->asked = scalar(asked, 1);
  leaf->words = making.all.size();
  std::int64_t own_factor = 1;
  if (own.type.kind == TypeKind::number) {
    if (own.type.scale < 0 || asked.type.scale < 0) throw NotThisWay("numbers without fixed decimals");
    const int scale = std::max(own.type.scale, asked.type.scale);
    own_factor = power_of_ten(scale - own.type.scale);
    leaf->factor = power_of_ten(scale - asked.type.scale);
  }
  std::map<number::Int128, std::vector<std::size_t>> rows_of_value;
  for (std::size_t row = 0; row < making.rows; ++row) {
    const Cell cell = to_cell(at_row(own, making.inner, static_cast<int>(row)), own.type);
    if (cell.given) rows_of_value[static_cast<number::Int128>(cell.number) * own_factor].push_back(row);
  }
  for (const auto &[value, rows] : rows_of_value) leaf->values.push_back(value);
  for (std::size_t place = 0; place <= leaf->values.size() * 2; ++place) {
    std::vector<Word> set(leaf->words, 0);
    std::size_t i = 0;
    for (const auto &[value, rows] : rows_of_value) {
      // How the asked value stands to this one.
      const int sign = place % 2 == 1 && i == place / 2 ? 0 : i < place / 2 ? 1 : -1;
      ++i;
      if (compares(signs_of(node.op), asked_left ? sign : -sign, 0))
        for (const std::size_t row : rows) set_bit(set, row);
    }
    leaf->sets.insert(leaf->sets.end(), set.begin(), set.end());
  }
  if (node.op == BinaryOp::equal) making.equalities.push_back(making.search->leaves.size());
  return making.new_leaf(canonical_text(term, program_), std::move(leaf));
}

} // namespace steelyard::native
