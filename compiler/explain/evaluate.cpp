// Terms at a row: the value of every node, which rows were reached, and what was not looked at.
#include "compiler/explain/derive.h"
#include "compiler/interpret/list_elements.h"
#include "compiler/interpret/term_walk.h"
#include "compiler/semantics/each_term.h"
#include <algorithm>
#include <compare>
#include <functional>
#include <set>
#include <stdexcept>
#include <utility>

namespace steelyard::explain {

using semantics::Aggregate;
using semantics::FieldRef;
using syntax::AggregateOp;
using syntax::BinaryOp;

Evaluated Deriver::evaluate(const Term &term, const Frame &frame) {
  Evaluated out;
  out.term = &term;
  const auto *aggregate = std::get_if<Aggregate>(&term.node);
  // `cv` is a root: its value exists only rounded, and steps.cpp puts it in.
  if (aggregate == nullptr || aggregate->op != AggregateOp::cv)
    out.value = run_.evaluate_quietly(term, frame);
  if (const auto *ref = std::get_if<FieldRef>(&term.node)) {
    fill(out, *ref, frame);
  } else if (const auto *table = std::get_if<semantics::TableCall>(&term.node)) {
    fill(out, *table, frame);
  } else if (const auto *function = std::get_if<semantics::FunctionCall>(&term.node)) {
    for (const auto &argument : function->arguments) out.parts.push_back(evaluate(*argument, frame));
  } else if (const auto *unary = std::get_if<semantics::Unary>(&term.node)) {
    out.parts.push_back(evaluate(*unary->operand, frame));
  } else if (const auto *binary = std::get_if<semantics::Binary>(&term.node)) {
    fill(out, *binary, frame);
  } else if (const auto *test = std::get_if<semantics::MissingTest>(&term.node)) {
    out.parts.push_back(evaluate(*test->operand, frame));
  } else if (const auto *membership = std::get_if<semantics::Membership>(&term.node)) {
    out.parts.push_back(evaluate(*membership->operand, frame));
  } else if (const auto *in = std::get_if<semantics::InSet>(&term.node)) {
    out.parts.push_back(evaluate(*in->operand, frame));
    for (const auto &key : in->keys) out.parts.push_back(evaluate(*key, frame));
    if (in->list) out.parts.push_back(evaluate(*in->list, frame));
  } else if (const auto *list = std::get_if<semantics::ListTerm>(&term.node)) {
    fill(out, *list, frame);
  } else if (const auto *with = std::get_if<semantics::With>(&term.node)) {
    fill(out, *with, frame);
  } else if (aggregate != nullptr) {
    fill(out, *aggregate, frame);
  } else if (const auto *neighbour = std::get_if<semantics::Neighbour>(&term.node)) {
    fill(out, *neighbour, frame);
  } else if (const auto *inside = std::get_if<semantics::Parenthesized>(&term.node)) {
    out.parts.push_back(evaluate(*inside->inner, frame));
  }
  return out;
}

Evaluated Deriver::evaluate_all(const Term &term, const Frame &frame) {
  all_parts_ = true;
  Evaluated out = evaluate(term, frame);
  all_parts_ = false;
  return out;
}

namespace {

/// `term` with a value that says it was not looked at.
Evaluated not_looked_at(const Term &term) {
  Evaluated out;
  out.term = &term;
  return out;
}

} // namespace

void Deriver::fill(Evaluated &out, const semantics::Binary &node, const Frame &frame) {
  out.parts.push_back(evaluate(*node.left, frame));
  const Value &left = *out.parts[0].value;
  bool look = !interpret::is_failed(left);
  if (node.op == BinaryOp::logical_and) look = look && interpret::is_true(left);
  if (node.op == BinaryOp::logical_or) look = look && !interpret::is_true(left);
  if (node.op == BinaryOp::or_else) look = look && interpret::is_missing(left);
  // The right side may rest on what the left one denies: that a value is there.
  if (all_parts_ && !look && !interpret::is_failed(left) && node.op != BinaryOp::or_else)
    look = !reads_missing(*node.right, frame);
  out.parts.push_back(look ? evaluate(*node.right, frame) : not_looked_at(*node.right));
}

/// Whether a value that is missing would be read where one has to be there.
bool Deriver::reads_missing(const Term &term, const Frame &frame) {
  if (const auto *binary = std::get_if<semantics::Binary>(&term.node)) {
    if (binary->op == BinaryOp::or_else) return false;
    if (reads_missing(*binary->left, frame)) return true;
    const bool is_and = binary->op == BinaryOp::logical_and;
    if ((is_and || binary->op == BinaryOp::logical_or) &&
        interpret::is_true(run_.evaluate_quietly(*binary->left, frame)) != is_and)
      return false; // the left side decides
    return reads_missing(*binary->right, frame);
  }
  if (std::holds_alternative<semantics::MissingTest>(term.node) ||
      std::holds_alternative<Aggregate>(term.node) || std::holds_alternative<semantics::With>(term.node))
    return false;
  if (std::holds_alternative<FieldRef>(term.node)) {
    const Value value = run_.evaluate_quietly(term, frame);
    return interpret::is_missing(value) || interpret::is_failed(value);
  }
  if (const auto *list = std::get_if<semantics::ListTerm>(&term.node))
    return list->list && reads_missing(*list->list, frame);
  bool out = false;
  interpret::each_part(term, [&](const Term &part) { out = out || reads_missing(part, frame); });
  return out;
}

/// The same way as Run::eval goes; the value itself is already there.
void Deriver::fill(Evaluated &out, const FieldRef &node, const Frame &frame) {
  const Frame *start = &frame;
  for (int i = 0; i < node.up; ++i) start = start->outer;
  const semantics::Program &program = run_.program();
  RowId at{start->scope, start->row};
  for (std::size_t i = 0; i < node.steps.size(); ++i) {
    const FieldRef::Step &step = node.steps[i];
    if (step.field >= 0) {
      const bool key_of_reference =
          i + 1 == node.steps.size() && node.field == 0 && program.scopes[step.scope].table < 0 &&
          program.scopes[step.scope].fields[0].kind == semantics::FieldKind::key &&
          program.scopes[at.scope].fields[step.field].kind == semantics::FieldKind::input;
      if (key_of_reference) { // the key stands in the input itself
        out.read = FieldOfRow{at, step.field};
        return;
      }
      out.via.push_back({at, step.field});
      const Value reference = run_.value(at.scope, at.row, step.field);
      const RowId *target = std::get_if<RowId>(&reference);
      if (target == nullptr) return;
      at = *target;
    } else {
      const Frame here{at.scope, at.row, start->outer};
      interpret::Key key;
      for (const auto &term : step.keys) {
        out.parts.push_back(evaluate(*term, here));
        key.push_back(*out.parts.back().value);
        if (interpret::is_failed(key.back()) || interpret::is_missing(key.back())) return;
      }
      const std::optional<int> row = run_.find_row(step.scope, key);
      if (!row) return;
      at = {step.scope, *row};
    }
  }
  out.read = FieldOfRow{at, node.field};
}

void Deriver::fill(Evaluated &out, const semantics::TableCall &node, const Frame &frame) {
  std::vector<Value> arguments;
  for (const auto &argument : node.arguments) {
    out.parts.push_back(evaluate(*argument, frame));
    arguments.push_back(*out.parts.back().value);
    if (interpret::is_failed(arguments.back()) || interpret::is_missing(arguments.back())) return;
  }
  const semantics::Table &table = run_.program().tables[node.table];
  const auto fits = [&](const semantics::Table::Row &row) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (const auto *interval = std::get_if<semantics::Interval>(&row.tests[i])) {
        const Exact &number = std::get<Exact>(arguments[i]);
        if (interval->low && (interval->low_closed ? number < *interval->low : number <= *interval->low))
          return false;
        if (interval->high && (interval->high_closed ? number > *interval->high : number >= *interval->high))
          return false;
      } else if (const auto *one_of = std::get_if<semantics::OneOf>(&row.tests[i])) {
        const auto is_argument = [&](const semantics::Constant &constant) {
          Value value = run_.constant(constant, table.inputs[i].type);
          // Truth values stand in tables as 0 and 1.
          if (const Exact *digit = std::get_if<Exact>(&value);
              digit != nullptr && table.inputs[i].type.kind == semantics::TypeKind::boolean)
            value = !digit->is_zero();
          return std::is_eq(run_.compare(value, arguments[i]));
        };
        if (std::any_of(one_of->values.begin(), one_of->values.end(), is_argument) == one_of->others)
          return false;
      }
    }
    return true;
  };
  for (std::size_t row = 0; row < table.rows.size() && out.table_row < 0; ++row)
    if (fits(table.rows[row])) out.table_row = static_cast<int>(row);
}

