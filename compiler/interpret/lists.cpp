// Lists, sets, the first row of a table of rules, and quantities of a row with one of its fields changed. A
// list is the text of its cell; its elements are looked at one after the other, as often as it is asked for.
#include "compiler/interpret/list_elements.h"
#include "compiler/interpret/run.h"
#include <algorithm>
#include <fmt/core.h>
#include <stdexcept>

namespace steelyard::interpret {

using semantics::InSet;
using semantics::ListTerm;
using semantics::With;
using syntax::ListOp;

Text Run::keep(std::string text) {
  return {texts_.emplace_back(std::move(text))};
}

Value Run::eval(const semantics::ElementRef &node, const Term &, const Frame &) {
  const auto level = static_cast<std::size_t>(node.level);
  if (level >= elements_.size()) throw std::logic_error("an element outside the list it belongs to");
  return Text{elements_[elements_.size() - 1 - level]};
}

Value Run::eval(const InSet &node, const Term &, const Frame &frame) {
  Value operand = evaluate(*node.operand, frame);
  if (is_failed(operand)) return operand;
  if (node.list) {
    const std::optional<ListElements> list = elements_of(*node.list, frame);
    if (!list) return Failed{};
    const std::string_view sought = std::get<Text>(operand).text;
    bool found = false;
    for (const std::string_view element : *list) found = found || element == sought;
    return found != node.negated;
  }
  Key key;
  for (const auto &term : node.keys) {
    key.push_back(evaluate(*term, frame));
    if (is_failed(key.back())) return key.back();
  }
  key.push_back(std::move(operand));
  return find_row(node.scope, key).has_value() != node.negated;
}

/// Of a list that is gone through. Nothing where it failed.
std::optional<ListElements> Run::elements_of(const Term &list, const Frame &frame) {
  if (const auto *inside = std::get_if<semantics::Parenthesized>(&list.node))
    return elements_of(*inside->inner, frame);
  // Not by its text, for of `A|` the others are one empty text, and not nothing.
  if (const auto *others = std::get_if<ListTerm>(&list.node); others && others->op == ListOp::others) {
    const std::optional<ListElements> all = elements_of(*others->list, frame);
    return all ? std::optional(all->without_first()) : std::nullopt;
  }
  const Value text = evaluate(list, frame);
  if (is_failed(text)) return std::nullopt;
  return ListElements(std::get<Text>(text).text, list.type);
}

Value Run::eval(const ListTerm &node, const Term &term, const Frame &frame) {
  if (node.op == ListOp::others) {
    const Value list = evaluate(*node.list, frame);
    if (is_failed(list)) return list;
    // What stands behind the first separator: with one element there is nothing.
    const std::string_view text = std::get<Text>(list).text;
    const std::size_t end = text.find(node.list->type.separator);
    return end == std::string_view::npos ? Text{} : Text{text.substr(end + 1)};
  }
  std::optional<ListElements> elements;
  if (node.list) {
    elements = elements_of(*node.list, frame);
    if (!elements) return Failed{};
  }
  if (node.op == ListOp::list) return list_made(node, term, elements, frame);
  for (const std::string_view element : *elements) {
    if (node.body) {
      const AtElement at(*this, element);
      const Value holds = evaluate(*node.body, frame);
      if (is_failed(holds)) return holds;
      if (is_true(holds) == (node.op == ListOp::all)) continue;
    }
    if (node.op == ListOp::first) return Text{element};
    return node.op == ListOp::any;
  }
  if (node.op == ListOp::first) return Missing{};
  return node.op != ListOp::any;
}

Value Run::list_made(const ListTerm &node, const Term &term, const std::optional<ListElements> &of,
                     const Frame &frame) {
  const char separator = term.type.separator;
  std::string out;
  bool failed = false, first = true;
  const auto add = [&] {
    const Value made = evaluate(*node.body, frame);
    if (is_failed(made)) {
      failed = true;
      return;
    }
    const std::string_view text = std::get<Text>(made).text;
    if (text.find(separator) != std::string_view::npos) {
      fail(ErrorCode::separator_in_element, node.body->span,
           fmt::format("\"{}\" cannot be an element: it holds the separator '{}' of the list", text,
                       separator));
      failed = true;
      return;
    }
    if (!first) out += separator;
    first = false;
    out += text;
  };
  if (!node.list) {
    add();
  } else {
    for (const std::string_view element : *of) {
      const AtElement at(*this, element);
      add();
      if (failed) break;
    }
  }
  if (failed) return Failed{};
  return keep(std::move(out));
}

/// The first row in the order of the file; where rows come from elsewhere, in the order of their keys.
Value Run::first_row(const semantics::Aggregate &node, const Frame &frame) {
  AggregateIndex &index = index_of(node);
  const std::optional<AggregateIndex::Group *> group = group_of(node, index, frame);
  if (!group) return Failed{};
  if (*group == nullptr) return Missing{};
  for (const int row : (*group)->rows) {
    const Value holds = counts(node, index, {node.scope, row, &frame}, frame);
    if (is_failed(holds)) return holds;
    if (is_true(holds)) return RowId{node.scope, row};
  }
  return Missing{};
}

struct Run::AsIf::Kept {
  const std::vector<int> *definitions = nullptr;
  int row = -1;
  std::vector<Cell> cells;
};

Run::AsIf::AsIf(Run &run, const With &with, int row, Value value)
    : run_(run), kept_(std::make_unique<Kept>()) {
  if (run.definitions_of_.empty()) {
    run.definitions_of_.resize(run.program_.scopes.size());
    for (std::size_t d = 0; d < run.program_.definitions.size(); ++d)
      run.definitions_of_[run.program_.definitions[d].scope].push_back(static_cast<int>(d));
  }
  // What is known of the row as it is makes way, and comes back.
  kept_->definitions = &run.definitions_of_[with.scope];
  kept_->row = row;
  for (const int d : *kept_->definitions) {
    if (!run.prepared_[d]) run.prepare(d);
    Cell &cell = run.cells_[d][row];
    kept_->cells.push_back(cell);
    if (!cell.given) cell = Cell{};
  }
  run.substitutes_.push_back({with.scope, row, with.field, std::move(value)});
}

Run::AsIf::~AsIf() {
  run_.substitutes_.pop_back();
  for (std::size_t i = 0; i < kept_->cells.size(); ++i)
    run_.cells_[(*kept_->definitions)[i]][kept_->row] = std::move(kept_->cells[i]);
}

Value Run::eval(const With &node, const Term &, const Frame &frame) {
  Value value = evaluate(*node.value, frame);
  if (is_failed(value)) return value;
  const AsIf changed(*this, node, frame.row, std::move(value));
  return evaluate(*node.operand, frame);
}

} // namespace steelyard::interpret
