// Going through lists: all rows take a step together, each to its own next element.
#include "compiler/native/row_scalars.h"

namespace steelyard::native {

Values ListTestNode::get(Batch &batch, Rows rows) const {
  if (op != ListOp::first) return {all_together, truth(batch, rows), nullptr, nullptr};
  Places at;
  const Rows found = decided(batch, rows, list->get(batch, rows), at);
  Values &out = batch.values[place];
  each_row(found, [&](std::size_t row) {
    out.numbers[row] = at[row]->code;
    out.texts[row] = at[row]->text;
  });
  out.given = merged(out.given, found, rows);
  return out;
}

Rows ListTestNode::truth(Batch &batch, Rows rows) const {
  Places at;
  const Rows found = decided(batch, rows, list->get(batch, rows), at);
  return op == ListOp::any ? found : rows & ~found;
}

Rows ListTestNode::decided_by_facts(const CodeFacts &facts, Rows rows, const Elements *lists,
                                    Places &at) const {
  const bool wanted = op != ListOp::all;
  return rows_where(rows, [&](std::size_t row) {
    for (const Element &element : lists[row])
      if ((facts.of(element.code, fact->fact) != 0) == wanted) {
        at[row] = &element;
        return true;
      }
    return false;
  });
}

Rows ListTestNode::decided(Batch &batch, Rows rows, const Elements *lists, Places &at) const {
  if (!body)
    return rows_where(rows, [&](std::size_t row) {
      at[row] = lists[row].first;
      return lists[row].count != 0;
    });
  if (fact != nullptr && !more && !batch.facts.is_open(fact->fact))
    return decided_by_facts(batch.facts, rows, lists, at);
  each_row(rows, [&](std::size_t row) { at[row] = lists[row].first; });
  // Without the first of several terms that hold for an element, none of the others need be asked.
  const bool skips = fact != nullptr && op != ListOp::all;
  const std::size_t depth = batch.depth();
  Batch::Current &current = batch.enter_list();
  Rows found = 0, left = rows;
  while (true) {
    left = rows_where(left, [&](std::size_t row) {
      const Element *&element = at[row];
      if (skips)
        while (element != lists[row].end() && batch.facts.of(element->code, fact->fact) == 0) ++element;
      if (element == lists[row].end()) return false;
      current.put(row, *element);
      return true;
    });
    if (left == 0) break;
    const Rows holds = body->truth(batch, left);
    const Rows now = op == ListOp::all ? left & ~holds : holds;
    found |= now;
    left &= ~now;
    each_row(left, [&](std::size_t row) { ++at[row]; });
  }
  batch.return_to(depth);
  return found;
}

void MadeListNode::add(Batch &batch, Rows rows, std::size_t at,
                       const std::array<Element *, rows_together> &out) const {
  const Values values = body->get(batch, rows);
  expect_given(values, rows, "an element that is missing");
  each_row(rows, [&](std::size_t row) {
    const std::string_view text = values.texts[row];
    if (text.find(separator) != std::string_view::npos) throw HandOver("an element that holds the separator");
    out[row][at] = {text, static_cast<std::int32_t>(values.numbers[row])};
  });
}

const Elements *MadeListNode::get(Batch &batch, Rows rows) const {
  const Elements *lists = list ? list->get(batch, rows) : nullptr;
  Elements *out = batch.lists[place];
  std::array<Element *, rows_together> made;
  std::size_t most = list ? 0 : 1;
  each_row(rows, [&](std::size_t row) {
    const std::size_t count = list ? lists[row].count : 1;
    most = std::max(most, count);
    made[row] = batch.make_elements(count);
    out[row] = {made[row], count, {}, false};
  });
  if (!list) {
    add(batch, rows, 0, made);
  } else {
    const std::size_t depth = batch.depth();
    Batch::Current &current = batch.enter_list();
    for (std::size_t i = 0; i < most; ++i) {
      const Rows left = rows_where(rows, [&](std::size_t row) {
        if (i >= lists[row].count) return false;
        current.put(row, lists[row].first[i]);
        return true;
      });
      add(batch, left, i, made);
    }
    batch.return_to(depth);
  }
  each_row(rows, [&](std::size_t row) { read_as_cell(batch, at_least_one, out[row]); });
  return out;
}

} // namespace steelyard::native