namespace {

constexpr std::size_t most_listed_unasked = 12; // the months of a year
constexpr std::size_t most_inputs_listed = 5;

bool reads_definition(const Term &operand, const semantics::Scope &scope) {
  const auto *ref = std::get_if<FieldRef>(&operand.node);
  if (ref != nullptr && ref->up == 0 && ref->steps.empty() &&
      scope.fields[ref->field].kind == semantics::FieldKind::definition)
    return true;
  bool found = false;
  interpret::each_part(operand, [&](const Term &part) { found = found || reads_definition(part, scope); });
  return found;
}

} // namespace

void Deriver::fill(Evaluated &out, const semantics::ListTerm &node, const Frame &frame) {
  if (node.list) out.parts.push_back(evaluate(*node.list, frame));
  // A list that is made shows its elements itself.
  if (!node.list || !node.body || node.op == syntax::ListOp::list) return;
  const std::optional<interpret::ListElements> elements = run_.elements_quietly(*node.list, frame);
  if (!elements) return;
  const bool within = std::exchange(in_list_, true);
  for (const std::string_view element : *elements) {
    const interpret::Run::AtElement at(run_, element);
    out.inner.push_back(evaluate(*node.body, frame));
    out.inner.back().element = element;
    const bool decided = interpret::is_true(*out.inner.back().value) != (node.op == syntax::ListOp::all);
    if (decided && !all_parts_) break;
  }
  in_list_ = within;
}

