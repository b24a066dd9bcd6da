// Which policies are row programs, and what their definitions become.
#include "compiler/native/row_scalars.h"
#include "compiler/semantics/each_term.h"
#include <variant>

namespace steelyard::native {

using namespace semantics;
using interpret::Value;

RowProgram::RowProgram(const Program &program, const data::Dataset &dataset,
                       const interpret::RunOptions &options)
    : program_(program), dataset_(dataset), run_(program, dataset, options) {
  find_scope();
  const Scope &scope = program_.scopes[scope_];
  fields_.resize(scope.fields.size());
  find_reach();
  find_failing();
  for (std::size_t f = 0; f < scope.fields.size(); ++f) {
    if (scope.fields[f].definition >= 0)
      make_definition(static_cast<int>(f));
    else
      make_input(static_cast<int>(f));
  }
  if (!facts_.finish(codes_.size())) throw NotThisWay("tables of very many rows");
  finish_inputs();
  learn_facts();
}

bool CodeFacts::finish(std::size_t codes) {
  width_ = (columns_.size() + line - 1) / line * line;
  facts_.assign((codes + 1) * width_);
  unknown_ = facts_.data();
  for (std::size_t c = 0; c < columns_.size(); ++c)
    for (std::size_t code = 0; code < columns_[c].size(); ++code) {
      if (columns_[c][code] > most) return false;
      unknown_[(code + 1) * width_ + c] = static_cast<std::uint16_t>(columns_[c][code]);
    }
  columns_.clear();
  return true;
}

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
  // Where only one scope has more than elements of lists, the others are the interpreter's.
  for (const bool elements : {false, true}) {
    for (const Definition &definition : program_.definitions) {
      bool lists = elements && program_.field_of(definition).type.kind == TypeKind::list;
      each_term(definition, [&](const Term &part) {
        const auto *a = std::get_if<Aggregate>(&part.node);
        lists = lists || std::holds_alternative<With>(part.node) ||
                std::holds_alternative<InSet>(part.node) ||
                (elements && std::holds_alternative<ListTerm>(part.node)) ||
                (a && a->op == syntax::AggregateOp::first);
      });
      const Scope &scope = program_.scopes[definition.scope];
      const bool of_tables = scope.table >= 0 && program_.schema.tables[scope.table].of_tables;
      if (!lists || of_tables) continue;
      if (scope_ >= 0 && scope_ != definition.scope) throw NotThisWay("lists on rows of several scopes");
      scope_ = definition.scope;
    }
    if (scope_ >= 0) break;
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
    out.list = list_of_field(value, 0, field.type);
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
  out.shape = shape_of(field.type);
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
  const auto add_line = [&](const Alternative &alternative, std::size_t index) {
    Line line = make_line(alternative, field, out.decide);
    line.index = static_cast<std::int16_t>(index);
    out.lines.push_back(std::move(line));
  };
  if (const auto *decide = std::get_if<Decide>(&definition.body)) {
    out.decide = true;
    for (const Alternative &alternative : decide->alternatives) add_line(alternative, out.lines.size());
    return;
  }
  const auto *formula = std::get_if<Formula>(&definition.body);
  if (!formula) throw NotThisWay("deductions and allocations");
  if (formula->excepts.size() > 1) throw NotThisWay("several exceptions");
  // Numbered as Run::choice does: lines, then exceptions; exceptions are tried first.
  for (std::size_t i = 0; i < formula->excepts.size(); ++i)
    add_line(formula->excepts[i], formula->lines.size() + i);
  for (std::size_t i = 0; i < formula->lines.size(); ++i) add_line(formula->lines[i], i);
}

std::optional<std::size_t> RowProgram::own_field_of(const Term &term) const {
  const auto *ref = std::get_if<FieldRef>(&term.node);
  if (ref == nullptr) return {};
  if (!ref->steps.empty()) {
    const FieldRef::Step &first = ref->steps[0];
    if (first.field < 0 || first.from != scope_) return {};
    return static_cast<std::size_t>(first.field);
  }
  if (ref->field < 0 || ref->scope != scope_) return {};
  return static_cast<std::size_t>(ref->field);
}

void RowProgram::find_reach() {
  const Scope &scope = program_.scopes[scope_];
  for (std::size_t f = 0; f < fields_.size(); ++f) {
    if (scope.fields[f].definition < 0) continue;
    fields_[f].rests_on.resize(fields_.size());
    each_term(program_.definitions[scope.fields[f].definition], [&](const Term &part) {
      if (const auto own = own_field_of(part)) fields_[f].rests_on[*own] = true;
    });
  }
  // And by way of others.
  for (std::size_t by = 0; by < fields_.size(); ++by)
    for (OfField &of : fields_) {
      if (of.rests_on.empty() || !of.rests_on[by]) continue;
      for (std::size_t f = 0; f < fields_[by].rests_on.size(); ++f)
        if (fields_[by].rests_on[f]) of.rests_on[f] = true;
    }
}

namespace {
bool fails_itself(const Term &term) {
  if (const auto *unary = std::get_if<Unary>(&term.node)) return unary->op == syntax::UnaryOp::required;
  const auto *list = std::get_if<ListTerm>(&term.node);
  return list != nullptr && list->op == syntax::ListOp::list;
}
bool covers_all(const Definition &definition) {
  if (const auto *decide = std::get_if<Decide>(&definition.body))
    return !decide->alternatives.back().condition;
  const auto *formula = std::get_if<Formula>(&definition.body);
  return formula != nullptr && !formula->lines.empty() && !formula->lines.back().condition;
}
} // namespace

/// What is a result of every row fails for all to see, whoever asks it; not so what is only asked here and
/// there, and what a `with` changes.
void RowProgram::find_failing() {
  const Scope &scope = program_.scopes[scope_];
  std::vector<bool> changed(fields_.size());
  for (const Definition &definition : program_.definitions)
    each_term(definition, [&](const Term &part) {
      const auto *with = std::get_if<With>(&part.node);
      if (with != nullptr && with->scope == scope_) changed[static_cast<std::size_t>(with->field)] = true;
    });
  std::vector<bool> alone(fields_.size());
  for (std::size_t f = 0; f < fields_.size(); ++f) {
    if (scope.fields[f].definition < 0) continue;
    const Definition &definition = program_.definitions[scope.fields[f].definition];
    bool hidden = definition.let;
    for (std::size_t by = 0; by < fields_.size(); ++by)
      hidden = hidden || (changed[by] && fields_[f].rests_on[by]);
    if (!hidden) continue;
    const Bounds &bounds = scope.fields[f].bounds;
    bool fails = !covers_all(definition) || (!definition.let && (bounds.low || bounds.high));
    each_term(definition, [&](const Term &part) { fails = fails || fails_itself(part); });
    alone[f] = fails;
  }
  for (std::size_t f = 0; f < fields_.size(); ++f) {
    fields_[f].may_fail = alone[f];
    for (std::size_t by = 0; by < fields_[f].rests_on.size(); ++by)
      if (fields_[f].rests_on[by] && alone[by]) fields_[f].may_fail = true;
  }
}

bool RowProgram::may_fail(const Term &term) const {
  bool out = false;
  each_term(term, [&](const Term &part) {
    const auto own = own_field_of(part);
    out = out || fails_itself(part) || (own && fields_[*own].may_fail);
  });
  return out;
}

void RowProgram::compute(Batch &batch, std::size_t f, Rows rows) const {
  Batch::Slot &slot = batch.slots[f];
  if (slot.of_outer) {
    const Batch::Slot &outside = field(*batch.outer, f, rows);
    slot.values = outside.values;
    slot.lists = outside.lists;
    slot.known |= rows;
    return;
  }
  const OfField &of = fields_[f];
  Rows left = rows;
  for (const Line &line : of.lines) {
    if (left == 0) break;
    const Rows taken = line.condition ? line.condition->truth(batch, left) : left;
    left &= ~taken;
    if (taken != 0) take(batch, of, line, slot, taken);
  }
  if (left != 0) throw HandOver("a row that no alternative covers");
  slot.known |= rows;
}

void RowProgram::take(Batch &batch, const OfField &of, const Line &line, Batch::Slot &slot, Rows rows) {
  if (slot.taken != nullptr) each_row(rows, [&](std::size_t row) { slot.taken[row] = line.index; });
  Values &out = slot.values;
  if (of.is_list) {
    const Elements *lists = line.list->get(batch, rows);
    each_row(rows, [&](std::size_t row) { slot.lists[row] = lists[row]; });
    out.given |= rows; // whatever its elements
  } else if (line.none) {
    out.given &= ~rows;
  } else if (of.decide) {
    each_row(rows, [&](std::size_t row) { out.numbers[row] = line.member; });
    out.given |= rows;
  } else {
    const Values values = line.value->get(batch, rows);
    copy_values(values, rows, out);
    out.given = merged(out.given, values.given, rows);
    out.yes = merged(out.yes, values.yes, rows);
    if (of.is_number) keep_bounds(of, line, slot, rows & out.given);
  }
  if (!of.is_list && !of.decide && !of.optional) expect_given(out, rows, "a result that is missing");
}

void RowProgram::keep_bounds(const OfField &of, const Line &line, const Batch::Slot &slot, Rows rows) {
  each_row(rows, [&](std::size_t row) {
    std::int64_t &number = slot.values.numbers[row];
    const auto value = static_cast<number::Int128>(number) * line.factor;
    if ((of.low && (value < *of.low || (of.low_exclusive && value == *of.low))) ||
        (of.high && value > *of.high) || value != static_cast<std::int64_t>(value))
      throw HandOver("a value outside its bounds");
    number = static_cast<std::int64_t>(value);
  });
}

} // namespace steelyard::native