void Deriver::fill(Evaluated &out, const semantics::With &node, const Frame &frame) {
  out.parts.push_back(evaluate(*node.value, frame));
  if (in_list_ || interpret::is_failed(*out.parts[0].value)) return;
  const semantics::Program &program = run_.program();
  const interpret::Run::AsIf changed(run_, node, frame.row, *out.parts[0].value);
  auto steps = std::make_shared<std::vector<Step>>();
  std::set<int> seen; // fields
  const std::function<void(const FieldOfRow &)> add = [&](const FieldOfRow &need) {
    const semantics::Field &field = program.scopes[need.row.scope].fields[need.field];
    if (need.row.scope != node.scope || need.row.row != frame.row || field.definition < 0 ||
        !rests_on(field.definition, node.field) || !seen.insert(need.field).second)
      return;
    Step step = make_step(field.definition, need.row);
    each_term(step, [&](const Evaluated &term) { each_read(term, add); });
    steps->push_back(std::move(step));
  };
  each_read(evaluate(*node.operand, frame), add);
  out.changed = std::move(steps);
}

/// Whether a definition reads a field of its own row, or one that does.
bool Deriver::rests_on(int definition, int field) {
  const semantics::Program &program = run_.program();
  const int scope = program.definitions[definition].scope;
  std::set<int> seen{definition};
  std::vector<int> open{definition};
  bool found = false;
  while (!open.empty() && !found) {
    const int at = open.back();
    open.pop_back();
    semantics::each_term(program.definitions[at], [&](const Term &term) {
      const auto *ref = std::get_if<FieldRef>(&term.node);
      if (ref == nullptr) return;
      const int read = ref->steps.empty() ? ref->field : ref->steps[0].field;
      const int of = ref->steps.empty() ? ref->scope : ref->steps[0].from;
      if (of != scope || read < 0) return;
      found = found || read == field;
      const int next = program.scopes[scope].fields[read].definition;
      if (next >= 0 && seen.insert(next).second) open.push_back(next);
    });
  }
  return found;
}

void Deriver::fill(Evaluated &out, const Aggregate &node, const Frame &frame) {
  for (const Aggregate::Match &match : node.matches) out.parts.push_back(evaluate(*match.outer, frame));
  if (node.op == AggregateOp::share)
    out.parts.push_back(evaluate(*node.operand, Frame{node.scope, frame.row, &frame}));
  if (node.op == AggregateOp::first) { // one row or none, which is the value itself
    out.aggregate.emplace();
    if (const auto *row = std::get_if<RowId>(&*out.value)) {
      out.aggregate->rows.emplace_back(*row, Value(interpret::Missing{}));
      out.aggregate->statistics.count = out.aggregate->matched = 1;
      if (node.where) out.inner.push_back(evaluate(*node.where, Frame{row->scope, row->row, &frame}));
    }
    return;
  }
  const std::optional<interpret::Statistics> statistics = run_.statistics(*out.term, frame);
  if (!statistics) {
    out.value = interpret::Failed{};
    return;
  }
  out.aggregate.emplace();
  out.aggregate->statistics = *statistics;
  out.aggregate->matched = statistics->count;
  // A few results of other rows are shown at once: the reader goes on from them.
  const bool few = options_.premises && node.operand &&
                   statistics->count <= (reads_definition(*node.operand, run_.program().scopes[node.scope])
                                             ? most_listed_unasked
                                             : most_inputs_listed);
  const bool some_missing = node.operand && node.operand->type.optional;
  if (!some_missing && !listing_ && !few) return;
  std::vector<int> rows = run_.aggregate_rows(*out.term, frame);
  out.aggregate->matched = rows.size();
  if (!listing_ && (!few || rows.size() > most_listed_unasked || rows.empty())) return;
  out.aggregate->listed = true;
  std::sort(rows.begin(), rows.end(), [&](int a, int b) {
    return std::is_lt(run_.compare(RowId{node.scope, a}, RowId{node.scope, b}));
  });
  for (const int row : rows) {
    const Frame inner{node.scope, row, &frame};
    const Term *operand = node.operand.get();
    while (operand != nullptr && std::holds_alternative<semantics::Parenthesized>(operand->node))
      operand = std::get<semantics::Parenthesized>(operand->node).inner.get();
    if (operand != nullptr && !std::holds_alternative<FieldRef>(operand->node))
      out.operands.push_back(evaluate(*operand, inner));
    out.aggregate->rows.emplace_back(RowId{node.scope, row}, node.operand
                                                                 ? run_.evaluate_quietly(*node.operand, inner)
                                                                 : Value(interpret::Missing{}));
  }
}

const std::vector<int> &Deriver::line_of(int scope, int key, int row, std::size_t &place) {
  const auto [at, is_new] = lines_.try_emplace({scope, key});
  Lines &all = at->second;
  if (is_new) {
    std::unordered_map<interpret::Key, int, interpret::KeyHash> known;
    const std::vector<int> &order = run_.ordered_rows(scope);
    all.place.resize(order.size());
    for (const int each : order) {
      interpret::Key others = run_.rows(scope).keys[each];
      others.erase(others.begin() + key);
      const auto [line, first] = known.try_emplace(std::move(others), static_cast<int>(all.lines.size()));
      if (first) all.lines.emplace_back();
      all.place[each] = {line->second, all.lines[line->second].size()};
      all.lines[line->second].push_back(each);
    }
  }
  place = all.place[row].second;
  return all.lines[all.place[row].first];
}

void Deriver::fill(Evaluated &out, const semantics::Neighbour &node, const Frame &frame) {
  out.neighbour.emplace();
  std::size_t place = 0;
  const std::vector<int> &line = line_of(node.scope, node.key, frame.row, place);
  while (node.next ? place + 1 < line.size() : place > 0) {
    place = node.next ? place + 1 : place - 1;
    const RowId there{node.scope, line[place]};
    const Frame inner{there.scope, there.row, &frame};
    if (node.where && !interpret::is_true(run_.evaluate_quietly(*node.where, inner))) {
      out.neighbour->skipped.push_back(there);
      continue;
    }
    out.neighbour->row = there;
    out.parts.push_back(evaluate(*node.operand, inner));
    return;
  }
}

} // namespace steelyard::explain
